import { Switchboard } from '/client/switchboard.js';
import {
  askForLink,
  credential,
  drawing,
  duration,
  element,
  keep,
  setText,
  showStatus,
  themeButton,
  time,
} from './common.js';
import { Transcripts } from './chat.js';

const STATES = {
  available: 'Available',
  ringing: 'Ringing',
  talking: 'Talking',
  wrap_up: 'Wrap-up',
  paused: 'On a break',
};
const MAX_INBOX = 50;
const byId = (id) => document.getElementById(id);

function start(token) {
  themeButton(byId('theme'));
  const client = new Switchboard(location.origin, {
    token,
    events: ['chat.*', 'notification'],
    kept: ['agents', 'calls', 'chats', 'queues'],
    transport: 'websocket',
    // This page keeps what it was given, so it goes on where it stopped, also after a reload.
    resume: { storage: sessionStorage, key: 'demo.agent.cursor' },
  });
  showStatus(client, byId('status'));
  const kept = Object.fromEntries(
    ['agents', 'calls', 'chats', 'queues'].map((name) => [name, client.kept(name)]),
  );
  const desk = new Desk(client, kept);
  const draw = drawing(() => desk.draw());
  Object.values(kept).forEach((collection) => collection.on('change', draw));
  desk.onChange = draw;
  client.on('status', draw);
  client.on('resync', () => setText(byId('missed'), 'Some messages may be missing.'));
}

/** The page of one agent, who is the user of the token. */
class Desk {
  #client;
  #kept;
  #transcripts = new Transcripts('demo.agent.chats');
  #inbox = JSON.parse(sessionStorage.getItem('demo.agent.inbox') ?? '[]');
  #chosen = null;
  /** If so, the chosen chat is left when it ends; before, it waits for its agent. */
  #wasAssigned = false;
  #typing = new Map();
  onChange = () => {};

