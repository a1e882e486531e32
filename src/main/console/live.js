/**
 * The live trace: what is published in one tenant now. It is closed while the tab is hidden, and the gap
 * is marked.
 *
 * @module
 * @typedef {import('./types.js').TraceEvent} TraceEvent
 * @typedef {{ key: number, event?: TraceEvent, mark?: string }} Row
 */
import { address, api } from './api.js';
import { useStream } from './data.js';
import { EventDetail, families, typeNames, usePayloadSchemas } from './events.js';
import { html, useEffect, useMemo, useRef, useState } from './html.js';
import { href, useRoute } from './route.js';
import { tenant } from './session.js';
import { clock, count, visible } from './text.js';
import { Button, Empty, Filter, Head, Icon, Refusal, State, StreamState, announce } from './ui.js';

const KEPT = 1_000;
const SHOWN = 100;

export function Live() {
  const { query } = useRoute();
  const [paused, setPaused] = useState(false);
  const types = (query.type ?? '').split(/[\s,]+/).filter(Boolean);
  const topics = (query.topic ?? '').split(/[\s,]+/).filter(Boolean);
  const { user, session, text } = query;
  const path = address(api('tenants', tenant(), 'trace'), { type: types, user, topic: topics, session, text });
  const trace = useTrace(path, paused);
  const [chosen, toggle] = useChosen();
  const known = typeNames(usePayloadSchemas());
  const rows = trace.rows;
  return html`<${Head} title="Live" about="Events of this tenant as they are published. Watching does not change presence.">
      <${Button} icon=${paused ? 'play' : 'pause'} pressed=${paused} onClick=${() => setPaused(!paused)}>${paused ? 'Go on' : 'Pause'}</${Button}>
      <${Button} onClick=${trace.clear}>Clear</${Button}>
    </${Head}>
    <div class="filters">
      <${Filter} label="Types" mono list="types" placeholder="call.* queue.*" of="type" />
      <${Filter} label="User" mono of="user" />
      <${Filter} label="Topics" mono placeholder="none, * for all" of="topic" />
      <${Filter} label="Chat" mono of="session" />
      <${Filter} label="Text in the payload" of="text" />
      <datalist id="types">${[...families(known), ...known].map((one) => html`<option value=${one} />`)}</datalist>
    </div>
    <div class="status-line">
      <${StreamState} of=${trace} paused=${paused} />
      <span>${count(trace.seen)} seen</span>
      ${trace.missed > 0 && html`<${State} tone="warn">${count(trace.missed)} not shown: more than 200 a second</${State}>`}
      ${trace.waiting > 0 && html`<span>${count(trace.waiting)} waiting</span>`}
      ${rows.length > SHOWN && html`<span class="faint">the newest ${SHOWN} of ${count(rows.length)} kept</span>`}
    </div>
    <${Refusal} error=${trace.error} retry=${trace.retry} />
    ${
      rows.length
        ? html`<ol class="events" aria-label="Events, the newest first">
          ${rows.slice(0, SHOWN).map((row) =>
            row.event
              ? html`<${EventRow}
                  key=${row.key}
                  event=${row.event}
                  open=${row.key === chosen}
                  onOpen=${() => toggle(row.key)}
                />`
              : html`<li key=${row.key} class="mark"><span>${row.mark}</span></li>`,
          )}
        </ol>`
        : !trace.error &&
          html`<${Empty} title=${paused ? 'Paused' : 'Waiting for events'}>
          <p>Whatever is published from now on appears here. <a href=${href(['publish'])}>Publish one</a> to see it, or read
            <a href=${href(['log'])}>the log</a> for what has been.</p>
        </${Empty}>`
    }`;
}

/**
 * One event as a line that opens. A row whose event and state are the same is not compared again: hundreds
 * of them stay while new ones come.
 *
 * @param {{ event: TraceEvent & { timestamp?: string }, open: boolean, onOpen?: () => void, to?: string }} props
 *   `onOpen` must do the same at all times; `to`: the address of the screen with the event open, in its place
 */
