/**
 * The parts that every screen is made of.
 *
 * @module
 * @typedef {import('./html.js').Children} Children
 * @typedef {'ok' | 'warn' | 'bad' | 'off' | 'info' | 'plain'} Tone
 */
import { html, useEffect, useId, useRef, useState } from './html.js';
import { filter, useRoute } from './route.js';
import { ago, clock, moment, pretty, visible } from './text.js';

const ICONS = /** @type {Record<string, string>} */ ({
  ok: 'M3.5 8.5l3 3 6-7',
  warn: 'M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.2',
  bad: 'M4 4l8 8M12 4l-8 8',
  off: 'M5.5 4v8M10.5 4v8',
  info: 'M8 7v5M8 4.2v.2',
  plain: 'M4 8h8',
  copy: 'M5.5 5.5h7v8h-7zM3.5 10.5v-8h7',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  close: 'M4 4l8 8M12 4l-8 8',
  out: 'M9.5 3h-6v10h6M7 8h6.5M11 5.5L13.5 8 11 10.5',
  back: 'M7.5 4L3.5 8l4 4M3.5 8h9',
  theme: 'M8 3a5 5 0 1 0 0 10zM8 3a5 5 0 0 1 0 10',
  add: 'M8 3v10M3 8h10',
  play: 'M5 3.5l7 4.5-7 4.5z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  next: 'M6 3.5L10.5 8 6 12.5',
  down: 'M3.5 6L8 10.5 12.5 6',
});