  constructor(client, kept) {
    this.#client = client;
    this.#kept = kept;
    client.on('chat.message', (event) => this.#heard(event));
    client.on('chat.typing', (event) => this.#typed(event));
    client.on('notification', (event) => this.#received(event));
    byId('available').addEventListener('click', () => this.#ask('available'));
    byId('pause').addEventListener('click', () => this.#ask('pause'));
    byId('composer').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send(byId('text'));
    });
  }

  get #me() {
    return this.#client.session?.user_id;
  }

  /** The telephone system decides; it answers with new states. Here the simulation is that system. */
  #ask(action) {
    this.#client.publish('desk.request', { action }).catch((error) => {
      setText(byId('missed'), `Not done: ${error.message}`);
    });
  }

  // ---- What comes

  #heard(event) {
    const own = event.sender?.kind === 'user' && event.sender.id === this.#me;
    const { text, name, from } = event.payload ?? {};
    this.#transcripts.add(event.session_id, {
      id: event.event_id,
      own: own || from === 'agent',
      name,
      text: String(text ?? ''),
      at: event.timestamp,
      pending: this.#client.ownId(event),
    });
    this.#typing.delete(event.session_id);
    if (event.session_id === this.#chosen) {
      this.#transcripts.read(event.session_id);
    }
    this.onChange();
  }

  #typed({ session_id, sender }) {
    if (sender?.kind !== 'user') {
      this.#typing.set(session_id, Date.now());
      this.onChange();
    }
  }

  /** Once this listener has returned, the client acknowledges the message and the server forgets it. */
  #received({ event_id, payload, timestamp }) {
    this.#inbox = [{ id: event_id, at: timestamp, ...payload }, ...this.#inbox].slice(0, MAX_INBOX);
    this.#storeInbox();
  }

  #storeInbox() {
    sessionStorage.setItem('demo.agent.inbox', JSON.stringify(this.#inbox));
    this.onChange();
  }

  #send(input) {
    const text = input.value.trim();
    const chat = this.#chosen;
    if (!text || !chat) {
      return;
    }
    input.value = '';
    const id = crypto.randomUUID();
    this.#transcripts.add(chat, { pending: id, own: true, text });
    this.#client
      .publish('chat.message', { text, name: this.#mine()?.username }, { event_id: id, session_id: chat })
      .catch((error) => this.#transcripts.fail(chat, id, error.message))
      .finally(() => this.onChange());
    this.onChange();
  }

  #mine() {
    return this.#kept.agents.get(this.#me)?.payload;
  }

  // ---- What is shown

  draw() {
    const now = this.#client.serverTime();
    this.#drawMe(now);
    this.#drawTeam();
    this.#drawCall(now);
    this.#drawInbox();
    this.#drawChats();
  }

  #drawMe(now) {
    const mine = this.#mine();
    const name = mine?.username ?? this.#me ?? '';
    byId('me').dataset.state = mine?.state ?? '';
    setText(byId('portrait'), initials(name));
    setText(byId('my-name'), name);
    setText(byId('my-state'), mine ? STATES[mine.state] : 'No state yet');
    setText(byId('my-time'), mine ? duration(now - Date.parse(mine.since)) : '');
    byId('available').setAttribute('aria-pressed', String(mine?.state === 'available'));
    byId('pause').setAttribute('aria-pressed', String(mine?.state === 'paused'));
    byId('available').disabled = byId('pause').disabled = !mine;
  }

  #drawTeam() {
    const order = Object.keys(STATES);
    const team = [...this.#kept.agents.values()]
      .map(({ payload }) => payload)
      .filter(({ user_id }) => user_id !== this.#me)
      .sort(
        (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.username.localeCompare(b.username),
      );
    keep(
      byId('team'),
      team,
      ({ user_id }) => user_id,
      () =>
        element(
          'li',
          {},
          element('span', { className: 'dot' }),
          element('span', { className: 'name' }),
          element('span', { className: 'label' }),
        ),
      (item, { username, state }) => {
        item.dataset.state = state;
        setText(item.querySelector('.name'), username);
        setText(item.querySelector('.label'), STATES[state] ?? state);
      },
    );
  }

  #drawCall(now) {
    const call = [...this.#kept.calls.values()]
      .map(({ payload }) => payload)
      .find(({ user_id, state }) => user_id === this.#me && (state === 'ringing' || state === 'talking'));
    keep(
      byId('call'),
      call ? [{ key: call.unique_id, call }] : [{ key: 'none' }],
      ({ key }) => key,
      () => (call ? this.#newCall() : newIdle()),
      (view) => (call ? fillCall(view, call, now) : this.#fillIdle(view)),
    );
  }

  #newCall() {
    const answer = element('button', { className: 'answer' }, 'Answer');
    const hangUp = element('button', { className: 'hang-up' }, 'Hang up');
    answer.addEventListener('click', () => this.#ask('answer'));
    hangUp.addEventListener('click', () => this.#ask('hang_up'));
    return element(
      'div',
      { className: 'present' },
      element(
        'div',
        { className: 'pop' },
        element('span', { className: 'portrait', 'aria-hidden': 'true' }),
        element(
          'div',
          { className: 'what' },
          element('div', { className: 'line stage' }),
          element('div', { className: 'name' }),
          element('div', { className: 'line number' }),
        ),
        answer,
        hangUp,
      ),
      element('dl', { className: 'facts' }),
    );
  }

  #fillIdle(view) {
    const waiting = [...this.#kept.queues.values()].reduce((sum, { payload }) => sum + payload.waiting, 0);
    const paused = this.#mine()?.state === 'paused';
    setText(view.querySelector('b'), paused ? 'You are on a break' : 'No call at the moment');
    setText(
      view.querySelector('span'),
      waiting === 1 ? 'One caller is waiting.' : `${waiting || 'No'} callers are waiting.`,
    );
  }

  #drawInbox() {
    byId('no-inbox').hidden = this.#inbox.length > 0;
    setText(byId('inbox-count'), this.#inbox.length ? String(this.#inbox.length) : '');
    keep(
      byId('inbox'),
      this.#inbox,
      ({ id }) => id,
      ({ id, title, text, number }) => {
        const done = element('button', { 'aria-label': `Done: ${title}` }, 'Done');
        done.addEventListener('click', () => {
          this.#inbox = this.#inbox.filter((message) => message.id !== id);
          this.#storeInbox();
        });
        return element(
          'li',
          {},
          element('b', {}, title ?? ''),
          done,
          element('p', {}, `${text ?? ''} ${number ?? ''}`),
        );
      },
      () => {},
    );
  }

  #drawChats() {
    const assigned = [...this.#kept.chats.values()]
      .map(({ payload }) => payload)
      .filter(({ user_id }) => user_id === this.#me)
      .sort((a, b) => a.since.localeCompare(b.since));
    const known = new Set(assigned.map(({ session_id }) => session_id));
    this.#wasAssigned ||= known.has(this.#chosen);
    const others = this.#transcripts
      .open(known, this.#wasAssigned ? null : this.#chosen)
      .map((id) => ({ session_id: id, name: this.#transcripts.nameOf(id) }));
    const chats = [...assigned, ...others];
    if (!chats.some(({ session_id }) => session_id === this.#chosen)) {
      this.#chosen = chats[0]?.session_id ?? null;
      this.#wasAssigned = known.has(this.#chosen);
      this.#transcripts.read(this.#chosen);
    }
    keep(
      byId('chats'),
      chats.length ? chats : [{ session_id: '' }],
      ({ session_id }) => session_id,
      ({ session_id, name }) => {
        const tab = session_id
          ? element('button', { type: 'button' }, name)
          : element('span', { className: 'empty' }, 'No chat at the moment');
        tab.addEventListener('click', () => this.#choose(session_id || null));
        return tab;
      },
      (tab, { session_id }) => {
        tab.setAttribute('aria-pressed', String(session_id === this.#chosen));
        const unread = this.#transcripts.unread(session_id);
        unread ? (tab.dataset.unread = unread) : delete tab.dataset.unread;
      },
    );
    this.#transcripts.draw(byId('transcript'), this.#chosen, time);
    const typing = Date.now() - (this.#typing.get(this.#chosen) ?? 0) < 4_000;
    setText(byId('typing'), typing ? 'The visitor is writing …' : '');
    byId('composer').querySelector('button').disabled = !this.#chosen;
  }

  #choose(chat) {
    this.#chosen = chat;
    this.#wasAssigned = false;
    this.#transcripts.read(chat);
    this.onChange();
  }
}

function newIdle() {
  return element(
    'div',
    { className: 'idle' },
    element('div', { className: 'ring', 'aria-hidden': 'true' }, '☏'),
    element('b'),
    element('span'),
  );
}

function fillCall(view, call, now) {
  const pop = view.querySelector('.pop');
  const ringing = call.state === 'ringing';
  pop.dataset.state = call.state;
  setText(pop.querySelector('.portrait'), initials(call.customer.name));
  setText(
    pop.querySelector('.stage'),
    `${ringing ? 'Incoming call' : 'Connected'} · ${duration(now - Date.parse(call.since))}`,
  );
  setText(pop.querySelector('.name'), call.customer.name);
  setText(pop.querySelector('.number'), call.caller_id);
  pop.querySelector('.answer').hidden = !ringing;
  pop.querySelector('.hang-up').hidden = ringing;
  const waited =
    Date.parse(ringing ? call.since : (call.answered_at ?? call.since)) - Date.parse(call.arrived_at);
  keep(
    view.querySelector('.facts'),
    [
      ['Queue', call.queue_name],
      ['Waited', duration(waited)],
      ['City', call.customer.city],
      ['Plan', call.customer.segment],
      ['Last note', call.customer.note],
    ],
    ([label]) => label,
    ([label]) =>
      element(
        'div',
        { className: label === 'Last note' ? 'wide' : '' },
        element('dt', {}, label),
        element('dd'),
      ),
    (fact, [, value]) => setText(fact.querySelector('dd'), value),
  );
}

function initials(name) {
  return name
    .split(/[\s-]+/)
    .map((part) => part[0] ?? '')
    .join('')
    .slice(0, 2)
    .toUpperCase();
}

const token = credential('demo.agent');
if (token) {
  start(token);
} else {
  askForLink();
}
