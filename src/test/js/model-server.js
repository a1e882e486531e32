import { ScriptedSocket } from './scripted-server.js';

const TENANT = 'tenant-123';

/**
 * A server in one process that follows the protocol: logs with epochs and trimming, recovery, kept
 * collections, and publishing with event ids. What it sends waits in a queue for each connection,
 * so that a test can cut, freeze and interleave at every message.
 */
export class ModelServer {
  /** @type {ModelConnection[]} */
  connections = [];
  /** Every event that was ever published, in order: the truth. */
  truth = [];
  /** Ids of events that clients published, to their answers. */
  published = new Map();
  reachable = true;
  /** Whether a message is answered with `unavailable`. */
  isBusy = () => false;
  #logs = new Map();
  #kept = new Map();
  #epochs = 0;
  #maxLog;

  constructor({ maxLog = 12 } = {}) {
    this.#maxLog = maxLog;
    const server = this;
    this.WebSocket = class extends ModelConnection {
      constructor(url, protocols) {
        super(url, protocols, server);
        server.connections.push(this);
      }
    };
  }

  log(topic = '') {
    if (!this.#logs.has(topic)) {
      this.#logs.set(topic, { topic, epoch: `e${++this.#epochs}`, top: 0, floor: 0, events: [] });
    }
    return this.#logs.get(topic);
  }

  publish({ topic, ...event }) {
    const log = this.log(topic);
    const whole = {
      id: `${log.epoch}:${++log.top}`,
      event_id: `p-${this.truth.length}`,
      tenant_id: TENANT,
      ...(topic && { topic }),
      ...event,
    };
    log.events.push(whole);
    this.truth.push(whole);
    while (log.events.length > this.#maxLog) {
      log.floor = Number(log.events.shift().id.split(':')[1]);
    }
    this.#remember(whole);
    this.connections.forEach((connection) => connection.follow(whole));
    return whole;
  }

  #remember({ keep, forget, ...event }) {
    if (keep && forget) {
      this.#kept.delete(keep);
    } else if (keep) {
      this.#kept.delete(keep);
      this.#kept.set(keep, { keep, ...event });
    }
  }

  /** The current events of a collection, oldest change first. */
  kept(collection) {
    return [...this.#kept.values()].filter(({ keep }) => keep.startsWith(`${collection}/`));
  }

  /** A fail-over that lost the order: a new epoch, which live sessions are told. */
  loseEpoch(topic = '') {
    const log = this.log(topic);
    Object.assign(log, { epoch: `e${++this.#epochs}`, top: 0, floor: 0, events: [] });
    this.connections.forEach((connection) => connection.resync());
  }

  position(topics) {
    return ['', ...topics].map((topic) => `${this.log(topic).epoch}:${this.log(topic).top}`).join('.');
  }

  /** Where a cursor stands in a log; undefined if that can't be proven. */
  placeIn(log, after) {
    const offsets = after
      .split(/[,.]/)
      .map((part) => part.split(':'))
      .filter(([epoch]) => epoch === log.epoch)
      .map(([, offset]) => Number(offset));
    const offset = Math.max(-1, ...offsets);
    return offset >= log.floor ? offset : undefined;
  }

  /** Answers a message that a client publishes; a repeat gets the first answer. */
  accept({ type, payload, event_id }) {
    const id = `s-0:${event_id}`;
    if (!this.published.has(id)) {
      const event = this.publish({ type, payload, event_id: id });
      this.published.set(id, { id: event.id, event_id: id });
    }
    return this.published.get(id);
  }
}

class ModelConnection extends ScriptedSocket {
  /** Messages on their way to the client. */
  queue = [];
  /** Messages on their way to the server. */
  inbound = [];
  frozen = false;
  #server;
  /** Topics that are confirmed, and those whose events come already. */
  #topics = [];
  #joined = [];
  #kept = [];
  #live = false;
  #confirm;

  constructor(url, protocols, server) {
    super(url, protocols);
    this.#server = server;
  }

  get isOpen() {
    return this.readyState === 1;
  }

  /** Opens it and says what it begins with, or fails. */
  begin() {
    if (this.readyState !== 0) {
      return;
    }
    if (!this.#server.reachable) {
      this.end(1006);
      return;
    }
    this.open();
    const { topics, kept, after, held } = this.query;
    this.#topics = topics ? topics.split(',') : [];
    this.#joined = [...this.#topics];
    this.#kept = kept ? kept.split(',') : [];
    this.#greet(after, held ? held.split(',') : []);
    this.#live = true;
  }

