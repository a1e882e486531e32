/**
 * Client of Switchboard for browsers and Node: one connection that resumes where it stopped, events,
 * kept collections, and publishing. The protocol is specified in client-protocol.md.
 *
 * @module
 * @import {
 *   CloseAction, Extension, KeptChange, LoadReason, Names, Options, Published, PublishOptions, ServerMessage,
 *   SessionInfo, Status, StatusReason, SwitchboardEvent, TokenRequest, Transport, TransportHooks, TransportRequest
 * } from './switchboard.js'
 * @typedef {ReturnType<typeof setTimeout>} Timer
 * @typedef {(value: any) => unknown} Listener
 * @typedef {Map<string, SwitchboardEvent>} EventsByKey
 */

const SECOND = 1_000;
/** From the opening of a socket to `connected`. */
const CONNECT_TIMEOUT = 20 * SECOND;
const TOKEN_TIMEOUT = 30 * SECOND;
const ANSWER_TIMEOUT = 30 * SECOND;
const MAX_BACKOFF = 20 * SECOND;
/** A connection that lived this long ends the growth of the back-off. */
const STABLE_AFTER = 10 * SECOND;
/** A visible page that heard nothing for this long asks whether the connection is alive. */
const SILENCE = 60 * SECOND;
const PING_TIMEOUT = 5 * SECOND;
const WAKE_PING_TIMEOUT = 3 * SECOND;
/** Signals of a waking page that come within this time count as one. */
const WAKE_PAUSE = SECOND / 4;
/** A timer that is this late was held up by a frozen tab or a sleeping machine. */
const LATE = 2 * SECOND;
const MAX_RENEWAL_PAUSE = 10 * SECOND;
/** The server counts each refusal, and closes at 50 in a minute. */
const RATE_LIMIT_PAUSE = 2 * SECOND;
/** The server remembers event ids for 24 hours only: an older message is not repeated. */
const MAX_MESSAGE_AGE = 3_600 * SECOND;
const MAX_QUEUED_MESSAGES = 100;
const MAX_QUEUED_LENGTH = 1 << 20;
const MAX_HELD_BACK_EVENTS = 5_000;
const MAX_HELD_BACK_LENGTH = 4 << 20;
const MAX_REMEMBERED_IDS = 1_000;
/** Proxies take addresses of 8 KiB; a longer filter travels in the `auth` message. */
const MAX_ADDRESS = 4_096;
/** Keeps a message with names of 128 characters below the server's limit of 64 KiB. */
const MAX_NAMES = 200;
const ACK_PAUSE = 100;
/** Longer ones fire at once. */
const MAX_TIMER = 2 ** 31 - 1;
/** How long the log of a server with default settings reaches back. */
const LOG_AGE = 600 * SECOND;
/** A fresh widget key takes up to 2 s to reach every node. */
const WIDGET_KEY_PAUSE = 2 * SECOND;
const WIDGET_KEY_PATIENCE = 5 * SECOND;
/** Sockets that fail to open before a stream is tried. */
const MAX_UNOPENED_SOCKETS = 2;

/**
 * What the client does for each close code: the reason it shows, and the action. Every other code,
 * 1006 among them, is a loss of the network.
 *
 * @type {Readonly<Record<number, readonly [StatusReason, CloseAction]>>}
 */
export const CLOSE_ACTIONS = {
  1001: ['server_restart', 'told'],
  1002: ['protocol_error', 'stop'],
  1003: ['protocol_error', 'stop'],
  1007: ['protocol_error', 'stop'],
  1009: ['message_too_big', 'too_big'],
  4008: ['too_slow', 'soon'],
  4400: ['bad_request', 'stop'],
  4401: ['not_authenticated', 'token'],
  4403: ['forbidden', 'stop'],
  4404: ['unknown_widget', 'once_more'],
  4408: ['no_heartbeat', 'soon'],
  4409: ['replaced', 'stop'],
  4410: ['disconnected', 'stop'],
  4429: ['limit_reached', 'later'],
  4503: ['no_capacity', 'later'],
};

/** Codes of errors after which the same message is sent again. */
const REPEATABLE = new Set(['unavailable', 'rate_limited', 'not_ready']);
/** Messages whose `position` is a cursor. */
const POSITIONED = new Set([
  'connected',
  'subscribed',
  'unsubscribed',
  'pong',
  'position',
  'resync',
  'kept.end',
]);
/** What a token must consist of to travel as a WebSocket subprotocol. */
const SUBPROTOCOL = /^[\w.~+-]+$/;
/** @type {Status['missing']} */
const MISSING_IN_STREAM = ['inbox', 'presence', 'users', 'tail'];
/** @type {readonly (keyof Names)[]} */
const KINDS = ['events', 'topics', 'users', 'kept'];

/** A failure with a `code` to decide by; `outcome` says what became of a message. */
export class SwitchboardError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {'rejected' | 'not_sent' | 'unknown'} [outcome]
   */
  constructor(code, message, outcome) {
    super(message);
    this.name = 'SwitchboardError';
    this.code = code;
    this.outcome = outcome;
  }
}

/** Thrown by a `token` or `ticket` function if the user is no longer signed in: the client closes. */
export class Unauthorized extends Error {
  constructor(message = 'nobody is signed in') {
    super(message);
    this.name = 'Unauthorized';
  }
}

/** A random time between zero and a limit that doubles with each failure ("full jitter"). */
function backOff(/** @type {number} */ failures, base = SECOND / 2) {
  return Math.random() * Math.min(MAX_BACKOFF, base * 2 ** failures);
}

function isHidden() {
  return globalThis.document?.visibilityState === 'hidden';
}

function randomId() {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}

/** @returns {Promise<void>} */
function pause(/** @type {number} */ milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} milliseconds
 * @param {string} message
 * @returns {Promise<T>}
 */
function within(promise, milliseconds, message) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(message)), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Adds to a set or map that forgets its oldest members. */
function remember(/** @type {Map<string, string>} */ map, /** @type {string} */ key, value = '') {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_REMEMBERED_IDS) {
    map.delete(map.keys().next().value ?? '');
  }
}

/** Functions by the name of what they listen to. One that throws does not affect the others. */
class Listeners {
  /** @type {Map<string, Set<{ call: Listener }>>} */
  #byName = new Map();
  #report;

  constructor(/** @type {(error: unknown) => void} */ report) {
    this.#report = report;
  }

