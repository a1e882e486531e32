import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Switchboard } from '../../main/js/switchboard.js';
import { ManualClock } from './clock.js';
import { ScriptedServer } from './scripted-server.js';

const FOLDER = new URL('../resources/client-cases/', import.meta.url);

/** Every case of every file, with the name of its file. */
export function readCases() {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return files.flatMap((file) => (readCaseFile(file).cases ?? []).map((one) => ({ file, ...one })));
}

export function readCaseFile(file) {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
}

/** Plays one case: the server's part as it is written, and looks at what the client does. */
export class CasePlayer {
  #clock;
  #server = new ScriptedServer();
  #client;
  #seenSockets = 0;
  #delivered = [];
  #resyncs = [];
  #tokenRequests = [];
  #loads = [];
  #calls = {};
  #refs = {};

  constructor({ client = {}, random = 1 }) {
    this.#clock = new ManualClock(() => random).install();
    const { token = ['token'], load, listen = ['*'], ...options } = client;
    this.#client = new Switchboard('https://events.example.com', {
      token: (request) => token[Math.min(this.#tokenRequests.push(request), token.length) - 1],
      load: load && ((request) => this.#load(request)),
      WebSocket: this.#server.WebSocket,
      transport: 'websocket',
      ...options,
    });
    listen.forEach((pattern) => this.#client.on(pattern, (event) => this.#delivered.push(nameOf(event))));
    this.#client.on('resync', (resync) => this.#resyncs.push(resync));
    this.#client.on('error', () => {});
  }

  end() {
    this.#client.close();
    Object.values(this.#calls).forEach((call) => call.promise.catch(() => {}));
    this.#clock.uninstall();
  }

  async play(steps) {
    for (const [index, step] of steps.entries()) {
      const [name] = Object.keys(step);
      try {
        await this.#clock.settle();
        await this[name](step[name], step);
        await this.#clock.settle();
      } catch (error) {
        error.message = `step ${index + 1} ${JSON.stringify(step).slice(0, 200)}: ${error.message}`;
        throw error;
      }
    }
  }

  #load(request) {
    return new Promise((resolve, reject) => this.#loads.push({ request, resolve, reject, seen: false }));
  }

  // ---- The server's part

  welcome(payload) {
    this.#seenSockets = this.#server.sockets.length;
    this.#server.socket.welcome(payload);
  }

  opens() {
    this.#server.socket.open();
  }

  says(message) {
    const { ref } = message;
    const known = typeof ref === 'string' && ref.startsWith('$') ? { ref: this.#refs[ref.slice(1)] } : {};
    this.#server.socket.say({ ...message, ...known });
  }

  says_many({ count, id, from }) {
    const { socket } = this.#server;
    for (let number = from; number < from + count; number++) {
      socket.say({
        id: id.replace('#', number),
        type: 'call.incoming',
        tenant_id: 'tenant-123',
        payload: {},
      });
    }
  }

  closes({ code, reason = '' }) {
    this.#server.socket.end(code, reason);
  }

  async advance_ms(time) {
    await this.#clock.advance(time);
  }

  async sleep_ms(time) {
    await this.#clock.sleep(time);
  }

  // ---- What is asked of the client

  client({ as, ...action }) {
    const [[name, value]] = Object.entries(action);
    const call = {
      publish: ({ type, payload, options }) => this.#client.publish(type, payload, options),
    };
    const promise = Promise.resolve(call[name] ? call[name](value) : this.#client[name](value));
    if (as) {
      this.#calls[as] = { promise };
      promise.then(
        (resolved) => (this.#calls[as].resolved = resolved),
        (rejected) => (this.#calls[as].rejected = rejected),
      );
    }
  }

  load(outcome) {
    const { resolve, reject } = this.#loads.at(-1);
    outcome === 'succeeds' ? resolve() : reject(new Error('no data'));
  }

  // ---- What the client must do

  connects({ query = {}, without = [], protocols }) {
    assert.equal(this.#server.sockets.length, this.#seenSockets + 1, 'one new connection');
    this.#seenSockets++;
    const { socket } = this.#server;
    includes(socket.query, query);
    without.forEach((name) => assert.ok(!(name in socket.query), `${name} must not be in the address`));
    if (protocols) {
      assert.deepEqual(socket.protocols, protocols);
    }
  }

  async reconnects(query) {
    this.#seenSockets = this.#server.sockets.length;
    this.#server.socket.end(1006);
    await this.#clock.advance(20_000);
    this.connects({ query });
  }

  no_connection() {
    assert.equal(this.#server.sockets.length, this.#seenSockets || 1);
  }

  sends(expected, { ref }) {
    const message = this.#server.socket.take();
    assert.ok(message, 'the client sent nothing');
    includes(message, expected);
    if (ref) {
      this.#refs[ref] = message.ref;
    }
  }

  sends_nothing() {
    assert.deepEqual(this.#server.socket?.sent ?? [], []);
  }

  delivers(ids) {
    assert.deepEqual(this.#delivered.splice(0), ids);
  }

  resyncs(expected) {
    assert.deepEqual(this.#resyncs.splice(0), expected);
  }

  status(expected) {
    includes(this.#client.status, expected);
  }

  asked_for_token(expected) {
    includes(this.#tokenRequests.at(-1), expected);
  }

  loads(expected) {
    const unseen = this.#loads.filter((load) => !load.seen);
    assert.equal(unseen.length, 1, 'one new call of load');
    unseen[0].seen = true;
    includes(unseen[0].request, expected);
    assert.equal(unseen[0].request.signal.aborted, false);
  }

  loads_nothing() {
    assert.deepEqual(
      this.#loads.filter((load) => !load.seen),
      [],
    );
  }

  load_aborted() {
    const aborted = this.#loads.filter((load) => load.seen).at(-1);
    assert.equal(aborted.request.signal.aborted, true);
    aborted.resolve();
  }

  settled(expected) {
    for (const [name, outcome] of Object.entries(expected)) {
      includes(this.#calls[name], outcome);
    }
  }

  pending(names) {
    names.forEach((name) => assert.deepEqual(Object.keys(this.#calls[name]), ['promise']));
  }

  kept(expected) {
    for (const [name, { keys, ...members }] of Object.entries(expected)) {
      const collection = this.#client.kept(name);
      includes(collection, members);
      const entries = [...collection].map(([key, event]) => [key, event.payload]);
      assert.deepEqual(Object.fromEntries(entries), keys);
      assert.equal(collection.size, entries.length);
    }
  }
}

function nameOf({ id, event_id, type }) {
  return id ?? event_id ?? type;
}

/** Every member that is expected is there; others may be. */
function includes(actual, expected) {
  assert.ok(actual, 'there is nothing');
  for (const [name, value] of Object.entries(expected)) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      includes(actual[name], value);
    } else {
      assert.deepEqual(actual[name], value, name);
    }
  }
}
