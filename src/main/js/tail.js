/**
 * Attempts at the tenant's webhooks as they are made. Live only, at most once: for watching.
 *
 * @module
 * @typedef {import('./switchboard.js').Switchboard} Switchboard
 * @typedef {import('./switchboard.js').ServerMessage} ServerMessage
 * @typedef {import('./tail.js').TailOptions} TailOptions
 * @typedef {import('./tail.js').TailItem} TailItem
 * @typedef {{ options: TailOptions, listener: (item: TailItem) => unknown }} Follower
 */

const RETRY_PAUSE = 5_000;
const REPEATABLE = new Set(['unavailable', 'rate_limited', 'not_ready']);

/**
 * A session follows one webhook or all: who follows what is put together here.
 *
 * @type {WeakMap<Switchboard, Tail>}
 */
const tails = new WeakMap();

/** @returns {() => void} Ends it */
export function tail(
  /** @type {Switchboard} */ client,
  /** @type {TailOptions} */ options,
  /** @type {(item: TailItem) => unknown} */ listener,
) {
  const shared = tails.get(client) ?? new Tail(client);
  tails.set(client, shared);
  return shared.add({ options, listener });
}

class Tail {
  #client;
  /** @type {Set<Follower>} */
  #followers = new Set();
  /** @type {(() => void) | undefined} */
  #detach;

  constructor(/** @type {Switchboard} */ client) {
    this.#client = client;
  }

  add(/** @type {Follower} */ follower) {
    this.#followers.add(follower);
    if (this.#detach) {
      this.#ask();
    } else {
      this.#detach = this.#client.attach({
        connected: () => this.#ask(),
        received: (message) => this.#received(message),
      });
    }
    return () => this.#remove(follower);
  }

  #remove(/** @type {Follower} */ follower) {
    if (!this.#followers.delete(follower)) {
      return;
    }
    if (this.#followers.size) {
      this.#ask();
    } else {
      this.#detach?.();
      this.#detach = undefined;
      this.#client.request({ type: 'untail' }).catch(() => {});
    }
  }

  async #ask() {
    const wanted = new Set([...this.#followers].map((one) => one.options.webhook_id));
    const [webhook_id] = wanted.size === 1 ? wanted : [];
    try {
      await this.#client.request({ type: 'tail', payload: { webhook_id } });
    } catch (/** @type {any} */ error) {
      this.#failed(error);
    }
  }

  /** A lost connection is no failure: with the next one it is asked again. */
  #failed(/** @type {any} */ error) {
    if (REPEATABLE.has(error.code)) {
      setTimeout(() => this.#followers.size && this.#ask(), RETRY_PAUSE);
    } else if (error.code !== 'not_connected') {
      this.#followers.forEach(({ options }) => (options.onError ?? console.error)(error));
    }
  }

  #received(/** @type {ServerMessage} */ { type, payload }) {
    if (type === 'webhook.attempt') {
      this.#hand({ attempt: payload }, payload.webhook_id);
    } else if (type === 'webhook.attempts_missed') {
      this.#hand({ missed: payload.count });
    }
  }

  #hand(/** @type {TailItem} */ item, /** @type {number | undefined} */ webhook = undefined) {
    for (const { options, listener } of [...this.#followers]) {
      if (webhook === undefined || options.webhook_id === undefined || options.webhook_id === webhook) {
        try {
          listener(item);
        } catch (error) {
          console.error(error);
        }
      }
    }
  }
}