  /**
   * @param {string} name
   * @param {Listener} call
   * @returns {() => void} Ends it
   */
  add(name, call) {
    const entry = { call };
    const entries = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, entries.add(entry));
    return () => void entries.delete(entry);
  }

  /** @returns {number} How many took the value without throwing */
  emit(/** @type {string} */ name, /** @type {unknown} */ value) {
    let taken = 0;
    const entries = this.#byName.get(name);
    for (const entry of [...(entries ?? [])]) {
      taken += Number(entries?.has(entry) && this.#call(entry.call, value));
    }
    return taken;
  }

  #call(/** @type {Listener} */ call, /** @type {unknown} */ value) {
    try {
      const result = /** @type {any} */ (call(value));
      result?.catch?.(this.#report);
      return true;
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  /** Hands an event to those that listen to its type, a pattern above it, or everything. */
  emitEvent(/** @type {SwitchboardEvent} */ event) {
    const parts = event.type.split('.');
    let taken = this.emit(event.type, event) + this.emit('*', event);
    while (parts.pop() && parts.length) {
      taken += this.emit(`${parts.join('.')}.*`, event);
    }
    return taken;
  }
}

/** Where to continue from: the last whole position, and behind it the newest id of each log. */
class Cursor {
  position = '';
  /** @type {Map<string, string>} By topic; '' is the log of the tenant */
  ids = new Map();

  /** A position replaces everything but the ids of topics that it may not speak of yet. */
  moveTo(/** @type {string | undefined} */ position, /** @type {string[]} */ openTopics = []) {
    if (!position) {
      return;
    }
    this.position = position;
    this.ids = new Map([...this.ids].filter(([topic]) => openTopics.includes(topic)));
  }

  pass(/** @type {SwitchboardEvent} */ event) {
    if (event.id) {
      this.ids.set(event.topic ?? '', event.id);
    }
  }

  toString() {
    return [this.position, ...this.ids.values()].filter(Boolean).join();
  }
}

/** What is known of one collection. */
class KeptState {
  /** @type {EventsByKey} */
  events = new Map();
  /** @type {EventsByKey | undefined} A snapshot that has not ended yet */
  aside;
  complete = false;
  /** @type {string | null} */
  since = null;
  version = 0;

  constructor(/** @type {() => number} */ now, /** @type {(error: unknown) => void} */ report) {
    this.now = now;
    this.listeners = new Listeners(report);
  }

  /** Something changed: one key or, with null, everything. */
  change(/** @type {string | null} */ key) {
    this.version++;
    this.listeners.emit('change', { key, event: key === null ? undefined : this.events.get(key) });
  }

  remove(/** @type {string} */ key) {
    this.events.delete(key);
    this.change(key);
  }

  /** Replaces all that was known by a whole snapshot. */
  replace(/** @type {EventsByKey} */ events) {
    this.events = events;
    this.aside = undefined;
    this.complete = true;
    this.change(null);
  }

  /** @returns {boolean} Whether the event is a state that lasts, by the server's clock */
  lasts(/** @type {SwitchboardEvent} */ event) {
    return endOf(event) > this.now();
  }
}

function endOf(/** @type {SwitchboardEvent} */ event) {
  return event.keep_until ? Date.parse(event.keep_until) : Infinity;
}

/** The live map of one collection, for reading. Its values are the last events of the keys. */
class KeptCollection {
  #state;

  constructor(/** @type {KeptState} */ state) {
    this.#state = state;
  }

  get complete() {
    return this.#state.complete;
  }

  get since() {
    return this.#state.since;
  }

  get version() {
    return this.#state.version;
  }

  #lasting() {
    return new Map([...this.#state.events].filter(([, event]) => this.#state.lasts(event)));
  }

  get size() {
    return this.#lasting().size;
  }

  get(/** @type {string} */ key) {
    const event = this.#state.events.get(key);
    return event && this.#state.lasts(event) ? event : undefined;
  }

  has(/** @type {string} */ key) {
    return this.get(key) !== undefined;
  }

  keys() {
    return this.#lasting().keys();
  }

  values() {
    return this.#lasting().values();
  }

  entries() {
    return this.#lasting().entries();
  }

  forEach(/** @type {(event: SwitchboardEvent, key: string) => void} */ call) {
    this.#lasting().forEach((event, key) => call(event, key));
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  on(/** @type {'change'} */ name, /** @type {(change: KeptChange) => unknown} */ call) {
    return this.#state.listeners.add(name, call);
  }
}

/** All collections that the client follows: snapshots, and the changes behind them. */
class KeptStore {
  /** @type {Map<string, KeptState>} */
  #states = new Map();
  /** @type {Timer | undefined} For the key that ends first */
  #timer;
  #soonest = Infinity;
  #now;
  #report;

  constructor(/** @type {() => number} */ now, /** @type {(error: unknown) => void} */ report) {
    this.#now = now;
    this.#report = report;
  }

  state(/** @type {string} */ name) {
    const state = this.#states.get(name) ?? new KeptState(this.#now, this.#report);
    this.#states.set(name, state);
    return state;
  }

  /** @returns {string[]} The collections whose whole state as of the cursor is known */
  complete() {
    return [...this.#states.keys()].filter((name) => this.#states.get(name)?.complete);
  }

  /** Holds nothing for whole any more: with the next snapshot it is again. */
  doubt(/** @type {readonly string[]} */ names = [...this.#states.keys()]) {
    for (const state of names.map((name) => this.state(name))) {
      state.aside = undefined;
      if (state.complete) {
        state.complete = false;
        state.change(null);
      }
    }
  }

  clear() {
    for (const state of this.#states.values()) {
      state.replace(new Map());
    }
    this.doubt();
  }

  /** Takes `kept.begin`, `kept.page`, `kept.end` and `kept.hidden`. */
  take(/** @type {ServerMessage} */ { type, payload }) {
    if (type === 'kept.begin') {
      this.doubt(payload.kept);
      for (const name of payload.kept) {
        Object.assign(this.state(name), { aside: new Map(), since: payload.since });
      }
    } else if (type === 'kept.page') {
      payload.events.forEach((/** @type {SwitchboardEvent} */ event) => {
        const { state, key } = this.#placeOf(event);
        state?.aside?.set(key, event);
      });
    } else if (type === 'kept.end') {
      for (const state of payload.kept.map((/** @type {string} */ name) => this.state(name))) {
        state.aside?.forEach((/** @type {SwitchboardEvent} */ event) => this.#awaitEnd(event));
        state.aside && state.replace(state.aside);
      }
    } else {
      this.apply({ ...payload, forget: true });
    }
  }

  /** A live event may be the new state of its key, or its end. */
  apply(/** @type {SwitchboardEvent} */ event) {
    const { state, key } = this.#placeOf(event);
    if (!state?.complete) {
      return;
    }
    if (event.forget) {
      state.remove(key);
    } else {
      this.#awaitEnd(event);
      state.events.set(key, event);
      state.change(key);
    }
  }

  #placeOf(/** @type {SwitchboardEvent} */ { keep, topic }) {
    const [collection = '', key = ''] = (keep ?? '').split('/');
    return { state: this.#states.get(topic ? `${topic}/${collection}` : collection), key };
  }

  #awaitEnd(/** @type {SwitchboardEvent} */ event) {
    const end = endOf(event);
    if (end < this.#soonest) {
      this.#soonest = end;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#expire(), Math.min(MAX_TIMER, end - this.#now()));
    }
  }

  #expire() {
    this.#soonest = Infinity;
    for (const state of this.#states.values()) {
      for (const [key, event] of state.events) {
        state.lasts(event) ? this.#awaitEnd(event) : state.remove(key);
      }
    }
  }

  stop() {
    clearTimeout(this.#timer);
  }
}

/**
 * A message on its way to an answer.
 *
 * @typedef {object} Job
 * @property {() => string} text Makes the message, for each time it is sent
 * @property {(payload: any) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {boolean} [unordered] Does not wait for the answers to others
 * @property {boolean} [once] Goes before all others, and is not sent again after a reconnect
 * @property {number} [maxAge] Milliseconds after which it is given up
 * @property {boolean} [subscribe] Of a subscription: whether it adds
 * @property {Names} [names] What a subscription changes
 * @property {string} [eventId]
 */

/**
 * @typedef {Job & { length: number, expires: number, failures: number, sent: boolean,
 *   inFlight: boolean, expiry?: Timer, timer?: Timer }} QueuedJob `timer` waits for the answer, or for
 *   the next try
 */

/**
 * Messages that are sent one after the other, each after the answer to the one before, and again
 * after a reconnect, until they are answered.
 */
class Lane {
  /** @type {QueuedJob[]} */
  jobs = [];
  #send;
  #answerTimeout;

  /**
   * @param {(text: string, answered: (answer: ServerMessage) => void) => boolean} send Whether a
   *   message could be sent
   * @param {number} [answerTimeout]
   */
  constructor(send, answerTimeout) {
    this.#send = send;
    this.#answerTimeout = answerTimeout;
  }

  add(/** @type {Job} */ job) {
    const maxAge = Math.min(job.maxAge ?? Infinity, MAX_MESSAGE_AGE);
    const expires = this.#answerTimeout ? Date.now() + maxAge : Infinity;
    /** @type {QueuedJob} */
    const queued = { ...job, length: job.text().length, expires, failures: 0, sent: false, inFlight: false };
    if (this.#answerTimeout) {
      queued.expiry = setTimeout(() => this.#giveUp(queued), maxAge);
    }
    job.once ? this.jobs.unshift(queued) : this.jobs.push(queued);
    this.flush();
  }

  /** Sends what may be sent now. */
  flush() {
    let behind = false;
    for (const job of [...this.jobs]) {
      if ((job.unordered || !behind) && !job.inFlight && !job.timer) {
        this.#sendJob(job);
      }
      behind ||= !job.unordered;
    }
  }

  #sendJob(/** @type {QueuedJob} */ job) {
    if (Date.now() >= job.expires) {
      this.#giveUp(job);
    } else if (this.#send(job.text(), (answer) => this.#answered(job, answer))) {
      job.sent = job.inFlight = true;
      if (this.#answerTimeout) {
        job.timer = setTimeout(() => this.#giveUp(job), this.#answerTimeout);
      }
    }
  }

  #answered(/** @type {QueuedJob} */ job, /** @type {ServerMessage} */ answer) {
    const { type, payload } = answer;
    this.#rest(job);
    if (type !== 'error') {
      this.settle(job, () => job.resolve(payload));
    } else if (REPEATABLE.has(payload.code)) {
      const least = payload.code === 'rate_limited' ? RATE_LIMIT_PAUSE : 0;
      job.timer = setTimeout(
        () => {
          this.#rest(job);
          this.flush();
        },
        least + backOff(job.failures++),
      );
    } else {
      this.settle(job, () => job.reject(refusal(answer)));
    }
  }

  #rest(/** @type {QueuedJob} */ job) {
    clearTimeout(job.timer);
    job.timer = undefined;
    job.inFlight = false;
  }

  /** Takes a message out of the lane and ends it. */
  settle(/** @type {QueuedJob} */ job, /** @type {() => void} */ end) {
    this.jobs = this.jobs.filter((one) => one !== job);
    clearTimeout(job.expiry);
    this.#rest(job);
    end();
    this.flush();
  }

  #giveUp(/** @type {QueuedJob} */ job, code = 'timeout', message = 'no answer came in time') {
    const error = new SwitchboardError(code, message, job.sent ? 'unknown' : 'not_sent');
    this.settle(job, () => job.reject(error));
  }

  /** The connection is lost: no answer comes to what was sent over it. */
  interrupt() {
    this.jobs.forEach((job) => this.#rest(job));
    this.jobs = this.jobs.filter((job) => !job.once);
  }

  /** Gives up everything. */
  clear(/** @type {string} */ code, /** @type {string} */ message) {
    const jobs = this.jobs;
    this.jobs = [];
    jobs.forEach((job) => this.#giveUp(job, code, message));
  }
}

/** @type {(request: TransportRequest, hooks: TransportHooks) => Transport} */
function openSocket({ url, path, query, protocols, options }, hooks) {
  const WebSocketClass = /** @type {typeof WebSocket} */ (options.WebSocket ?? WebSocket);
  const socket = new WebSocketClass(`${url.replace(/^http/, 'ws')}${path}?${query}`, protocols);
  socket.onopen = () => hooks.opened();
  socket.onmessage = (message) => hooks.received(message.data);
  socket.onclose = (close) => hooks.closed(close.code, close.reason);
  // Without it the WebSocket of a Node package throws; onclose reports what happened.
  socket.onerror = () => {};
  return socket;
}

/**
 * One connection, or the attempt at one.
 *
 * @typedef {object} Link
 * @property {Transport} [transport] Once it is being opened
 * @property {boolean} stream
 * @property {boolean} opened
 * @property {number} [liveSince] Once `connected` has come
 * @property {number} heardAt
 * @property {Timer} [deadline] For `connected`
 * @property {Timer} [silence]
 * @property {Timer} [check] Waits for any sign of life
 * @property {Timer} [renewal]
 * @property {number} renewedAt
 */

/**
 * A signed-in connection to Switchboard that keeps its position over every kind of interruption. Its
 * public members are described in switchboard.d.ts.
 */
export class Switchboard {
  #url;
  #options;
  /** @type {Status} */
  #status = Object.freeze({
    state: 'idle',
    reason: null,
    since: Date.now(),
    retryAt: null,
    attempt: 0,
    degraded: false,
    loading: false,
    transport: 'websocket',
    missing: [],
  });
  #report = (/** @type {unknown} */ error) => {
    if (!this.#listeners.emit('error', error)) {
      console.error(error);
    }
  };
  #listeners = new Listeners((error) => this.#report(error));
  /** What extensions listen to: `connected`, `received`, `disconnected`. */
  #signals = new Listeners(this.#report);
  /** @type {Record<keyof Names, Set<string>>} What is followed, as far as the server confirmed it */
  #names = { events: new Set(), topics: new Set(), users: new Set(), kept: new Set() };
  #cursor = new Cursor();
  #clockOffset = 0;
  #kept = new KeptStore(() => this.serverTime(), this.#report);
  /** @type {Map<string, KeptCollection>} */
  #collections = new Map();
  #publishes = new Lane((text, answered) => this.#ask(text, answered), ANSWER_TIMEOUT);
  #subscriptions = new Lane((text, answered) => !this.#link?.stream && this.#ask(text, answered));
  /** @type {QueuedJob[]} Subscriptions that the address of the next connection brings */
  #inAddress = [];
  /**
   * What is called with the answer to a message, by its `ref`; `lost` if none can come any more.
   *
   * @type {Map<unknown, { answered: (answer: ServerMessage) => void, lost?: () => void, length: number }>}
   */
  #answers = new Map();
  #refs = 0;

  /** @type {Link | undefined} */
  #link;
  /** @type {SessionInfo | null} */
  #session = null;
  /** @type {Partial<SessionInfo> | null} Whose cursor and state this is */
  #identity = null;
  /** @type {Timer | undefined} */
  #retry;
  /** The server said when to come back: no signal shortens that. */
  #patient = false;
  #failures = 0;
  #refusals = 0;
  #widgetKeyRetried = false;
  #startedAt = 0;
  /** @type {TokenRequest['reason']} */
  #tokenReason = 'connect';
  /** @type {Promise<unknown>} The call of `token` that must end before the next one begins */
  #tokenCall = Promise.resolve();
  #unopened = 0;
  #useStream;
  /** @type {Timer | undefined} */
  #waking;
  #unwatch = () => {};

  /** @type {LoadReason | null} Why nothing can be proven yet, for the next `connected` */
  #loadReason = null;
  /** @type {AbortController | undefined} */
  #loading;
  /** @type {SwitchboardEvent[] | null} Events that wait for `load` */
  #heldBack = null;
  #heldBackLength = 0;
  /** More events came during `load` than may wait: it continues without a connection. */
  #overflowed = false;
  /** How often that happened since `load` last kept up. */
  #overflows = 0;
  /** @type {Map<string, string>} Ids of events for the user that were handed to listeners */
  #seen = new Map();
  /** @type {Map<string, string>} The ids under which all receivers see published events, to our own */
  #own = new Map();
  /** @type {string[]} */
  #acks = [];
  /** @type {Timer | undefined} */
  #ackTimer;
  /** @type {{ resolve: () => void, reject: (error: unknown) => void }[]} */
  #readyWaiters = [];

  /**
   * @param {string} url Where the server is, such as `https://events.example.com`
   * @param {Options} options
   */
  constructor(url, options) {
    checkOptions(url, options);
    this.#url = url.replace(/^ws/, 'http').replace(/\/+$/, '');
    this.#options = options;
    this.#useStream = options.transport === 'sse';
    const nothingElse = options.users?.length || options.kept?.length;
    const defaults = { events: nothingElse ? [] : ['*'] };
    KINDS.forEach((kind) => (this.#names[kind] = new Set(options[kind] ?? Object(defaults)[kind])));
    this.#names.kept.forEach((name) => this.#collection(name));
    this.#heldBack = options.load ? [] : null;
    this.#loadReason = options.load ? 'start' : null;
    this.#useStorage((storage, key) => this.#continueStored(storage.getItem(key)));
    if (options.connect !== false) {
      this.connect();
    }
  }

  get status() {
    return this.#status;
  }

  get session() {
    return this.#session;
  }

  serverTime() {
    return Date.now() + this.#clockOffset;
  }

  // ---- Life

  connect() {
    if (this.#status.state === 'idle') {
      this.#startedAt ||= Date.now();
      this.#unwatch = watchPage({
        hide: () => this.#suspend(),
        show: () => this.#status.reason === 'page_hidden' && this.#wait('page_hidden', 0),
        wake: () => this.#wake(),
      });
      this.#open();
    }
  }

  disconnect() {
    if (this.#status.state !== 'closed') {
      this.#unwatch();
      this.#detach();
      this.#show('idle', null);
    }
  }

  close() {
    this.#finish('closed_by_client', 'the client was closed');
  }

  /** @returns {Promise<void>} */
  ready() {
    return new Promise((resolve, reject) => {
      this.#readyWaiters.push({ resolve, reject });
      this.#tellReady();
    });
  }

  #tellReady() {
    const { state } = this.#status;
    if (state === 'closed') {
      const error = new SwitchboardError(String(this.#status.reason), 'the client is closed');
      this.#readyWaiters.splice(0).forEach((waiter) => waiter.reject(error));
    } else if (this.#link?.liveSince && !this.#heldBack) {
      this.#readyWaiters.splice(0).forEach((waiter) => waiter.resolve());
    }
  }

  #show(
    /** @type {Status['state']} */ state,
    /** @type {StatusReason | null} */ reason,
    /** @type {number | null} */ retryAt = null,
  ) {
    const before = this.#status;
    const stream = this.#link ? this.#link.stream : this.#useStream;
    this.#status = Object.freeze({
      state,
      reason,
      since: state === before.state ? before.since : Date.now(),
      retryAt,
      attempt: this.#failures,
      degraded: state === 'degraded',
      loading: this.#loading !== undefined,
      transport: stream ? 'sse' : 'websocket',
      missing: stream ? MISSING_IN_STREAM : [],
    });
    this.#listeners.emit('status', this.#status);
    this.#tellReady();
  }

  #showLoading() {
    this.#show(this.#status.state, this.#status.reason, this.#status.retryAt);
  }

  /** Begins an attempt and ends the present one, if any. */
  async #open() {
    clearTimeout(this.#retry);
    if (this.#overflowed) {
      this.#show('waiting', 'overflow');
      return;
    }
    /** @type {Link} */
    const link = { stream: this.#useStream, opened: false, heardAt: 0, renewedAt: -Infinity };
    this.#link = link;
    this.#patient = false;
    this.#show('connecting', this.#status.reason);
    try {
      const credential = await this.#credential(link);
      if (link === this.#link) {
        await this.#openTransport(link, credential);
      }
    } catch (error) {
      if (link === this.#link) {
        this.#openFailed(link, error);
      }
    }
  }

  #openFailed(/** @type {Link} */ link, /** @type {any} */ error) {
    if (error?.name === 'Unauthorized') {
      this.#finish('unauthorized', error.message);
    } else {
      this.#report(error);
      this.#lose(link.deadline ? 'network' : 'token_unavailable', backOff(this.#failures));
    }
  }

  async #openTransport(/** @type {Link} */ link, /** @type {Record<string, string>} */ credential) {
    link.deadline = setTimeout(() => this.#lose('timeout', backOff(this.#failures)), CONNECT_TIMEOUT);
    if (!String(this.#cursor) || link.stream) {
      this.#foldSubscriptions(link.stream);
    }
    const { request, first } = this.#request(link, credential);
    const hooks = this.#hooks(link, first);
    if (link.stream) {
      const { openStream } = await import('./sse.js');
      link.transport = link === this.#link ? openStream(request, hooks) : undefined;
    } else {
      link.transport = openSocket(request, hooks);
    }
    if (link !== this.#link) {
      link.transport?.close(1000, '');
    }
  }

  /** @type {(link: Link, first: string | undefined) => TransportHooks} */
  #hooks(link, first) {
    /**
     * What an old connection still brings is ignored.
     *
     * @type {(act: (...args: any[]) => void) => (...args: any[]) => void}
     */
    const current =
      (act) =>
      (...args) => {
        if (link === this.#link) {
          act(...args);
        }
      };
    return {
      opened: current(() => {
        link.opened = true;
        this.#unopened = 0;
        first && link.transport?.send(first);
      }),
      alive: current(() => this.#heard(link)),
      received: current((text) => this.#received(link, text)),
      closed: current((code, reason) => this.#closed(link, code, reason)),
      socketsWork: current(() => {
        this.#useStream = false;
        this.#lose('switching', 0, true);
      }),
    };
  }

  /** What a new connection asks for, in its address or, if that is too long, in a first message. */
  #request(/** @type {Link} */ link, /** @type {Record<string, string>} */ { token, ...credential }) {
    const { path = '/ws', params } = this.#options;
    const fixed = { receipts: 'explicit', ...params, ...credential };
    const filter = this.#filter();
    const texts = Object.entries(filter).map(([name, value]) => [name, String(value)]);
    let query = String(new URLSearchParams({ ...Object.fromEntries(texts), ...fixed }));
    let first;
    if (token && !link.stream && (query.length > MAX_ADDRESS || !SUBPROTOCOL.test(token))) {
      query = String(new URLSearchParams(fixed));
      first = JSON.stringify({ type: 'auth', payload: { token, ...filter, receipts: 'explicit' } });
    }
    return {
      first,
      request: {
        url: this.#url,
        path,
        query,
        protocols: ['switchboard.v1', ...(token && !first ? [`bearer.${token}`] : [])],
        token,
        tenant: () => this.#session?.tenant_id,
        options: this.#options,
      },
    };
  }

  /** @returns {Record<string, string[] | string>} The names to follow, and where to continue */
  #filter() {
    const { events, topics, kept } = this.#names;
    const lists = {
      topics: [...topics],
      kept: [...kept],
      held: this.#kept.complete(),
      after: String(this.#cursor),
    };
    const filled = Object.entries(lists).filter(([, value]) => value.length);
    return { events: [...events], ...Object.fromEntries(filled) };
  }

  /** @returns {Promise<Record<string, string>>} */
  async #credential(/** @type {Link} */ link) {
    const reason = this.#tokenReason;
    this.#tokenReason = 'connect';
    const kind = link.stream ? 'stream' : 'connect';
    const name = this.#options.token ? 'token' : this.#options.ticket ? 'ticket' : null;
    return name ? { [name]: await this.#askToken(link, { reason, kind }) } : {};
  }

  /** One call at a time: one for an attempt that was given up is waited for, and counts for nothing. */
  #askToken(/** @type {Link} */ link, /** @type {TokenRequest} */ request) {
    const source = this.#options.token ?? this.#options.ticket;
    const call = this.#tokenCall.then(async () => {
      const token = link === this.#link && (typeof source === 'function' ? await source(request) : source);
      if (!token || typeof token !== 'string') {
        throw new TypeError('token() must give a text');
      }
      return token;
    });
    const answer = within(call, TOKEN_TIMEOUT, 'token() gave nothing in time');
    this.#tokenCall = answer.catch(() => {});
    return answer;
  }

  /** The connection is over: listens to it no more, and closes it. */
  #detach() {
    const link = this.#link;
    this.#link = undefined;
    [this.#retry, this.#waking, link?.deadline, link?.silence, link?.check, link?.renewal].forEach((timer) =>
      clearTimeout(timer),
    );
    this.#waking = undefined;
    if (link?.liveSince && Date.now() - link.liveSince >= STABLE_AFTER) {
      this.#failures = 0;
    }
    const answers = [...this.#answers.values()];
    this.#answers.clear();
    answers.forEach((one) => one.lost?.());
    this.#acks = [];
    this.#publishes.interrupt();
    this.#subscriptions.interrupt();
    link?.transport?.close(1000, '');
    if (link?.liveSince) {
      this.#signals.emit('disconnected', undefined);
    }
  }

  #lose(/** @type {StatusReason} */ reason, /** @type {number} */ delay, planned = false) {
    this.#detach();
    this.#failures += planned ? 0 : 1;
    this.#wait(reason, delay);
  }

  #wait(/** @type {StatusReason} */ reason, /** @type {number} */ delay) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), delay);
    this.#show('waiting', reason, Date.now() + delay);
  }

  #finish(/** @type {StatusReason} */ reason, /** @type {string} */ message) {
    if (this.#status.state === 'closed') {
      return;
    }
    this.#unwatch();
    this.#detach();
    this.#kept.stop();
    this.#loading?.abort();
    this.#loading = undefined;
    this.#show('closed', reason);
    this.#publishes.clear(reason, message);
    this.#subscriptions.clear(reason, message);
    this.#inAddress.splice(0).forEach((job) => job.reject(new SwitchboardError(reason, message)));
  }

  #closed(/** @type {Link} */ link, /** @type {number} */ code, /** @type {string} */ text) {
    if (!link.opened && !link.stream) {
      this.#unopened++;
    }
    const [reason, action] = CLOSE_ACTIONS[code] ?? ['network', 'back_off'];
    if (action === 'too_big') {
      this.#rejectLongest();
    }
    this.#detach();
    const delay = action === 'token' ? this.#tokenDelay(text) : this.#delay(action, text);
    if (delay === null) {
      this.#finish(reason, text || reason);
    } else {
      this.#lose(reason, delay);
      this.#considerStream();
    }
  }

  /** @returns {number | null} Milliseconds until the next attempt; null for none */
  #delay(/** @type {CloseAction} */ action, /** @type {string} */ text) {
    this.#patient = action === 'told' || action === 'later';
    switch (action) {
      case 'told':
        return Number(/retry_after_ms=(\d+)/.exec(text)?.[1] ?? Math.random() * SECOND);
      case 'soon':
      case 'too_big':
        return this.#failures ? backOff(this.#failures) : Math.random() * SECOND;
      case 'later':
        return SECOND + backOff(this.#failures, SECOND);
      case 'once_more':
        return this.#widgetKeyDelay();
      case 'stop':
        return null;
      default:
        return backOff(this.#failures);
    }
  }

  #widgetKeyDelay() {
    const fresh = !this.#widgetKeyRetried && Date.now() - this.#startedAt < WIDGET_KEY_PATIENCE;
    this.#widgetKeyRetried = true;
    return fresh ? WIDGET_KEY_PAUSE : null;
  }

  /** A second refusal without a connection between means that no token will do. */
  #tokenDelay(/** @type {string} */ text) {
    this.#tokenReason = 'expired';
    const counts = !text.includes('no auth message');
    this.#refusals += Number(counts);
    if (this.#refusals > 1) {
      return null;
    }
    return this.#failures || !counts ? backOff(this.#failures) : 0;
  }

  /** The server does not say which message was too big: only the longest can be meant. */
  #rejectLongest() {
    const [longest] = [...this.#answers.values()].sort((a, b) => b.length - a.length);
    const payload = { code: 'too_large', message: 'the message is larger than the server takes' };
    longest?.answered({ type: 'error', payload });
  }

  async #considerStream() {
    const { transport = 'auto' } = this.#options;
    if (transport !== 'auto' || this.#useStream || this.#unopened < MAX_UNOPENED_SOCKETS) {
      return;
    }
    try {
      const { isReachable } = await import('./sse.js');
      if (await isReachable(this.#url, this.#options)) {
        this.#useStream = this.#unopened >= MAX_UNOPENED_SOCKETS;
      }
    } catch (error) {
      this.#report(error);
    }
  }

  // ---- The page

  #suspend() {
    if (this.#status.state !== 'closed') {
      this.#store();
      this.#sendAcks();
      this.#detach();
      this.#show('waiting', 'page_hidden');
    }
  }

  /** Something may have happened to the network: one look, however many signals say so. */
  #wake() {
    this.#waking ??= setTimeout(() => {
      this.#waking = undefined;
      const { state, reason, retryAt } = this.#status;
      if (this.#link?.liveSince) {
        this.#check(this.#link, WAKE_PING_TIMEOUT);
      } else if (state === 'waiting' && retryAt && !this.#patient && retryAt > Date.now() + SECOND) {
        this.#wait(/** @type {StatusReason} */ (reason), Math.random() * SECOND);
      }
    }, WAKE_PAUSE);
  }

  #heard(/** @type {Link} */ link) {
    link.heardAt = Date.now();
    clearTimeout(link.check);
    link.check = undefined;
    if (!link.silence) {
      this.#awaitSilence(link, SILENCE);
    }
  }

  #awaitSilence(/** @type {Link} */ link, /** @type {number} */ time) {
    if (isHidden()) {
      return;
    }
    link.silence = setTimeout(() => {
      link.silence = undefined;
      const left = link.heardAt + SILENCE - Date.now();
      if (left > 0) {
        this.#awaitSilence(link, left);
      } else if (!isHidden()) {
        this.#check(link, PING_TIMEOUT);
      }
    }, time);
  }

  #check(/** @type {Link} */ link, /** @type {number} */ timeout) {
    if (link.check || !link.liveSince) {
      return;
    }
    const due = Date.now() + timeout;
    link.check = setTimeout(() => {
      link.check = undefined;
      if (Date.now() - due > LATE) {
        // A thawed tab first has to read what queued up for it.
        this.#check(link, WAKE_PING_TIMEOUT);
      } else {
        this.#detach();
        this.#lose('timeout', this.#delay('soon', '') ?? 0);
      }
    }, timeout);
    link.transport?.send('{"type":"ping"}');
  }

  // ---- What the server says

  #received(/** @type {Link} */ link, /** @type {string} */ text) {
    this.#heard(link);
    let message;
    try {
      message = JSON.parse(text);
    } catch (error) {
      this.#report(error);
      return;
    }
    if (message.tenant_id === undefined) {
      this.#understand(link, message);
    } else {
      this.#receivedEvent(message, text.length);
    }
    if (link === this.#link) {
      this.#signals.emit('received', message);
      this.#store();
    }
  }

  #understand(/** @type {Link} */ link, /** @type {ServerMessage} */ message) {
    const { type, payload = {} } = message;
    if (POSITIONED.has(type)) {
      this.#moveTo(payload);
    }
    this.#react(link, type, payload);
    if (type.startsWith('kept.')) {
      this.#takeTime(payload.time);
      this.#kept.take({ type, payload });
    }
    this.#answer(message);
  }

  #react(/** @type {Link} */ link, /** @type {string} */ type, /** @type {any} */ payload) {
    switch (type) {
      case 'connected':
        return this.#connected(link, payload);
      case 'resync':
        this.#kept.doubt();
        this.#followUsers();
        return this.#nothingProven('resync');
      case 'degraded':
        return this.#show('degraded', null);
      case 'restored':
        return this.#show('connected', null);
      case 'token.expiring':
        return this.#renew(link, Date.now() + payload.expires_in_seconds * SECOND);
    }
  }

  #answer(/** @type {ServerMessage} */ message) {
    const waiting = this.#answers.get(message.ref);
    if (waiting) {
      this.#answers.delete(message.ref);
      waiting.answered(message);
    } else if (message.type === 'error') {
      this.#report(refusal(message));
    }
  }

  #takeTime(/** @type {string | undefined} */ time) {
    if (time) {
      this.#clockOffset = Date.parse(time) - Date.now();
    }
  }

  #connected(/** @type {Link} */ link, /** @type {any} */ payload) {
    const session = Object.freeze({ ...payload });
    if (this.#isSomebodyElse(session)) {
      return this.#startAgain();
    }
    clearTimeout(link.deadline);
    link.liveSince = Date.now();
    this.#session = this.#identity = session;
    this.#refusals = 0;
    this.#takeTime(payload.time);
    const reason = payload.recovered === false ? 'unrecovered' : this.#loadReason;
    if (payload.recovered === false) {
      this.#kept.doubt();
    }
    if (this.#names.kept.size && !payload.time) {
      this.#report(new SwitchboardError('unsupported', 'this server has no kept events'));
    }
    this.#show('connected', null);
    if (reason) {
      this.#nothingProven(reason);
    }
    // A listener may have left already.
    if (link === this.#link) {
      this.#resumeLanes();
      this.#signals.emit('connected', session);
    }
  }

  #resumeLanes() {
    this.#inAddress.splice(0).forEach((job) => job.resolve({ recovered: null }));
    this.#followUsers();
    this.#subscriptions.flush();
    this.#publishes.flush();
  }

  #isSomebodyElse(/** @type {SessionInfo} */ now) {
    const before = this.#identity;
    /** @type {(keyof SessionInfo)[]} Servers of an older version do not send the role */
    const members = before?.role && now.role ? ['tenant_id', 'user_id', 'role'] : ['tenant_id', 'user_id'];
    return before !== null && members.some((member) => before[member] !== now[member]);
  }

  /** Another person is signed in, or in another role: nothing of the one before may be continued. */
  #startAgain() {
    this.#cursor = new Cursor();
    this.#identity = null;
    this.#loading?.abort();
    this.#loading = undefined;
    this.#heldBack = this.#options.load ? [] : null;
    this.#kept.clear();
    this.#seen.clear();
    this.#own.clear();
    this.#useStorage((storage, key) => storage.removeItem(key));
    this.#loadReason = 'identity';
    this.#publishes.clear('identity', 'another person is signed in now');
    this.#lose('identity', 0, true);
  }

  async #renew(/** @type {Link} */ link, /** @type {number} */ expires) {
    const { token } = this.#options;
    const left = expires - Date.now();
    if (typeof token !== 'function' || link.stream || link.renewal || left <= 0) {
      return;
    }
    const pause = Math.min(MAX_RENEWAL_PAUSE, Math.max(SECOND, left / 2));
    link.renewal = setTimeout(
      async () => {
        link.renewedAt = Date.now();
        const renewed = await this.#sendFreshToken(link);
        link.renewal = undefined;
        if (!renewed && link === this.#link) {
          this.#renew(link, expires);
        }
      },
      Math.max(0, link.renewedAt + pause - Date.now()),
    );
  }

  /** @returns {Promise<boolean>} Whether the session continues with it */
  async #sendFreshToken(/** @type {Link} */ link) {
    try {
      const token = await this.#askToken(link, { reason: 'expiring', kind: 'connect' });
      await this.request({ type: 'auth', payload: { token } });
      return true;
    } catch (/** @type {any} */ error) {
      if (link !== this.#link) {
        return true;
      }
      if (error.name === 'Unauthorized') {
        this.#finish('unauthorized', error.message);
      } else if (error.code === 'forbidden') {
        this.#startAgain();
      } else {
        this.#report(error);
      }
      return false;
    }
  }

  // ---- Events, and the loading of what they change

  #receivedEvent(/** @type {SwitchboardEvent} */ event, /** @type {number} */ length) {
    this.#cursor.pass(event);
    this.#kept.apply(event);
    if (this.#heldBack) {
      this.#holdBack(event, length);
    } else {
      this.#hand(event);
    }
  }

  #holdBack(/** @type {SwitchboardEvent} */ event, /** @type {number} */ length) {
    this.#heldBackLength += length;
    const count = this.#heldBack?.push(event);
    if (Number(count) > MAX_HELD_BACK_EVENTS || this.#heldBackLength > MAX_HELD_BACK_LENGTH) {
      this.#overflowed = true;
      this.#overflows++;
      this.#emptyHeldBack();
      this.#kept.doubt();
      this.#detach();
      this.#show('waiting', 'overflow');
    }
  }

  #emptyHeldBack() {
    this.#heldBack = [];
    this.#heldBackLength = 0;
  }

  /** What the page shows may be incomplete from here on: emits that, and loads. */
  #nothingProven(/** @type {LoadReason} */ reason) {
    const { position } = this.#cursor;
    this.#loadReason = null;
    if (reason !== 'start') {
      this.#listeners.emit('resync', { reason, position });
    }
    if (this.#options.load) {
      this.#emptyHeldBack();
      this.#loading?.abort();
      this.#load(this.#options.load, reason, position);
    }
  }

  /** Loads until it succeeds, unless another loading replaces it. */
  async #load(
    /** @type {NonNullable<Options['load']>} */ load,
    /** @type {LoadReason} */ reason,
    /** @type {string} */ position,
  ) {
    const run = new AbortController();
    this.#loading = run;
    this.#showLoading();
    for (let failures = this.#overflows; !run.signal.aborted; failures++) {
      failures && (await pause(backOff(failures - 1)));
      try {
        run.signal.aborted || (await load({ position, reason, signal: run.signal }));
        return run.signal.aborted || this.#loaded(position);
      } catch (error) {
        run.signal.aborted || this.#report(error);
      }
    }
  }

  #loaded(/** @type {string} */ position) {
    this.#loading = undefined;
    if (this.#overflowed) {
      this.#overflowed = false;
      this.#cursor = new Cursor();
      this.#cursor.moveTo(position);
      this.#heldBack = null;
      this.#status.reason === 'overflow' && this.#open();
    } else {
      const events = this.#heldBack ?? [];
      this.#overflows = 0;
      this.#heldBack = null;
      events.forEach((event) => this.#hand(event));
      this.#showLoading();
    }
  }

  /** Hands an event to listeners, and proves receipt of what came to the user's inbox. */
  #hand(/** @type {SwitchboardEvent} */ event) {
    const id = event.event_id;
    const mayBeStored = id && (event.user_id || event.id === null) && event.type !== 'chat.typing';
    if (mayBeStored && this.#seen.has(id)) {
      this.#acknowledge([id]);
    } else if (this.#status.state !== 'closed' && this.#listeners.emitEvent(event) && mayBeStored) {
      remember(this.#seen, id);
      this.#acknowledge(this.#options.autoAck === false ? [] : [id]);
    }
  }

  #acknowledge(/** @type {string[]} */ ids) {
    this.#acks.push(...ids);
    if (this.#acks.length && !this.#ackTimer) {
      this.#ackTimer = setTimeout(() => this.#sendAcks(), ACK_PAUSE);
    }
  }

  #sendAcks() {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    const link = this.#link;
    while (link?.liveSince && !link.stream && this.#acks.length) {
      const payload = { event_ids: this.#acks.splice(0, MAX_NAMES) };
      link.transport?.send(JSON.stringify({ type: 'ack', payload }));
    }
  }

  // ---- The cursor across a reload of the page

  /** @param {(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>, key: string) => void} use */
  #useStorage(use) {
    const { storage, key = 'switchboard' } = this.#options.resume ?? {};
    try {
      storage && use(storage, key);
    } catch (error) {
      this.#report(error);
    }
  }

  #continueStored(/** @type {string | null} */ text) {
    this.#loadReason = text ? 'storage' : null;
    const { scope, time, identity, after } = JSON.parse(text ?? '{}');
    const { maxAge = LOG_AGE } = this.#options.resume ?? {};
    if (scope === this.#scope() && Date.now() - time < maxAge) {
      this.#cursor.position = after;
      this.#identity = identity;
      this.#loadReason = null;
    }
  }

  /** What a stored cursor is good for: this address and this filter. */
  #scope() {
    const { path, params } = this.#options;
    return JSON.stringify([this.#url, path, params, KINDS.map((kind) => [...this.#names[kind]].sort())]);
  }

  #store() {
    if (this.#options.resume && this.#identity) {
      const { tenant_id, user_id, role } = this.#identity;
      const entry = {
        scope: this.#scope(),
        time: Date.now(),
        identity: { tenant_id, user_id, role },
        after: String(this.#cursor),
      };
      this.#useStorage((storage, key) => storage.setItem(key, JSON.stringify(entry)));
    }
  }

  // ---- What the page says

  /**
   * @param {string} name `status`, `resync`, `error`, or a type or pattern of events
   * @param {Listener} listener
   * @returns {() => void} Ends it
   */
  on(name, listener) {
    return this.#listeners.add(name, listener);
  }

  subscribe(/** @type {Names & { after?: string }} */ names) {
    return this.#change(true, names);
  }

  unsubscribe(/** @type {Names} */ names) {
    return this.#change(false, names);
  }

  /** @returns {Promise<any>} */
  #change(/** @type {boolean} */ subscribe, /** @type {Names & { after?: string }} */ { after, ...names }) {
    checkNames(names);
    names.kept?.forEach((name) => this.#collection(name));
    return new Promise((resolve, reject) => {
      this.#enqueue(this.#subscriptions, {
        subscribe,
        names,
        text: () => this.#changeText(subscribe, names, after),
        resolve: (answer) => {
          this.#apply(subscribe, names);
          resolve(answer);
          if (subscribe && answer.recovered === false) {
            this.#nothingProven('unrecovered');
          }
        },
        reject,
      });
      if (this.#link?.stream && this.#link.liveSince) {
        this.#lose('switching', 0, true);
      }
    });
  }

  /** A topic whose first subscription was not answered continues where its events ended. */
  #changeText(
    /** @type {boolean} */ subscribe,
    /** @type {Names} */ names,
    /** @type {string | undefined} */ after,
  ) {
    const ids = (names.topics ?? []).map((topic) => this.#cursor.ids.get(topic)).filter(Boolean);
    const from = subscribe ? (after ?? (ids.join() || undefined)) : undefined;
    const payload = { ...names, after: from };
    return JSON.stringify({ type: subscribe ? 'subscribe' : 'unsubscribe', payload });
  }

  #apply(/** @type {boolean} */ subscribe, /** @type {Names} */ names) {
    for (const kind of KINDS) {
      for (const name of names[kind] ?? []) {
        this.#names[kind][subscribe ? 'add' : 'delete'](name);
      }
    }
    if (!subscribe) {
      names.kept?.forEach((name) => this.#collections.delete(name));
      this.#kept.doubt(names.kept ?? []);
    }
  }

  /** Moves waiting subscriptions into the address of the next connection, which can't carry users. */
  #foldSubscriptions(/** @type {boolean} */ stream) {
    const { jobs } = this.#subscriptions;
    const folded = jobs.filter(({ names }) => stream || !names?.users);
    this.#subscriptions.jobs = jobs.filter((job) => !folded.includes(job));
    folded.forEach(({ subscribe = true, names = {} }) => this.#apply(subscribe, names));
    this.#inAddress.push(...folded);
  }

  /** A position speaks of all logs but those of topics whose subscription is not confirmed. */
  #moveTo(/** @type {{ position?: string, topics?: string[] }} */ { position, topics = [] }) {
    const asked = this.#subscriptions.jobs.flatMap((job) => (job.subscribe && job.names?.topics) || []);
    this.#cursor.moveTo(
      position,
      asked.filter((topic) => !topics.includes(topic)),
    );
  }

  /** Who is followed ends with the connection, and the address of the next can't bring it. */
  #followUsers() {
    const users = [...this.#names.users];
    while (users.length && !this.#link?.stream) {
      const payload = { users: users.splice(0, MAX_NAMES) };
      this.#subscriptions.add({
        once: true,
        text: () => JSON.stringify({ type: 'subscribe', payload }),
        resolve: () => {},
        reject: this.#report,
      });
    }
  }

  kept(/** @type {string} */ name) {
    if (!this.#collections.has(name)) {
      this.subscribe({ kept: [name] }).catch(this.#report);
    }
    return this.#collection(name);
  }

  #collection(/** @type {string} */ name) {
    const collection = this.#collections.get(name) ?? new KeptCollection(this.#kept.state(name));
    this.#collections.set(name, collection);
    return collection;
  }

  /**
   * Publishes an event; sent again after a reconnect, under the same id, until it is answered.
   *
   * @returns {Promise<Published>}
   */
  publish(
    /** @type {string} */ type,
    /** @type {unknown} */ payload,
    /** @type {PublishOptions} */ options = {},
  ) {
    const { unordered, timeout, volatile = type === 'chat.typing', ...members } = options;
    const { event_id = randomId() } = members;
    const text = JSON.stringify({ type, ...members, event_id, payload });
    return new Promise((resolve, reject) => {
      if (volatile) {
        const { liveSince, transport } = this.#link ?? {};
        liveSince && transport?.send(text);
        return liveSince ? resolve({ id: null, event_id }) : reject(notSent('not_connected'));
      }
      if (this.#isFull(text.length)) {
        return reject(notSent('queue_full'));
      }
      this.#enqueue(this.#publishes, {
        unordered,
        maxAge: timeout,
        eventId: event_id,
        text: () => text,
        resolve: (answer) => {
          remember(this.#own, answer.event_id, event_id);
          resolve(answer);
        },
        reject,
      });
    });
  }

  #isFull(/** @type {number} */ length) {
    const { jobs } = this.#publishes;
    const total = jobs.reduce((sum, job) => sum + job.length, length);
    return jobs.length >= MAX_QUEUED_MESSAGES || total > MAX_QUEUED_LENGTH;
  }

  #enqueue(/** @type {Lane} */ lane, /** @type {Job} */ job) {
    if (this.#status.state === 'closed') {
      job.reject(notSent('closed'));
    } else {
      lane.add(job);
    }
  }

  ownId(/** @type {SwitchboardEvent} */ { event_id }) {
    const pending = this.#publishes.jobs.find((job) => event_id?.endsWith(`:${job.eventId}`));
    return event_id && (this.#own.get(event_id) ?? pending?.eventId);
  }

  ack(/** @type {string[]} */ eventIds) {
    this.#acknowledge(eventIds);
  }

  request(/** @type {{ type: string, payload?: unknown }} */ message) {
    return new Promise((resolve, reject) => {
      const lost = () => reject(notSent('not_connected'));
      const answered = (/** @type {ServerMessage} */ answer) =>
        answer.type === 'error' ? reject(refusal(answer)) : resolve(answer);
      this.#ask(JSON.stringify(message), answered, lost) || lost();
    });
  }

  attach(/** @type {Extension} */ extension) {
    const ends = Object.entries(extension).map(([name, call]) => this.#signals.add(name, call));
    if (this.#link?.liveSince && this.#session) {
      extension.connected?.(this.#session);
    }
    return () => ends.forEach((end) => end());
  }

  /** Sends a message whose answer is waited for; false without a connection. */
  #ask(
    /** @type {string} */ text,
    /** @type {(answer: ServerMessage) => void} */ answered,
    /** @type {(() => void) | undefined} */ lost = undefined,
  ) {
    const link = this.#link;
    if (!link?.liveSince) {
      return false;
    }
    const ref = ++this.#refs;
    this.#answers.set(ref, { answered, lost, length: text.length });
    link.transport?.send(`{"ref":${ref},${text.slice(1)}`);
    return true;
  }
}

function refusal(/** @type {ServerMessage} */ { payload }) {
  return new SwitchboardError(payload.code, payload.message, 'rejected');
}

function notSent(/** @type {string} */ code) {
  return new SwitchboardError(code, 'the message was not sent', 'not_sent');
}

/** @param {{ hide: () => void, show: () => void, wake: () => void }} calls */
function watchPage({ hide, show, wake }) {
  const page = globalThis.document;
  /** @type {[EventTarget | undefined, string, () => void][]} */
  const signals = [
    [globalThis, 'pagehide', hide],
    [globalThis, 'pageshow', show],
    [globalThis, 'online', wake],
    [page, 'resume', wake],
    [page, 'visibilitychange', () => isHidden() || wake()],
  ];
  signals.forEach(([target, name, call]) => target?.addEventListener?.(name, call));
  return () => signals.forEach(([target, name, call]) => target?.removeEventListener?.(name, call));
}

function checkNames(/** @type {any} */ names) {
  for (const kind of KINDS) {
    const list = names[kind] ?? [];
    mustHold(
      Array.isArray(list) && list.every((name) => typeof name === 'string'),
      `${kind} must be a list of texts`,
    );
  }
}

function checkOptions(/** @type {string} */ url, /** @type {Options} */ options) {
  mustHold(/^(https?|wss?):\/\//.test(url), 'the address must begin with https:// or http://');
  mustHold(options?.token || options?.ticket || options?.params, 'give token or ticket, a text or function');
  mustHold(
    options.WebSocket || globalThis.WebSocket || options.transport === 'sse',
    'give WebSocket: this version of Node brings none',
  );
  mustHold(!options.load || !options.resume, 'load and resume exclude each other');
  mustHold(
    !options.resume || !isShared(options.resume.storage),
    'resume.storage must be of one tab: use sessionStorage',
  );
  checkNames(options);
}

function mustHold(/** @type {unknown} */ holds, /** @type {string} */ message) {
  if (!holds) {
    throw new TypeError(message);
  }
}

function isShared(/** @type {unknown} */ storage) {
  return typeof window === 'object' && storage === window.localStorage;
}
