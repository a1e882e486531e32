import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { Switchboard } from '../../main/js/switchboard.js';

export const TOPIC = 'callcenter:custom:a';
export const COLLECTIONS = ['queues', `${TOPIC}/lines`];
const EVENTS = ['order.*', 'chat.message', 'queue.stats'];
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Where it began or loaded, and what it was given since. */
class Follower {
  /** The offset by epoch. */
  position = new Map();
  #heard = [];
  /** How often it began anew. */
  begins = 0;

  constructor(name, events = EVENTS) {
    this.name = name;
    this.events = events;
  }

  /** From here on nothing may be missing. */
  begin(position) {
    this.begins++;
    this.#heard = [];
    this.position = new Map(
      position
        .split('.')
        .map((place) => place.split(':'))
        .map(([epoch, offset]) => [epoch, Number(offset)]),
    );
  }

  hear(event) {
    this.#heard.push(event);
  }

  heard(topic) {
    return this.#heard.filter((event) => (event.topic ?? '') === topic);
  }

  /**
   * Whether an event of the tenant's log matches a pattern. Those that pass by their collection alone
   * are left out of a replay that a snapshot follows.
   */
  wants = ({ type }) =>
    this.events.some(
      (pattern) => pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))),
    );
}

/** The JavaScript client in this process. */
export class JsFollower extends Follower {
  #client;
  #random;
  #published = 0;

  constructor(name, proxy, { token, random, load, publishes, events, transport = 'websocket' }) {
    super(name, events);
    this.#random = random;
    this.publishes = publishes;
    const user = name.replaceAll(/\W+/g, '-');
    this.#client = new Switchboard(proxy.url, {
      token: () => token(user, Math.ceil(5 + random() * 60)),
      WebSocket,
      transport,
      events: this.events,
      topics: [TOPIC],
      kept: COLLECTIONS,
      ...(load && { load: (request) => this.#load(request) }),
    });
    let fresh = !load;
    this.#client.attach({
      connected: ({ position }) => {
        fresh && this.begin(position);
        fresh = false;
      },
    });
    load || this.#client.on('resync', ({ position }) => this.begin(position));
    this.#client.on('*', (event) => event.id && this.hear(event));
    this.#client.on('error', () => {});
  }

  /** As an application that reads its own data, which takes a while and may fail. */
  async #load({ position, signal }) {
    await new Promise((resolve) => setTimeout(resolve, this.#random() * 300));
    if (this.#random() < 0.2) {
      throw new Error('load failed');
    }
    signal.aborted || this.begin(position);
  }

  ready() {
    return this.#client.ready();
  }

  async publish() {
    const eventId = `chat-${++this.#published}`;
    try {
      return await this.#client.publish('chat.message', {}, { event_id: eventId });
    } catch (error) {
      throw Object.assign(error, { eventId: `:${eventId}` });
    }
  }

  async kept() {
    const state = {};
    for (const name of COLLECTIONS) {
      const collection = this.#client.kept(name);
      if (!collection.complete) {
        return `${name} not complete, ${JSON.stringify(this.#client.status)}`;
      }
      collection.forEach(({ id }, key) => (state[`${name}/${key}`] = id));
    }
    return Object.fromEntries(Object.entries(state).sort());
  }

  close() {
    this.#client.close();
  }
}

/** The Java client in a process of its own, which writes what it is given line by line. */
export class JavaFollower extends Follower {
  #process;
  #ready;
  #answers = [];

  constructor(name, proxy, token) {
    super(name);
    const source = `${ROOT}src/test/java/dev/switchboard/client/ModelFollower.java`;
    const names = [this.events.join(), TOPIC, COLLECTIONS.join()];
    this.#process = spawn(
      'java',
      ['-cp', `${ROOT}target/switchboard.jar`, source, proxy.url, token, ...names],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const lines = createInterface({ input: this.#process.stdout });
    this.#ready = Promise.race([
      once(lines, 'line'),
      once(this.#process, 'exit').then(() => Promise.reject(new Error('the Java client ended'))),
    ]);
    this.#ready.catch(() => {});
    lines.on('line', (line) => this.#take(line.split('\t')));
  }

  #take([word, ...values]) {
    if (word === 'begin') {
      this.begin(values[0]);
    } else if (word === 'event') {
      const [id, topic, event_id, type] = values;
      this.hear({ id, topic, event_id, type });
    } else {
      this.#answers.shift()(values);
    }
  }

  async ready() {
    await this.#ready;
  }

  /** @returns {Promise<object | string>} The ids by key, or what it says instead */
  async kept() {
    const answer = new Promise((resolve) => this.#answers.push(resolve));
    this.#process.stdin.write('kept\n');
    const entries = (await answer).map((entry) => entry.split('='));
    return Object.fromEntries(entries.sort());
  }

  close() {
    this.#process.kill();
  }
}