export function EventRow({ event, open, onOpen, to }) {
  return useMemo(() => drawRow(event, open, onOpen, to), [event, open, to]);
}

function drawRow(
  /** @type {TraceEvent & { timestamp?: string }} */ event,
  /** @type {boolean} */ open,
  /** @type {(() => void) | undefined} */ onOpen,
  /** @type {string | undefined} */ to,
) {
  return html`<li class=${open ? 'open' : ''}>
    <${to ? 'a' : 'button'} class="event" type=${to ? undefined : 'button'} href=${to} data-stay=${to && ''} aria-expanded=${String(open)} onClick=${onOpen}>
      <${Icon} name=${open ? 'down' : 'next'} />
      <time>${clock(event.timestamp ?? event.at, true)}</time>
      <strong>${visible(event.type)}</strong>
      <span class="rest">
        ${event.user_id !== undefined && html`<span class="tag">user ${visible(event.user_id)}</span>`}
        ${event.topic !== undefined && html`<span class="tag">${visible(event.topic)}</span>`}
        ${event.session_id !== undefined && html`<span class="tag">chat ${visible(event.session_id)}</span>`}
        ${event.keep !== undefined && html`<span class="tag">kept ${visible(event.keep)}</span>`}
        <span class="preview">${event.payload_hidden ? 'for another user' : visible(preview(event.payload))}</span>
      </span>
    </>
    ${open && html`<${EventDetail} event=${event} />`}
  </li>`;
}

/** Which of the rows is open: at most one, by its key. @returns {[unknown, (key: unknown) => void]} */
export function useChosen() {
  const [chosen, setChosen] = useState(/** @type {unknown} */ (undefined));
  return [chosen, (key) => setChosen((/** @type {unknown} */ before) => (before === key ? undefined : key))];
}

/** The start of the payload, on one line. */
function preview(/** @type {unknown} */ payload) {
  const text = JSON.stringify(payload) ?? '';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** Follows the trace at `path`; `paused` collects without showing. */
function useTrace(/** @type {string} */ path, /** @type {boolean} */ paused) {
  const [rows, setRows] = useState(/** @type {Row[]} */ ([]));
  const [missed, setMissed] = useState(0);
  const [seen, setSeen] = useState(0);
  const [waiting, setWaiting] = useState(0);
  const key = useRef(0);
  const queue = useRef(/** @type {Row[]} */ ([]));
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const stopped = useRef(paused);
  stopped.current = paused;

  /** Ten times a second at most, however many came. */
  const flush = () => {
    timer.current = undefined;
    if (stopped.current) {
      setWaiting(queue.current.length);
      return;
    }
    const fresh = queue.current.reverse();
    queue.current = [];
    setWaiting(0);
    setSeen((before) => before + fresh.filter((row) => row.event).length);
    setRows((before) => [...fresh, ...before].slice(0, KEPT));
  };
  const add = (/** @type {Omit<Row, 'key'>} */ row) => {
    queue.current.push({ ...row, key: ++key.current });
    if (queue.current.length > KEPT) {
      queue.current.shift();
    }
    timer.current ??= setTimeout(flush, 100);
  };
  useEffect(() => {
    paused || queue.current.length === 0 || flush();
  }, [paused]);

  useEffect(() => () => clearTimeout(timer.current), []);
  const { node, error, retry } = useStream(path, (name, data, again) => {
    if (name === 'event' && data) {
      // A trace calls the event's own id `id`; everywhere else that is the position.
      add({ event: { ...data, event_id: data.id, id: data.position } });
    } else if (name === 'missed') {
      setMissed((before) => before + (data?.count ?? 0));
      add({ mark: `${data?.count ?? 'some'} events not shown` });
    } else if (name === 'ready') {
      announce('The trace is live');
      again && add({ mark: 'connected again; events in between were not seen' });
    }
  });

  return {
    rows,
    node,
    missed,
    seen,
    waiting,
    error,
    retry,
    clear: () => {
      queue.current = [];
      setRows([]);
      setSeen(0);
      setMissed(0);
      setWaiting(0);
    },
  };
}
