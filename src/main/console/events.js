/**
 * Events as the screens show them: what types there are, one event in full, publishing it again.
 *
 * @module
 * @typedef {import('./types.js').Event} Event
 * @typedef {import('./types.js').TraceEvent} TraceEvent
 * @typedef {Record<string, any>} Schema
 */
import { api, call } from './api.js';
import { each, useAct } from './data.js';
import { html, useEffect, useState } from './html.js';
import { href, inPortal, keptHref, userHref } from './route.js';
import { may, tenant } from './session.js';
import { clock, curl, visible, webhookMatches } from './text.js';
import { Button, Code, Copy, Facts, Name, Refusal, State, Tabs, Time, Tree, confirm, toast } from './ui.js';

/** Types in use by the product that have no payload schema. */
const OTHERS = ['chat.session.started', 'chat.session.ended', 'chat.transferred', 'chat.typing', 'ticket.created'];

/** @type {Promise<Record<string, Schema>> | undefined} */
let schemas;

/**
 * The schemas of the payloads, from the node's own description: there each is one line of JSON.
 *
 * @returns {Promise<Record<string, Schema>>}
 */
export function payloadSchemas() {
  schemas ??= fetch('/openapi.yaml')
    .then((response) => (response.ok ? response.text() : Promise.reject(response.status)))
    .then((text) => {
      /** @type {Record<string, Schema>} */
      const found = {};
      for (const [, type, json] of text.matchAll(/^ {4}payload\.([a-z0-9_.-]+): (\{.*\})$/gm)) {
        found[/** @type {string} */ (type)] = JSON.parse(/** @type {string} */ (json));
      }
      return found;
    })
    .catch(() => {
      schemas = undefined;
      return {};
    });
  return /** @type {Promise<Record<string, Schema>>} */ (schemas);
}

/** @returns {Record<string, Schema>} */
export function usePayloadSchemas() {
  const [known, setKnown] = useState(/** @type {Record<string, Schema>} */ ({}));
  useEffect(() => void payloadSchemas().then(setKnown), []);
  return known;
}

export function typeNames(/** @type {Record<string, Schema>} */ known) {
  return [...Object.keys(known), ...OTHERS].sort();
}

/** Patterns that cover a family of types: `call.*`. */
export function families(/** @type {string[]} */ types) {
  return [...new Set(types.filter((one) => one.includes('.')).map((one) => `${one.split('.')[0]}.*`))];
}

/** A payload that the schema accepts, from its examples. */
export function example(/** @type {Schema | undefined} */ schema) {
  /** @type {[string, unknown][]} */
  const members = Object.entries(schema?.properties ?? {}).map(([name, part]) => [name, exampleOf(name, part)]);
  return Object.fromEntries(members);
}

const EXAMPLES = /** @type {Record<string, unknown>} */ ({
  unique_id: '1729866000.123',
  caller_id: '+1234567890',
  destination: '100',
  queue_name: 'support',
  direction: 'inbound',
  user_id: '456',
  username: 'jdoe',
  text: 'Hello',
});

function exampleOf(/** @type {string} */ name, /** @type {Schema} */ part) {
  const types = [part.type].flat();
  return (
    part.examples?.[0] ?? EXAMPLES[name] ?? (types.includes('string') ? name : types.includes('integer') ? 1 : null)
  );
}

/** @returns {{ pointer: string, detail: string }[]} What the schema does not accept */
export function faults(/** @type {Schema | undefined} */ schema, /** @type {any} */ value, pointer = '/payload') {
  if (!schema) {
    return [];
  }
  const types = schema.type ? [schema.type].flat() : [];
  const kind = kindOf(value);
  if (types.length && !types.includes(kind) && !(kind === 'integer' && types.includes('number'))) {
    return [{ pointer, detail: `is ${article(kind)}, not ${types.map(article).join(' or ')}` }];
  }
  /** @type {{ pointer: string, detail: string }[]} */
  const found = [];
  if (kind === 'string' && value.length < (schema.minLength ?? 0)) {
    found.push({ pointer, detail: 'is empty' });
  }
  if (kind === 'object') {
    for (const name of schema.required ?? []) {
      Object.hasOwn(value, name) || found.push({ pointer: `${pointer}/${name}`, detail: 'is required' });
    }
    for (const [name, part] of Object.entries(schema.properties ?? {})) {
      Object.hasOwn(value, name) &&
        found.push(...faults(/** @type {Schema} */ (part), value[name], `${pointer}/${name}`));
    }
  }
  return found;
}

