/**
 * Calls of the node. The console sends its cookie; the portal a token that only this page knows.
 *
 * @module
 * @typedef {import('./types.js').Fault} Fault
 * @typedef {{ query?: Record<string, unknown>, body?: unknown, headers?: Record<string, string>,
 *   signal?: AbortSignal, keepalive?: boolean }} CallOptions
 */

/** What a node refused, or could not be asked. */
export class Problem extends Error {
  /**
   * @param {number} status 0: no answer
   * @param {string} detail
   * @param {{ title?: string, type?: string, errors?: Fault[], request_id?: string }} [more]
   */
  constructor(status, detail, more = {}) {
    super(detail);
    this.status = status;
    this.title = more.title ?? (status ? `The node answered ${status}` : 'The node does not answer');
    this.type = more.type ?? '';
    this.errors = more.errors ?? [];
    this.requestId = more.request_id ?? '';
    /** @type {number | undefined} Seconds to wait */
    this.retryAfter = undefined;
  }
}

/** @type {string | undefined} */
let bearer;
/** @type {() => void} */
let expired = () => {};

/** From now on calls carry this token instead of the cookie. */
export function useBearer(/** @type {string | undefined} */ token) {
  bearer = token;
}

/** Called once a session or a token is no longer accepted. */
export function onExpired(/** @type {() => void} */ listener) {
  expired = listener;
}

/** @returns {Promise<any>} The JSON of the answer; undefined if it has none */
export async function call(
  /** @type {string} */ method,
  /** @type {string} */ path,
  /** @type {CallOptions} */ options = {},
) {
  return (await ask(method, path, options)).data;
}

/** @returns {Promise<{ data: any, etag: string | null }>} */
export async function ask(
  /** @type {string} */ method,
  /** @type {string} */ path,
  /** @type {CallOptions} */ options = {},
) {
  const response = await open(method, path, options);
  const text = await response.text();
  return { data: text ? parse(text) : undefined, etag: response.headers.get('ETag') };
}

/**
 * The answer before its body is read.
 *
 * @throws {Problem} unless it is 2xx
 */
export async function open(
  /** @type {string} */ method,
  /** @type {string} */ path,
  /** @type {CallOptions} */ { query, body, headers, signal, keepalive } = {},
) {
  const response = await send(address(path, query), {
    method,
    signal: signal ?? null,
    keepalive: keepalive ?? false,
    cache: 'no-store',
    credentials: bearer ? 'omit' : 'same-origin',
    headers: {
      ...(bearer ? { Authorization: `Bearer ${bearer}` } : { 'X-Switchboard-Console': '1' }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (response.ok) {
    return response;
  }
  const problem = await problemOf(response);
  if (response.status === 401 && !headers?.Authorization && path !== '/api/v1/console/session') {
    expired();
  }
  throw problem;
}

async function send(/** @type {string} */ url, /** @type {RequestInit} */ init) {
  try {
    return await fetch(url, init);
  } catch (/** @type {any} */ error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    throw new Problem(0, 'Check the network, and whether the node is running.');
  }
}

async function problemOf(/** @type {Response} */ response) {
  const text = await response.text().catch(() => '');
  const json = parse(text);
  const known = json && typeof json === 'object' && json.detail;
  const problem = new Problem(response.status, known ? json.detail : text.slice(0, 300), known ? json : {});
  problem.retryAfter = Number(response.headers.get('Retry-After')) || undefined;
  return problem;
}

function parse(/** @type {string} */ text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The path with the members of `query` that are set. */
export function address(/** @type {string} */ path, /** @type {Record<string, unknown>} */ query = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') {
        parameters.append(name, String(one));
      }
    }
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

/** A path below /api/v1 with every part encoded. */
export function api(/** @type {(string | number)[]} */ ...parts) {
  return `/api/v1/${parts.map((part) => encodeURIComponent(part)).join('/')}`;
}

/**
 * Server-sent events by fetch, which can send headers.
 *
 * @param {string} path
 * @param {CallOptions} options
 * @param {(name: string, data: any) => void} listener
 * @returns {Promise<void>} Once the node ends the stream
 */
export async function stream(path, options, listener) {
  const response = await open('GET', path, {
    ...options,
    headers: { Accept: 'text/event-stream', ...options.headers },
  });
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let waiting = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    const blocks = (waiting + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
    waiting = blocks.pop() ?? '';
    blocks.forEach((block) => handBlock(block, listener));
  }
}

function handBlock(/** @type {string} */ block, /** @type {(name: string, data: any) => void} */ listener) {
  let name = 'message';
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === 'event') {
      name = value;
    } else if (field === 'data') {
      data.push(value);
    }
  }
  if (data.length) {
    listener(name, parse(data.join('\n')));
  }
}
