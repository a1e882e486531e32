import { visitor } from '/client/visitors.js';
import { Transcripts } from './chat.js';
import { askForLink, credential, drawing, setText, showStatus, themeButton, time } from './common.js';

const TYPING_PAUSE = 2_000;
const byId = (id) => document.getElementById(id);

const widgetKey = credential('demo.visitor');
if (widgetKey) {
  start(widgetKey);
} else {
  askForLink();
}

function start(widgetKey) {
  themeButton(byId('theme'));
  const chat = chatOfTab();
  const transcripts = new Transcripts('demo.visitor.chats');
  let client;
  let typed = 0;
  let agentTyped = 0;

  const draw = drawing(() => {
    const isOpen = !byId('widget').hidden;
    if (isOpen) {
      transcripts.read(chat);
      transcripts.draw(byId('transcript'), chat, time);
    }
    const unread = transcripts.unread(chat);
    unread ? (byId('launcher').dataset.unread = unread) : delete byId('launcher').dataset.unread;
    setText(byId('typing'), Date.now() - agentTyped < 4_000 ? 'Northwind Care is writing …' : '');
  });

  /** Nobody is connected who has not opened the chat. */
  const connect = () => {
    client ??= visitor(location.origin, {
      widgetKey,
      chat,
      resume: { storage: sessionStorage, key: 'demo.visitor.cursor' },
    });
    showStatus(client, byId('status'));
    client.on('chat.message', (event) => {
      const { text, name } = event.payload ?? {};
      transcripts.add(chat, {
        id: event.event_id,
        own: event.sender?.kind === 'visitor',
        name: event.sender?.kind === 'visitor' ? undefined : name,
        text: String(text ?? ''),
        at: event.timestamp,
        pending: client.ownId(event),
      });
      draw();
    });
    client.on('chat.typing', ({ sender }) => {
      agentTyped = sender?.kind === 'visitor' ? agentTyped : Date.now();
      draw();
    });
  };

  const open = (isOpen) => {
    byId('widget').hidden = !isOpen;
    byId('launcher').hidden = isOpen;
    byId('launcher').setAttribute('aria-expanded', String(isOpen));
    sessionStorage.setItem('demo.visitor.open', isOpen ? 'yes' : '');
    if (isOpen) {
      client || connect();
      byId('text').focus();
    }
    draw();
  };

  const send = (text) => {
    const id = crypto.randomUUID();
    transcripts.add(chat, { pending: id, own: true, text });
    client
      .publish('chat.message', { text, name: 'Visitor of the shop' }, { event_id: id })
      .catch((error) => transcripts.fail(chat, id, error.message))
      .finally(draw);
    draw();
  };

  byId('launcher').addEventListener('click', () => open(true));
  byId('ask').addEventListener('click', () => open(true));
  byId('close').addEventListener('click', () => open(false));
  byId('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = byId('text').value.trim();
    byId('text').value = '';
    text && send(text);
  });
  byId('text').addEventListener('input', () => {
    if (client && Date.now() - typed > TYPING_PAUSE) {
      typed = Date.now();
      client.publish('chat.typing', {}).catch(() => {});
    }
  });
  open(sessionStorage.getItem('demo.visitor.open') === 'yes');
}

/** In a real shop its backend chooses the chat's id; here the tab does, which nobody can guess either. */
function chatOfTab() {
  const chat = sessionStorage.getItem('demo.visitor.chat') ?? `web-${crypto.randomUUID()}`;
  sessionStorage.setItem('demo.visitor.chat', chat);
  return chat;
}