/** Decoration: what it means is always said in words beside it. */
export function Icon(/** @type {{ name: string }} */ { name }) {
  return html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    <path d=${ICONS[name] ?? ICONS.plain} />
  </svg>`;
}

export function Logo(/** @type {{ size: number }} */ { size }) {
  return html`<svg class="logo" viewBox="0 0 32 32" width=${size} height=${size} aria-hidden="true">
    <rect width="32" height="32" rx="8" />
    <path d="M9 11h3c5 0 4 10 9 10h2M9 21h3c5 0 4-10 9-10h2" />
  </svg>`;
}

/** A state: a shape, a word and only then a colour. */
export function State(/** @type {{ tone: Tone, children?: Children, title?: string | undefined }} */ props) {
  return html`<span class="state ${props.tone}" title=${props.title}><${Icon} name=${props.tone} />${props.children}</span>`;
}

/**
 * @param {{ children?: Children, onClick?: (event: MouseEvent) => unknown, kind?: string, busy?: boolean,
 *   disabled?: boolean | undefined, type?: string, icon?: string, pressed?: boolean, label?: string }} props
 */
export function Button({ children, onClick, kind = '', busy, disabled, type = 'button', icon, pressed, label }) {
  return html`<button
    type=${type}
    class="button ${kind}"
    onClick=${onClick}
    disabled=${disabled || busy}
    aria-busy=${busy ? 'true' : undefined}
    aria-pressed=${pressed === undefined ? undefined : String(pressed)}
    aria-label=${label}
    title=${label}
  >
    ${icon && html`<${Icon} name=${icon} />`}${children && html`<span>${children}</span>`}
  </button>`;
}

/** The head of a screen. `back`: the screen above it. */
export function Head(
  /** @type {{ title: Children, name?: string, about?: Children, back?: [string, string] | undefined, children?: Children }} */ {
    title,
    name,
    about,
    back,
    children,
  },
) {
  const spoken = name ?? (typeof title === 'string' ? title : '');
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    document.title = `${visible(spoken)} · Switchboard`;
  }, [spoken]);
  useEffect(() => {
    if (Head.moved) {
      heading.current?.focus({ preventScroll: true });
    }
    Head.moved = true;
  }, []);
  return html`<header class="head">
    <div>
      ${back && html`<p class="back"><a href=${back[0]}>${back[1]}</a></p>`}
      <h1 tabindex="-1" ref=${heading}>${title}</h1>
      ${about && html`<p class="about">${about}</p>`}
    </div>
    ${children && html`<div class="actions">${children}</div>`}
  </header>`;
}
/** The first screen does not take the focus; those that follow tell where the reader is now. */
Head.moved = false;

/**
 * A labelled control; `children` draws it with the id and the ids that describe it.
 *
 * @param {{ label: Children, hint?: Children, error?: string | undefined, wide?: boolean, children: Control }} props
 */
export function Field({ label, hint, error, wide, children }) {
  const id = useId();
  const hintId = hint ? `${id}-hint` : '';
  const errorId = error ? `${id}-error` : '';
  return html`<div class="field ${wide ? 'wide' : ''} ${error ? 'faulty' : ''}">
    <label for=${id}>${label}</label>
    ${children(id, [hintId, errorId].filter(Boolean).join(' ') || undefined)}
    ${error && html`<p class="fault" id=${errorId}><${Icon} name="bad" />${visible(error)}</p>`}
    ${hint && html`<p class="hint" id=${hintId}>${hint}</p>`}
  </div>`;
}

/** What a control does with its new value. */
export function typed(/** @type {(value: string) => unknown} */ onValue) {
  return (/** @type {any} */ event) => onValue(event.target.value);
}

/** What a form does in place of sending itself. */
export function sending(/** @type {() => unknown} */ act) {
  return (/** @type {Event} */ event) => {
    event.preventDefault();
    act();
  };
}

/** @typedef {(id: string, described: string | undefined) => Children} Control What a `Field` labels */

/** @returns {Control} A line of text */
export function input(
  /** @type {string | undefined} */ value,
  /** @type {(value: string) => unknown} */ onValue,
  /** @type {Record<string, unknown>} */ more = {},
) {
  return (id, described) =>
    html`<input id=${id} value=${value} autocomplete="off" spellcheck=${false} aria-describedby=${described} ...${more} onInput=${typed(onValue)} />`;
}

/** @returns {Control} Text of several lines */
export function area(
  /** @type {string | undefined} */ value,
  /** @type {(value: string) => unknown} */ onValue,
  /** @type {Record<string, unknown>} */ more = {},
) {
  return (id, described) =>
    html`<textarea id=${id} class="mono" spellcheck=${false} autocomplete="off" value=${value} aria-describedby=${described} ...${more} onInput=${typed(onValue)}></textarea>`;
}

/** @returns {Control} One of several values, each with its name */
export function select(
  /** @type {string} */ value,
  /** @type {(value: string) => unknown} */ onValue,
  /** @type {[string, string][]} */ options,
) {
  return (id, described) =>
    html`<select id=${id} value=${value} aria-describedby=${described} onChange=${typed(onValue)}>
      ${options.map(([key, name]) => html`<option value=${key} selected=${key === value}>${name}</option>`)}
    </select>`;
}

/** Sets a member of the address's query; the members in `clears`, which belong to the old value, go. */
function setMember(/** @type {string} */ name, /** @type {string} */ value, clears = '') {
  const cleared = Object.fromEntries(clears.split(' ').map((one) => [one, undefined]));
  filter({ ...cleared, [name]: value }, { replace: true });
}

/**
 * A text field for a member of the address's query, `of`, that changes it after a pause of 300 ms or Enter.
 *
 * @param {{ label: string, of: string, clears?: string, placeholder?: string, list?: string, mono?: boolean }} props
 */
export function Filter({ label, of, clears, placeholder, list, mono }) {
  const id = useId();
  const value = useRoute().query[of] ?? '';
  const [text, setText] = useState(value);
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const settle = (/** @type {string} */ next) => {
    clearTimeout(timer.current);
    next !== value && setMember(of, next, clears);
  };
  return html`<div class="filter">
    <label for=${id}>${label}</label>
    <input
      id=${id}
      type="search"
      class=${mono ? 'mono' : ''}
      value=${text}
      placeholder=${placeholder}
      list=${list}
      autocomplete="off"
      spellcheck=${false}
      onInput=${typed((next) => {
        setText(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => settle(next.trim()), 300);
      })}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === 'Enter' && settle(text.trim())}
      onBlur=${() => settle(text.trim())}
    />
  </div>`;
}

/** @param {{ label: string, value: string, onValue: (value: string) => void, options: [string, string][] }} props */
export function Choice({ label, value, onValue, options }) {
  const id = useId();
  return html`<div class="filter"><label for=${id}>${label}</label>${select(value, onValue, options)(id, undefined)}</div>`;
}

/**
 * One of several values for a member of the address's query, `of`; `otherwise`: the one without it.
 *
 * @param {{ label: string, of: string, clears?: string, options: [string, string][], otherwise?: string }} props
 */
export function FilterChoice({ label, of, clears, options, otherwise = '' }) {
  const value = useRoute().query[of] ?? otherwise;
  const onValue = (/** @type {string} */ next) => setMember(of, next, clears);
  return html`<${Choice} label=${label} value=${value} onValue=${onValue} options=${options} />`;
}

/** Buttons that read the screen's data again, once or all the time: `tail` in the address. */
export function Follow(/** @type {{ reload: () => void, clears?: string }} */ { reload, clears }) {
  const { tail } = useRoute().query;
  return html`<${Button} icon=${tail ? 'pause' : 'play'} pressed=${Boolean(tail)} onClick=${() => setMember('tail', tail ? '' : '1', clears)}>Follow live</${Button}>
    <${Button} onClick=${reload}>Read again</${Button}>`;
}

/** What was refused, in the node's words, with what can be done. */
export function Refusal(
  /** @type {{ error: import('./api.js').Problem | undefined, retry?: (() => void) | undefined }} */ { error, retry },
) {
  if (!error) {
    return null;
  }
  return html`<div class="refusal" role="alert">
    <${Icon} name="warn" />
    <div>
      <p><strong>${visible(error.title)}</strong>${error.status ? html` <span class="faint">${error.status}</span>` : ''}</p>
      ${error.message && html`<p>${visible(error.message)}</p>`}
      ${
        error.errors.length > 0 &&
        html`<ul>
        ${error.errors.map(
          (one) =>
            html`<li><code>${visible(one.pointer ?? one.event_id ?? '')}</code> ${visible(one.detail ?? one.error ?? '')}</li>`,
        )}
      </ul>`
      }
      ${error.requestId && html`<p class="faint">Request <code>${visible(error.requestId)}</code></p>`}
    </div>
    ${retry && html`<${Button} onClick=${retry}>Try again</${Button}>`}
  </div>`;
}

/** How a stream is doing. */
export function StreamState(
  /** @type {{ of: { node: string | undefined, error: unknown }, paused?: boolean }} */ { of, paused },
) {
  if (of.error || paused) {
    return of.error ? html`<${State} tone="bad">ended</${State}>` : html`<${State} tone="off">paused</${State}>`;
  }
  return of.node === undefined
    ? html`<${State} tone="info">connecting</${State}>`
    : html`<${State} tone="ok">live</${State}><span class="faint">by node ${visible(of.node)}</span>`;
}

/** An empty list, with the next step. */
export function Empty(/** @type {{ title: string, children?: Children }} */ { title, children }) {
  return html`<div class="empty">
    <h2>${title}</h2>
    <div>${children}</div>
  </div>`;
}

/** Lines in place of what is still being read. */
export function Loading(/** @type {{ lines?: number }} */ { lines = 5 }) {
  return html`<div class="loading" role="status">
    <span class="hidden">Loading</span>
    ${Array.from({ length: lines }, () => html`<div class="line"></div>`)}
  </div>`;
}

/** What a read shows: problems first, then lines, then the data. */
export function Loaded(
  /** @type {{ of: import('./data.js').Read<any>, lines?: number, children: (data: any) => Children }} */ {
    of,
    lines,
    children,
  },
) {
  return html`<${Refusal} error=${of.error} retry=${of.reload} />
    ${of.loading ? html`<${Loading} lines=${lines} />` : of.data !== undefined && children(of.data)}`;
}

/** The head of a screen whose data could not be read; otherwise the data have their own. */
export function HeadOfFailure(
  /** @type {{ of: import('./data.js').Read<any>, title: string, back: [string, string] }} */ { of, title, back },
) {
  return of.error && of.data === undefined ? html`<${Head} title=${title} back=${back} />` : null;
}

/** A table in a box of its own that scrolls sideways where it must. */
export function Table(
  /** @type {{ label: string, heads: (string | [string, string])[], children?: Children, kind?: string }} */ {
    label,
    heads,
    children,
    kind = '',
  },
) {
  return html`<div class="scroll" role="region" aria-label=${label} tabindex="0">
    <table class=${kind}>
      <thead>
        <tr>
          ${heads.map((head) => {
            const [name, side] = typeof head === 'string' ? [head, ''] : head;
            return html`<th scope="col" class=${side}>${name || html`<span class="hidden">Actions</span>`}</th>`;
          })}
        </tr>
      </thead>
      <tbody>
        ${children}
      </tbody>
    </table>
  </div>`;
}

/** Pairs of name and value. */
export function Facts(/** @type {{ of: ([string, Children] | false | null | undefined)[] }} */ { of }) {
  return html`<dl class="facts">
    ${of.map((one) => one && html`<div><dt>${one[0]}</dt><dd>${one[1]}</dd></div>`)}
  </dl>`;
}

/** A number with its name, and its last minutes. */
export function Figure(
  /** @type {{ name: string, value: Children, tone?: Tone, note?: Children, series?: (number | null)[], label?: string, to?: string }} */ {
    name,
    value,
    tone,
    note,
    series,
    label,
    to,
  },
) {
  return html`<div class="figure ${tone ?? ''}">
    <p class="name">${to ? html`<a href=${to}>${name}</a>` : name}</p>
    <p class="value">${value}</p>
    ${series && html`<${Sparkline} values=${series} label=${label ?? name} />`}
    ${note && html`<p class="note">${note}</p>`}
  </div>`;
}

/** The course of a number; gaps where it was not known. */
export function Sparkline(
  /** @type {{ values: (number | null)[], label: string, width?: number, height?: number }} */ {
    values,
    label,
    width = 160,
    height = 32,
  },
) {
  const known = /** @type {number[]} */ (values.filter((one) => one !== null));
  // Room above, so that a steady number is a line and not the edge of a box.
  const top = Math.max(1e-9, ...known) * 1.3;
  const step = width / Math.max(1, values.length - 1);
  /** @type {string[][]} */
  const parts = [[]];
  values.forEach((value, at) => {
    if (value === null) {
      parts.push([]);
    } else {
      parts.at(-1)?.push(`${(at * step).toFixed(1)},${(height - 1.5 - (value / top) * (height - 4)).toFixed(1)}`);
    }
  });
  const lines = parts.filter((one) => one.length > 1);
  const said = known.length
    ? `${label}: now ${round(known.at(-1))}, highest ${round(Math.max(...known))}`
    : `${label}: no data yet`;
  return html`<svg class="sparkline" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label=${said}>
    ${lines.map(
      (
        line,
      ) => html`<path class="area" d="M${line[0]?.split(',')[0]},${height} L${line.join(' L')} L${line.at(-1)?.split(',')[0]},${height} Z" />
        <polyline points=${line.join(' ')} />`,
    )}
  </svg>`;
}

function round(/** @type {number | undefined} */ value) {
  return value === undefined ? 0 : Math.round(value * 10) / 10;
}

/** A share of 1 as a bar, always beside its number. */
export function Bar(/** @type {{ share: number, tone?: Tone }} */ { share, tone = 'info' }) {
  const filled = Math.max(0, Math.min(1, share)) * 60;
  return html`<svg class="bar ${tone}" viewBox="0 0 60 6" width="60" height="6" aria-hidden="true">
    <rect class="track" width="60" height="6" rx="3" />
    <rect class="fill" width=${filled} height="6" rx="3" />
  </svg>`;
}

/** A time: how long ago, and exactly in the title. */
export function Time(/** @type {{ at: unknown, exact?: boolean }} */ { at, exact }) {
  const known = moment(at);
  if (known === undefined) {
    return html`<span class="faint">–</span>`;
  }
  const iso = new Date(known).toISOString();
  return html`<time datetime=${iso} title=${iso}>${exact ? clock(known, true) : ago(known)}</time>`;
}

/** An id or another name for machines. */
export function Name(/** @type {{ of: unknown, short?: boolean }} */ { of, short }) {
  const text = visible(of);
  return html`<code class=${short ? 'short' : ''} title=${short ? text : undefined}>${text}</code>`;
}

export function Copy(
  /** @type {{ text: string | (() => string), children?: Children, label?: string }} */ { text, children, label },
) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    const value = typeof text === 'function' ? text() : text;
    const worked = await navigator.clipboard.writeText(value).then(
      () => true,
      () => copyByField(value),
    );
    if (worked) {
      setDone(true);
      announce('Copied');
      setTimeout(() => setDone(false), 1_500);
    } else {
      toast('The browser does not allow copying; select the text instead.');
    }
  };
  return html`<${Button} kind="quiet small" icon=${done ? 'ok' : 'copy'} onClick=${copy} label=${children ? undefined : (label ?? 'Copy')}>
    ${children && (done ? 'Copied' : children)}
  </${Button}>`;
}

/** Frames and plain HTTP have no clipboard of their own. */
function copyByField(/** @type {string} */ value) {
  const field = document.createElement('textarea');
  field.value = value;
  field.className = 'hidden';
  (document.querySelector('dialog[open]') ?? document.body).append(field);
  field.select();
  const worked = document.execCommand('copy');
  field.remove();
  return worked;
}

/** Text as it is, with a button to copy it. */
export function Code(/** @type {{ text: string, label: string, limit?: number }} */ { text, label, limit = 65_536 }) {
  const shown = visible(text.length > limit ? text.slice(0, limit) : text);
  return html`<div class="code">
    <${Copy} text=${text} label=${`Copy ${label}`} />
    <pre tabindex="0" aria-label=${label} role="region">${shown || html`<span class="faint">empty</span>`}</pre>
    ${text.length > limit && html`<p class="hint">Only the first ${limit} characters are shown; copying takes all.</p>`}
  </div>`;
}

/** JSON with indentation, text as text. */
export function Body(/** @type {{ value: unknown, label: string }} */ { value, label }) {
  return html`<${Code} text=${value === null || value === undefined ? '' : pretty(value)} label=${label} />`;
}

/** The value as a tree whose branches open and close. */
export function Tree(
  /** @type {{ value: unknown, name?: string | undefined, depth?: number }} */ { value, name, depth = 0 },
) {
  const [all, setAll] = useState(false);
  const key = name === undefined ? '' : html`<span class="key">${visible(name)}</span><span class="faint">: </span>`;
  if (value === null || typeof value !== 'object') {
    return html`<div class="leaf">${key}<${Leaf} value=${value} /></div>`;
  }
  const list = Array.isArray(value);
  const entries = list ? [...value.entries()] : Object.entries(value);
  const many = `${list ? '[' : '{'}${entries.length}${list ? ']' : '}'}`;
  const shown = all ? entries : entries.slice(0, 100);
  return html`<details class="tree" open=${depth < 2}>
    <summary>${key}<span class="faint">${many}</span></summary>
    ${shown.map(([part, inner]) => html`<${Tree} value=${inner} name=${String(part)} depth=${depth + 1} />`)}
    ${shown.length < entries.length && html`<${Button} kind="quiet small" onClick=${() => setAll(true)}>Show all ${entries.length}</${Button}>`}
  </details>`;
}

function Leaf(/** @type {{ value: unknown }} */ { value }) {
  if (typeof value !== 'string') {
    return html`<span class="number">${String(value)}</span>`;
  }
  const text = value.length > 4_096 ? `${value.slice(0, 4_096)}…` : value;
  return html`<span class="string">"${visible(text)}"</span>`;
}

/** @param {{ tabs: [string, string][], now: string, onTab: (key: string) => void }} props */
export function Tabs({ tabs, now, onTab }) {
  return html`<div class="tabs" role="group">
    ${tabs.map(
      ([key, name]) =>
        html`<button type="button" aria-pressed=${String(key === now)} onClick=${() => onTab(key)}>${name}</button>`,
    )}
  </div>`;
}

/** Links to the first and the next page. */
export function Pager(
  /** @type {{ first?: string | undefined, next?: string | undefined, shown: number, of?: string }} */ {
    first,
    next,
    shown,
    of = 'rows',
  },
) {
  return html`<nav class="pager" aria-label="Pages">
    <span class="faint">${shown} ${shown === 1 ? of.replace(/^([a-z]+)s$/, '$1') : of}</span>
    <span>
      ${first && html`<a class="button" href=${first}>First page</a>`}
      ${next && html`<a class="button" href=${next}>Next page</a>`}
    </span>
  </nav>`;
}

/** @param {{ title: Children, children?: Children, onClose: () => void, wide?: boolean }} props */
export function Dialog({ title, children, onClose, wide }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    /** @type {HTMLElement | null | undefined} */ (
      dialog?.querySelector('form input, form select, form textarea, footer button')
    )?.focus();
    return () => dialog?.close();
  }, []);
  return html`<dialog
    ref=${element}
    class=${wide ? 'wide' : ''}
    aria-labelledby=${id}
    onCancel=${(/** @type {Event} */ event) => {
      event.preventDefault();
      onClose();
    }}
  >
    <header>
      <h2 id=${id}>${title}</h2>
      <${Button} kind="quiet" icon="close" label="Close" onClick=${onClose} />
    </header>
    ${children}
  </dialog>`;
}

/**
 * @typedef {{ title: string, text: Children, verb: string, typed?: string | undefined, tone?: 'danger' | 'primary' }} Question
 * @type {((question: Question & { answer: (yes: boolean) => void }) => void) | undefined}
 */
let showQuestion;

/** Asks before what can't be undone. `typed`: the name that must be typed where it hurts. */
export function confirm(/** @type {Question} */ question) {
  return /** @type {Promise<boolean>} */ (
    new Promise((resolve) => (showQuestion ? showQuestion({ ...question, answer: resolve }) : resolve(false)))
  );
}

/** Where questions appear: once in the page. */
export function Questions() {
  const [question, setQuestion] = useState(
    /** @type {(Question & { answer: (yes: boolean) => void }) | undefined} */ (undefined),
  );
  const [answer, setAnswer] = useState('');
  useEffect(() => {
    showQuestion = (next) => {
      setAnswer('');
      setQuestion(next);
    };
  }, []);
  if (!question) {
    return null;
  }
  const end = (/** @type {boolean} */ yes) => {
    setQuestion(undefined);
    question.answer(yes);
  };
  const open = !question.typed || answer === question.typed;
  return html`<${Dialog} title=${question.title} onClose=${() => end(false)}>
    <form onSubmit=${sending(() => open && end(true))}>
      <div class="said">${question.text}</div>
      ${
        question.typed &&
        html`<${Field} label=${html`Type <code>${visible(question.typed)}</code> to confirm`}>${input(answer, setAnswer, { class: 'mono' })}</${Field}>`
      }
      <footer>
        <${Button} onClick=${() => end(false)}>Keep as it is</${Button}>
        <${Button} type="submit" kind=${question.tone ?? 'danger'} disabled=${!open}>${question.verb}</${Button}>
      </footer>
    </form>
  </${Dialog}>`;
}

const EVERY = 5_000;
/** @type {((text: string) => void) | undefined} */
let speak;
let spoken = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let speaking;
/** @type {((text: string) => void) | undefined} */
let showToast;

/** Says it politely, at most one sentence every 5 s; the last one counts. */
export function announce(/** @type {string} */ text) {
  clearTimeout(speaking);
  const wait = Math.max(0, spoken + EVERY - Date.now());
  speaking = setTimeout(() => {
    spoken = Date.now();
    speak?.(text);
  }, wait);
}

/** Shows what was done for some seconds, and says it. */
export function toast(/** @type {string} */ text) {
  showToast?.(text);
  announce(text);
}

/** The live region and the notes of what was done: once in the page. */
export function Voice() {
  const [said, setSaid] = useState('');
  const [note, setNote] = useState('');
  useEffect(() => {
    speak = setSaid;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    showToast = (text) => {
      clearTimeout(timer);
      setNote(text);
      timer = setTimeout(() => setNote(''), 6_000);
    };
  }, []);
  return html`<div class="hidden" aria-live="polite">${said}</div>
    ${note && html`<div class="toast"><${Icon} name="info" />${visible(note)}</div>`}`;
}
