/**
 * Server-sent events instead of a socket, for networks that block WebSockets. A stream brings no
 * inbox, does not make the user online, and can't follow users or attempts at webhooks; publishing
 * uses HTTP. Loaded by the core when it is needed.
 *
 * @module
 * @typedef {import('./switchboard.js').Transport} Transport
 * @typedef {import('./switchboard.js').TransportHooks} TransportHooks
 * @typedef {import('./switchboard.js').TransportRequest} TransportRequest
 */

/** How often a stream looks whether sockets can be opened again. */
const SOCKET_RETRY = 300_000;
/** The server sends a comment every 25 s: bytes this young prove that the stream is alive. */
const COMMENT_PAUSE = 35_000;
/** The close code equivalent to an HTTP status; 204: the stream was ended for good. */
const CLOSE_CODES = Object.freeze({ 204: 4410, 400: 4400, 401: 4401, 403: 4403, 429: 4429, 503: 4503 });
/** The code of an `error` message equivalent to an HTTP status. */
const ERROR_CODES = Object.freeze({
  400: 'bad_request',
  401: 'not_authenticated',
  403: 'forbidden',
  413: 'too_large',
  429: 'rate_limited',
});
const LOST = 1006;

/** @returns {Promise<boolean>} Whether the server answers at all, for a page that can't open sockets */
export async function isReachable(
  /** @type {string} */ url,
  /** @type {import('./switchboard.js').Options} */ { fetch = globalThis.fetch },
) {
  try {
    await fetch(`${url}/api/v1/ws/stats`, { mode: 'no-cors', cache: 'no-store' });
    return true;
  } catch {
    return false;
  }
}

/** @returns {Transport} */
export function openStream(/** @type {TransportRequest} */ request, /** @type {TransportHooks} */ hooks) {
  const stream = new Stream(request, hooks);
  stream.run();
  return stream;
}

class Stream {
  #request;
  #hooks;
  #abort = new AbortController();
  #heardAt = Date.now();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #probe;

  constructor(/** @type {TransportRequest} */ request, /** @type {TransportHooks} */ hooks) {
    this.#request = request;
    this.#hooks = hooks;
    if (request.options.transport !== 'sse') {
      this.#probe = setInterval(() => this.#trySocket(), SOCKET_RETRY);
    }
  }

  async run() {
    try {
      const response = await this.#fetchStream();
      if (!response.ok || response.status === 204 || !response.body) {
        this.#end(CLOSE_CODES[/** @type {keyof typeof CLOSE_CODES} */ (response.status)] ?? LOST, '');
        return;
      }
      this.#hooks.opened();
      const blocks = new Blocks((block) => this.#take(block));
      const decoder = new TextDecoder();
      const reader = response.body.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        this.#heardAt = Date.now();
        this.#hooks.alive();
        blocks.add(decoder.decode(part.value, { stream: true }));
      }
      this.#end(LOST, 'the stream ended');
    } catch (error) {
      this.#end(LOST, String(error));
    }
  }

  #fetchStream() {
    const { url, query } = this.#request;
    return this.#fetch(`${url}/api/v1/events/stream?${query}`, {
      headers: { Accept: 'text/event-stream', ...this.#authorization() },
      cache: 'no-store',
      signal: this.#abort.signal,
    });
  }

  /** @type {typeof globalThis.fetch} */
  #fetch(...args) {
    return (this.#request.options.fetch ?? globalThis.fetch)(...args);
  }

  /** @returns {Record<string, string>} */
  #authorization() {
    const { token } = this.#request;
    return token ? { Authorization: `Bearer ${token}` } : {};
  }

  /** A block's id is the whole position after it. */
  #take(/** @type {{ event: string, data: string, id: string }} */ { event, data, id }) {
    if (event === 'end') {
      const { code, reason } = JSON.parse(data);
      this.#end(code, reason);
      return;
    }
    if (data) {
      this.#hooks.received(data);
    }
    if (id) {
      this.#say({ type: 'position', payload: { position: id } });
    }
  }

  #say(/** @type {object} */ message) {
    this.#hooks.received(JSON.stringify(message));
  }

  #end(/** @type {number} */ code, /** @type {string} */ reason) {
    this.close();
    this.#hooks.closed(code, reason);
  }

  close() {
    clearInterval(this.#probe);
    this.#abort.abort();
  }

  /** What a socket would take; receipts of the inbox and the like have no use here. */
  send(/** @type {string} */ text) {
    const { ref, ...message } = JSON.parse(text);
    if (message.type === 'ping') {
      if (Date.now() - this.#heardAt < COMMENT_PAUSE) {
        this.#say({ type: 'pong', payload: {} });
      }
    } else if (message.type === 'tail' || message.type === 'untail') {
      this.#say(failure('unsupported', 'a stream does not bring attempts at webhooks', ref));
    } else if (message.type !== 'ack') {
      this.#publish(message, ref);
    }
  }

  async #publish(/** @type {object} */ message, /** @type {unknown} */ ref) {
    const { url, tenant } = this.#request;
    try {
      const response = await this.#fetch(`${url}/api/v1/events`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...this.#authorization() },
        body: JSON.stringify({ ...message, tenant_id: tenant() }),
      });
      this.#say(await answer(response, ref));
    } catch (error) {
      this.#say(failure('unavailable', String(error), ref));
    }
  }

  #trySocket() {
    const { url, path, options } = this.#request;
    const WebSocketClass = /** @type {typeof WebSocket} */ (options.WebSocket ?? WebSocket);
    const socket = new WebSocketClass(`${url.replace(/^http/, 'ws')}${path}`, ['switchboard.v1']);
    socket.onopen = () => {
      socket.close();
      this.#hooks.socketsWork();
    };
    socket.onerror = () => {};
  }
}

/** What a socket would be answered. */
async function answer(/** @type {Response} */ response, /** @type {unknown} */ ref) {
  const body = await response.json().catch(() => ({}));
  if (response.ok) {
    return { type: 'published', payload: { id: body.id, event_id: body.event_id }, ref };
  }
  const code = ERROR_CODES[/** @type {keyof typeof ERROR_CODES} */ (response.status)] ?? 'unavailable';
  return failure(code, body.detail ?? `HTTP ${response.status}`, ref);
}

function failure(/** @type {string} */ code, /** @type {string} */ message, /** @type {unknown} */ ref) {
  return { type: 'error', payload: { code, message }, ref };
}

/** Puts the parts of a stream together into blocks, which end with an empty line. */
class Blocks {
  #text = '';
  #take;

  constructor(/** @type {(block: { event: string, data: string, id: string }) => void} */ take) {
    this.#take = take;
  }

  add(/** @type {string} */ part) {
    const blocks = (this.#text + part).split('\n\n');
    this.#text = blocks.pop() ?? '';
    blocks.forEach((block) => this.#take(fields(block)));
  }
}

function fields(/** @type {string} */ block) {
  const found = { event: '', data: '', id: '' };
  for (const line of block.split('\n')) {
    const [, name, value] = /^(event|data|id): ?(.*)$/.exec(line) ?? [];
    if (name) {
      found[/** @type {keyof typeof found} */ (name)] += value;
    }
  }
  return found;
}