function kindOf(/** @type {unknown} */ value) {
  if (value === null) {
    return 'null';
  }
  if (Array.isArray(value)) {
    return 'array';
  }
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function article(/** @type {string} */ kind) {
  return kind === 'null' ? 'null' : /^[aeio]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

/** The event as a request that publishes it again. */
export function publishBody(/** @type {Event | TraceEvent} */ event) {
  const { type, user_id, topic, session_id, keep, payload } = event;
  /** @type {Record<string, unknown>} */
  const body = { tenant_id: tenant(), type, user_id, topic, session_id, keep };
  Object.keys(body).forEach((name) => body[name] === undefined && delete body[name]);
  return { ...body, payload };
}

/** Publishes the event with a new id, after a warning where that changes more than a screen. */
async function publishAgain(/** @type {Event | TraceEvent} */ event) {
  const lasting = [
    event.keep && `It becomes the kept state of ${event.keep} again, in place of what is kept now.`,
    event.user_id && `It goes to the user ${event.user_id}, and may be stored in that user's inbox.`,
  ].filter(Boolean);
  const yes = await confirm({
    title: 'Publish this event again?',
    text: html`<p>A copy of <code>${visible(event.type)}</code> with a new event id goes to everybody who may receive it, webhooks included.</p>
      ${lasting.map((one) => html`<p><${State} tone="warn">${visible(one)}</${State}></p>`)}`,
    verb: 'Publish again',
    tone: lasting.length ? 'danger' : 'primary',
  });
  if (yes) {
    const answer = await call('POST', '/api/v1/events', { body: publishBody(event) });
    toast(`Published as ${answer.event_id}`);
  }
}

/** Everything about one event, with what can be done with it. */
export function EventDetail(/** @type {{ event: Event | TraceEvent }} */ { event }) {
  const [tab, setTab] = useState('payload');
  const again = useAct(() => publishAgain(event));
  const hidden = /** @type {TraceEvent} */ (event).payload_hidden;
  const at = /** @type {Event} */ (event).timestamp ?? /** @type {TraceEvent} */ (event).at;
  const tabs = /** @type {[string, string][]} */ ([
    ['payload', 'Payload'],
    ['json', 'JSON'],
    ...(may('webhooks') && event.event_id && !inPortal ? [['webhooks', 'Webhooks']] : []),
  ]);
  return html`<div class="detail">
    <${Facts}
      of=${[
        ['Time', html`<span title=${visible(at)}>${clock(at, true)}</span>`],
        ['Event id', html`<${Name} of=${event.event_id ?? '–'} />`],
        ['Position', html`<${Name} of=${event.id ?? 'none'} />`],
        event.user_id !== undefined && [
          'For the user',
          html`<a href=${userHref(event.user_id)}><${Name} of=${event.user_id} /></a>`,
        ],
        event.topic !== undefined && ['Topic', html`<${Name} of=${event.topic} />`],
        event.session_id !== undefined && ['Chat', html`<${Name} of=${event.session_id} />`],
        event.keep !== undefined && [
          event.forget ? 'Ends the kept' : 'Kept as',
          html`<a href=${keptHref(event.keep.split('/')[0])}><${Name} of=${event.keep} /></a>`,
        ],
        event.keep_until !== undefined && ['Kept until', html`<${Time} at=${event.keep_until} exact />`],
        event.sender && ['Sender', html`${visible(event.sender.kind)} <${Name} of=${event.sender.id} />`],
      ]}
    />
    <div class="row">
      <${Tabs} tabs=${tabs} now=${tab} onTab=${setTab} />
      <span class="spring"></span>
      ${
        !hidden &&
        html`<${Copy} text=${() => JSON.stringify(event.payload, null, 2)}>Copy payload</${Copy}>
        ${
          may('events:write') &&
          html`<${Copy} text=${() => curl('POST', `${location.origin}/api/v1/events`, publishBody(event))}>Copy as curl</${Copy}>
          <${Button} kind="quiet small" icon="play" busy=${again.busy} onClick=${() => again.run()}>Publish again</${Button}>`
        }`
      }
    </div>
    <${Refusal} error=${again.error} />
    ${
      tab === 'payload' &&
      (hidden
        ? html`<p class="hint">This event is for another user: only its head is shown to you.</p>`
        : html`<div class="tree-box"><${Tree} value=${event.payload} /></div>`)
    }
    ${tab === 'json' && html`<${Code} text=${JSON.stringify(event, null, 2)} label="the event as JSON" />`}
    ${tab === 'webhooks' && html`<${WebhooksOf} event=${event} />`}
  </div>`;
}

/** @typedef {{ webhook: import('./types.js').Webhook, attempt?: import('./types.js').Attempt | undefined, wanted: boolean }} Got */

/** Which webhooks of the tenant were called for the event. */
function WebhooksOf(/** @type {{ event: Event | TraceEvent }} */ { event }) {
  const [got, setGot] = useState(/** @type {Got[] | undefined} */ (undefined));
  const find = useAct(async () => {
    const { webhooks } = await call('GET', api('webhooks'), { query: { tenant_id: tenant(), limit: 500 } });
    const known = /** @type {Got[]} */ (
      webhooks.map((/** @type {any} */ webhook) => ({ webhook, wanted: webhookMatches(webhook.events, event.type) }))
    );
    await each(
      known.filter((one) => one.wanted),
      async (one) => {
        const { logs } = await call('GET', api('webhooks', one.webhook.id, 'logs'), {
          query: { event_id: event.event_id, limit: 1 },
        });
        one.attempt = logs[0];
      },
    );
    setGot(known);
  });
  useEffect(() => void find.run(), [event.event_id]);
  if (!got) {
    return html`<${Refusal} error=${find.error} retry=${() => find.run()} />${find.busy && html`<p class="hint">Looking through the attempts …</p>`}`;
  }
  const wanted = got.filter((one) => one.wanted);
  if (!wanted.length) {
    return html`<p class="hint">No webhook of this tenant wants <code>${visible(event.type)}</code>.
      <a href=${href(['webhooks', 'new'], { events: event.type })}>Create one</a></p>`;
  }
  return html`<ul class="plain">
    ${wanted.map(
      ({ webhook, attempt }) => html`<li class="row">
        ${attempt ? html`<${Outcome} attempt=${attempt} />` : html`<${State} tone="plain">no attempt logged</${State}>`}
        <a href=${href(['webhooks', webhook.id])}>${visible(webhook.name)}</a>
        ${
          attempt
            ? html`<a class="faint" href=${attemptHref(attempt)}><${Time} at=${attempt.created_at} /></a>`
            : html`<span class="faint">its filter left the event out, or the first call has not ended</span>`
        }
      </li>`,
    )}
  </ul>`;
}

/** @typedef {import('./types.js').Attempt} Attempt */

/** The address of the page of one attempt. */
export function attemptHref(/** @type {Attempt} */ attempt) {
  return href(['webhooks', attempt.webhook_id, 'attempts', attempt.id], {
    tenant: tenant() || undefined,
    event_id: attempt.event_id,
    at: attempt.created_at,
  });
}

/** @type {Record<string, [import('./ui.js').Tone, string]>} */
export const OUTCOMES = {
  delivered: ['ok', 'delivered'],
  retrying: ['warn', 'retrying'],
  failed: ['bad', 'given up'],
  cancelled: ['off', 'cancelled'],
};

export function Outcome(/** @type {{ attempt: Attempt }} */ { attempt }) {
  const [tone, word] = OUTCOMES[attempt.outcome ?? ''] ?? ['plain', 'unknown'];
  return html`<${State} tone=${tone}>${word}</${State}>`;
}
