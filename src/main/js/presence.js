/**
 * Who is online among some users of the tenant, live.
 *
 * @module
 * @typedef {import('./switchboard.js').Switchboard} Switchboard
 * @typedef {import('./switchboard.js').ServerMessage} ServerMessage
 * @typedef {import('./presence.js').UserPresence} UserPresence
 * @typedef {(change: { user_id: string }) => unknown} Listener
 */

/**
 * How many followers each user has, by client: a user without followers is unsubscribed.
 *
 * @type {WeakMap<Switchboard, Map<string, number>>}
 */
const followers = new WeakMap();

/** @returns {Presence} How these users stand, from now on until `stop()` */
export function presence(/** @type {Switchboard} */ client, /** @type {readonly string[]} */ users) {
  return new Presence(client, users);
}

class Presence {
  /** @type {Map<string, UserPresence>} */
  #known = new Map();
  #client;
  #users;
  /** @type {Set<Listener>} */
  #listeners = new Set();
  #detach;
  /** Grows with each change. */
  version = 0;
  /** Resolved once the server has said how the users stand; rejected if the role may not see it. */
  ready;

  constructor(/** @type {Switchboard} */ client, /** @type {readonly string[]} */ users) {
    this.#client = client;
    this.#users = new Set(users);
    this.#detach = client.attach({ received: (message) => this.#received(message) });
    this.ready = this.#follow();
    this.ready.catch(() => {});
  }

  async #follow() {
    const counts = followers.get(this.#client) ?? new Map();
    followers.set(this.#client, counts);
    this.#users.forEach((user) => counts.set(user, (counts.get(user) ?? 0) + 1));
    await this.#client.subscribe({ users: [...this.#users] });
  }

  get(/** @type {string} */ user) {
    return this.#known.get(user);
  }

  /** @returns {string[]} */
  online() {
    return [...this.#users].filter((user) => this.#known.get(user)?.online);
  }

  on(/** @type {'change'} */ _name, /** @type {Listener} */ listener) {
    const call = (/** @type {{ user_id: string }} */ change) => listener(change);
    this.#listeners.add(call);
    return () => void this.#listeners.delete(call);
  }

  stop() {
    this.#detach();
    this.#listeners.clear();
    const counts = followers.get(this.#client) ?? new Map();
    this.#users.forEach((user) => counts.set(user, (counts.get(user) ?? 1) - 1));
    const users = [...this.#users].filter((user) => counts.get(user) === 0);
    this.#users.clear();
    if (users.length && this.#client.status.state !== 'closed') {
      this.#client.unsubscribe({ users }).catch(() => {});
    }
  }

  #received(/** @type {ServerMessage} */ { type, payload }) {
    if (type === 'subscribed') {
      payload.presence?.forEach((/** @type {any} */ user) => this.#learn(user));
    } else if (type === 'presence.online' || type === 'presence.offline') {
      this.#learn({ ...payload, online: type === 'presence.online' });
    }
  }

  #learn(/** @type {{ user_id: string, online: boolean, last_seen?: string | null }} */ told) {
    const { user_id, online, last_seen = this.#known.get(told.user_id)?.last_seen ?? null } = told;
    const before = this.#known.get(user_id);
    if (this.#users.has(user_id)) {
      this.#known.set(user_id, Object.freeze({ user_id, online, last_seen }));
      if (before?.online !== online || before.last_seen !== last_seen) {
        this.#tell(user_id);
      }
    }
  }

  #tell(/** @type {string} */ user_id) {
    this.version++;
    for (const listener of [...this.#listeners]) {
      try {
        listener({ user_id });
      } catch (error) {
        console.error(error);
      }
    }
  }
}
