/**
 * Words, numbers and times as the screens show them. Whatever comes from elsewhere is text.
 *
 * @module
 */

/** Control characters, bidirectional controls, and characters without width. */
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** The text with characters that hide or reorder others written as `⟨U+202E⟩`. */
export function visible(/** @type {unknown} */ value) {
  return String(value).replace(UNSEEN, (one) => `⟨U+${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/** @returns {string | undefined} The address if a link may lead there: http and https only */
export function linkable(/** @type {unknown} */ value) {
  try {
    const url = new URL(String(value));
    return /^https?:$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

export function count(/** @type {number | null | undefined} */ value) {
  return value === null || value === undefined ? '–' : whole.format(value);
}

/** `1 key`, `2 keys`. */
export function many(/** @type {number | null | undefined} */ value, /** @type {string} */ name, plural = `${name}s`) {
  return `${count(value)} ${value === 1 ? name : plural}`;
}

/** Events per second: with a decimal where it says something. */
export function rate(/** @type {number | null | undefined} */ value) {
  return value === null || value === undefined ? '–' : (value < 100 ? small : whole).format(value);
}

export function percent(/** @type {number | null | undefined} */ value) {
  return value === null || value === undefined ? '–' : `${small.format(value)} %`;
}

export function bytes(/** @type {number | null | undefined} */ value) {
  if (value === null || value === undefined) {
    return '–';
  }
  const steps = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let step = 0;
  let left = value;
  while (left >= 1024 && step < steps.length - 1) {
    left /= 1024;
    step++;
  }
  return `${left < 10 && step ? small.format(left) : Math.round(left)} ${steps[step]}`;
}

export function millis(/** @type {number | null | undefined} */ value) {
  if (value === null || value === undefined) {
    return '–';
  }
  return value < 1_000 ? `${Math.round(value)} ms` : duration(value / 1_000);
}

/** Two units at most: `3 d 4 h`, `12 s`. */
export function duration(/** @type {number | null | undefined} */ seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) {
    return '–';
  }
  if (seconds < 10) {
    return `${small.format(Math.max(0, seconds))} s`;
  }
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ];
  let left = Math.round(seconds);
  const parts = [];
  for (const [name, size] of /** @type {[string, number][]} */ (units)) {
    const many = Math.floor(left / size);
    if (many || parts.length) {
      many && parts.push(`${many} ${name}`);
      left -= many * size;
      if (parts.length === 2 || !many) {
        break;
      }
    }
  }
  return parts.join(' ');
}

/** Milliseconds since 1970, or undefined. */
export function moment(/** @type {unknown} */ value) {
  const at = typeof value === 'number' ? value : Date.parse(String(value));
  return Number.isFinite(at) ? at : undefined;
}

/** The local time, with the date if it is not today. */
export function clock(/** @type {unknown} */ value, millisToo = false) {
  const at = moment(value);
  if (at === undefined) {
    return '–';
  }
  const date = new Date(at);
  const time = date.toLocaleTimeString('en-GB') + (millisToo ? `.${String(at % 1_000).padStart(3, '0')}` : '');
  return date.toDateString() === new Date().toDateString() ? time : `${day(date)} ${time}`;
}

function day(/** @type {Date} */ date) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `5 min ago`, `in 12 s`. */
export function ago(/** @type {unknown} */ value, now = Date.now()) {
  const at = moment(value);
  if (at === undefined) {
    return '–';
  }
  const seconds = (now - at) / 1_000;
  if (Math.abs(seconds) < 1) {
    return 'now';
  }
  const [length] = duration(Math.abs(seconds)).split(/(?<=[a-z]) /);
  return seconds < 0 ? `in ${length}` : `${length} ago`;
}

/** Quotes for a POSIX shell; control characters go through printf. */
export function shellQuote(/** @type {string} */ value) {
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(value)) {
    return value;
  }
  if (!/[\u0000-\u001f\u007f]/.test(value) && value === visible(value)) {
    return `'${value.replace(/'/g, `'\\''`)}'`;
  }
  const bytes = [...new TextEncoder().encode(value)];
  const octal = bytes.map((one) =>
    one < 0x20 || one > 0x7e || one === 0x5c || one === 0x25 || one === 0x27
      ? `\\${one.toString(8).padStart(3, '0')}`
      : String.fromCharCode(one),
  );
  return `"$(printf '${octal.join('')}')"`;
}

/** A request as a command; the credential is a variable of the shell, never its value. */
export function curl(
  /** @type {string} */ method,
  /** @type {string} */ url,
  /** @type {unknown} */ body = undefined,
  /** @type {Record<string, string>} */ headers = {},
) {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${shellQuote(url)}`];
  if (!Object.keys(headers).length) {
    lines.push(`-H "Authorization: Bearer $TOKEN"`);
  }
  if (body !== undefined && !headers['Content-Type']) {
    lines.push(`-H 'Content-Type: application/json'`);
  }
  for (const [name, value] of Object.entries(headers)) {
    lines.push(`-H ${shellQuote(`${name}: ${value}`)}`);
  }
  if (body !== undefined) {
    lines.push(`--data-raw ${shellQuote(typeof body === 'string' ? body : plainJson(body))}`);
  }
  return lines.join(' \\\n  ');
}

/** JSON in which characters that hide or reorder others are escaped. */
function plainJson(/** @type {unknown} */ value) {
  return JSON.stringify(value).replace(UNSEEN, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Whether a pattern of event types (`*`, `call.*`, `call.ended`) matches. */
export function matches(/** @type {string} */ pattern, /** @type {string} */ type) {
  if (pattern === '*') {
    return true;
  }
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}

/** As for webhooks: `*` leaves out `webhook.*`, which must be named. */
export function webhookMatches(/** @type {string[]} */ patterns, /** @type {string} */ type) {
  return patterns.some((one) => matches(one, type) && !(one === '*' && type.startsWith('webhook.')));
}

/** JSON text with indentation, or the text itself if it is none. */
export function pretty(/** @type {unknown} */ value) {
  if (typeof value !== 'string') {
    return JSON.stringify(value, null, 2) ?? '';
  }
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