  #greet(after, held) {
    const logs = ['', ...this.#topics].map((topic) => this.#server.log(topic));
    const places = logs.map((log) => after && this.#server.placeIn(log, after));
    const recovered = after ? !places.includes(undefined) : null;
    const begin = recovered
      ? logs.map((log, index) => `${log.epoch}:${places[index]}`).join('.')
      : this.#server.position(this.#topics);
    this.#push('connected', {
      connection_id: 'c',
      node: 'n',
      tenant_id: TENANT,
      user_id: '1',
      role: 'agent',
      recovered,
      position: begin,
      heartbeat_seconds: 25,
      time: new Date(Date.now()).toISOString(),
    });
    if (recovered) {
      const missed = (log, place) => log.events.filter(({ id }) => Number(id.split(':')[1]) > place);
      logs.forEach((log, index) => this.queue.push(...missed(log, places[index])));
    }
    this.#snapshots(this.#kept.filter((name) => !recovered || !held.includes(name)));
  }

  #snapshots(names) {
    if (!names.length) {
      return;
    }
    const members = { kept: names, position: this.#server.position(this.#topics) };
    const time = new Date(Date.now()).toISOString();
    const events = names.flatMap((name) => this.#server.kept(name));
    this.#push('kept.begin', { ...members, since: time, time });
    for (let from = 0; from < events.length; from += 2) {
      this.#push('kept.page', { events: events.slice(from, from + 2) });
    }
    this.#push('kept.end', { ...members, count: events.length, unreadable: 0 });
  }

  follow(event) {
    if (this.#live && this.isOpen && (!event.topic || this.#joined.includes(event.topic))) {
      this.queue.push(event);
    }
  }

  resync() {
    if (this.#live && this.isOpen) {
      this.#push('resync', { position: this.#server.position(this.#topics), reason: 'epoch' });
      this.#snapshots(this.#kept);
    }
  }

  tellPosition() {
    if (this.#live && this.isOpen && !this.queue.length) {
      this.#push('position', { position: this.#server.position(this.#topics) });
    }
  }

  #push(type, payload, ref) {
    this.queue.push({ type, payload, ...(ref !== undefined && { ref }) });
  }

  onsent(message) {
    this.inbound.push(message);
  }

  /** Lets the oldest message to the client arrive. */
  deliver() {
    if (this.isOpen && !this.frozen && this.queue.length) {
      this.say(this.queue.shift());
    }
  }

  /** Lets the oldest message of the client arrive. */
  take() {
    const message = this.isOpen && !this.frozen && this.inbound.shift();
    if (!message) {
      return;
    }
    if (message.type === 'ping') {
      this.#push('pong', this.queue.length ? {} : { position: this.#server.position(this.#topics) });
    } else if (message.type === 'subscribe') {
      this.#subscribe(message);
    } else if (message.type !== 'ack' && this.#server.isBusy()) {
      this.#push('error', { code: 'unavailable', message: 'try again' }, message.ref);
    } else if (message.type !== 'ack') {
      this.#push('published', this.#server.accept(message), message.ref);
    }
  }

  /** Events of new topics may come before the answer; positions do not speak of them until then. */
  #subscribe({ payload, ref }) {
    const fresh = (payload.topics ?? []).filter((topic) => !this.#joined.includes(topic));
    let recovered = null;
    for (const log of fresh.map((topic) => this.#server.log(topic))) {
      const place = payload.after && this.#server.placeIn(log, payload.after);
      recovered = payload.after ? place !== undefined && recovered !== false : null;
      if (place !== undefined && payload.after) {
        this.queue.push(...log.events.filter(({ id }) => Number(id.split(':')[1]) > place));
      }
    }
    this.#joined.push(...fresh);
    this.#confirm = () => {
      this.#topics = [...this.#joined];
      const position = this.#server.position(this.#topics);
      this.#push('subscribed', { events: ['*'], topics: [...this.#topics], position, recovered }, ref);
      this.#confirm = undefined;
    };
  }

  /** Confirms what was subscribed. */
  confirm() {
    if (this.isOpen) {
      this.#confirm?.();
    }
  }

  cut(code) {
    this.queue = [];
    this.inbound = [];
    this.end(code);
  }
}
