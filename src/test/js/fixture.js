import { Switchboard } from '../../main/js/switchboard.js';
import { ManualClock } from './clock.js';
import { ScriptedServer } from './scripted-server.js';

/**
 * A scripted server, a manual clock, and clients of both; all is undone with the test.
 *
 * @param {import('node:test').TestContext} t
 * @param {{ random?: () => number, window?: boolean }} [options] `window`: as in a browser's page
 */
export function setUp(t, { random, window = false } = {}) {
  const clock = new ManualClock(random).install();
  const server = new ScriptedServer();
  const page = window ? new Page().install() : undefined;
  const clients = [];
  t.after(() => {
    clients.forEach((client) => client.close());
    page?.uninstall();
    clock.uninstall();
  });
  let tokens = 0;
  const make = (options = {}) => {
    const client = new Switchboard('https://events.example.com/', {
      token: () => `token-${++tokens}`,
      WebSocket: server.WebSocket,
      transport: 'websocket',
      ...options,
    });
    clients.push(client);
    return client;
  };
  return { clock, server, page, make };
}

/** An event as the server sends it. */
export function event(type, id, members = {}) {
  return { id, event_id: `event-${id}`, type, tenant_id: 'tenant-123', payload: {}, ...members };
}

/** The signals and storages of a browser's page. */
class Page {
  document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  #signals = new EventTarget();
  #before = {};

  install() {
    const put = {
      document: this.document,
      window: { localStorage: new MemoryStorage() },
      addEventListener: this.#signals.addEventListener.bind(this.#signals),
      removeEventListener: this.#signals.removeEventListener.bind(this.#signals),
    };
    for (const [name, value] of Object.entries(put)) {
      this.#before[name] = globalThis[name];
      globalThis[name] = value;
    }
    return this;
  }

  uninstall() {
    for (const [name, value] of Object.entries(this.#before)) {
      if (value === undefined) {
        delete globalThis[name];
      } else {
        globalThis[name] = value;
      }
    }
  }

  signal(name) {
    this.#signals.dispatchEvent(new Event(name));
  }

  show(visible) {
    this.document.visibilityState = visible ? 'visible' : 'hidden';
    this.document.dispatchEvent(new Event('visibilitychange'));
  }
}

export class MemoryStorage {
  #items = new Map();

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, value);
  }

  removeItem(key) {
    this.#items.delete(key);
  }
}
