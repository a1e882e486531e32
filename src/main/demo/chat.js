/** Messages of chats, kept in this tab together with the cursor of the client. */
import { element, keep, setText } from './common.js';

const MAX_MESSAGES = 200;
const MAX_CHATS = 30;

export class Transcripts {
  #key;
  #chats;

  constructor(key) {
    this.#key = key;
    this.#chats = new Map(JSON.parse(sessionStorage.getItem(key) ?? '[]'));
    for (const { messages } of this.#chats.values()) {
      messages
        .filter(({ id, failure }) => !id && !failure)
        .forEach((message) => (message.failure = 'the page was left'));
    }
  }

  #chat(id) {
    const chat = this.#chats.get(id) ?? { messages: [], unread: 0 };
    this.#chats.delete(id);
    this.#chats.set(id, chat);
    if (this.#chats.size > MAX_CHATS) {
      this.#chats.delete(this.#chats.keys().next().value);
    }
    return chat;
  }

  /** Adds a message; one that came back from the server replaces the one that waited for it. */
  add(id, message) {
    const chat = this.#chat(id);
    const known = chat.messages.findIndex(
      (one) => (one.id && one.id === message.id) || (one.pending && one.pending === message.pending),
    );
    if (known < 0) {
      chat.messages = [...chat.messages, message].slice(-MAX_MESSAGES);
      chat.unread += message.own ? 0 : 1;
    } else if (message.id) {
      chat.messages[known] = message;
    }
    this.#store();
  }

  fail(id, pending, reason) {
    const message = this.#chat(id).messages.find((one) => one.pending === pending);
    if (message && !message.id) {
      message.failure = reason;
    }
    this.#store();
  }

  read(id) {
    if (this.#chats.get(id)?.unread) {
      this.#chats.get(id).unread = 0;
      this.#store();
    }
  }

  unread(id) {
    return this.#chats.get(id)?.unread ?? 0;
  }

  /** Chats with something unread that are not in the list, and `shown`, which may be null. */
  open(known, shown) {
    return [...this.#chats.keys()].filter((id) => !known.has(id) && (this.unread(id) > 0 || id === shown));
  }

  nameOf(id) {
    return this.#chats.get(id)?.messages.find(({ own, name }) => !own && name)?.name ?? 'Visitor';
  }

  #store() {
    sessionStorage.setItem(this.#key, JSON.stringify([...this.#chats]));
  }

  /** Shows the messages of a chat, and scrolls to the last one if it is new. */
  draw(list, id, timeOf) {
    const messages = this.#chats.get(id)?.messages ?? [];
    const last = list.lastElementChild?.dataset.key;
    keep(
      list,
      messages,
      (message) => `${id} ${message.pending ?? message.id}`,
      () => element('li', { className: 'message' }, element('span'), element('small')),
      (item, message) => {
        item.classList.toggle('own', message.own);
        item.classList.toggle('waiting', !message.id);
        setText(item.querySelector('span'), message.text);
        setText(item.querySelector('small'), noteOf(message, timeOf));
      },
    );
    if (list.lastElementChild && list.lastElementChild.dataset.key !== last) {
      list.scrollTop = list.scrollHeight;
    }
  }
}

function noteOf({ id, at, name, failure }, timeOf) {
  if (!id) {
    return failure ? `Not sent: ${failure}` : 'Sending …';
  }
  return [name, at && timeOf(at)].filter(Boolean).join(' · ');
}
