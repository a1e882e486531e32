/**
 * Creating and changing a webhook: which events, in which form, how often repeated.
 *
 * @module
 * @typedef {import('./types.js').Webhook} Webhook
 * @typedef {import('./types.js').Event} Event
 * @typedef {Record<string, any>} Draft Members as the form holds them: lists and JSON as text
 */
import { Problem, address, api, ask, call } from './api.js';
import { useAct, useRead } from './data.js';
import { example, families, typeNames, usePayloadSchemas } from './events.js';
import { html, useEffect, useMemo, useState } from './html.js';
import { payloadFilter } from './payload-filter.js';
import { go, href, inPortal, useRoute } from './route.js';
import { may, ofAllTenants, tenant } from './session.js';
import { visible, webhookMatches } from './text.js';
import {
  Body,
  Button,
  Choice,
  Code,
  Field,
  Head,
  HeadOfFailure,
  Icon,
  Loaded,
  Name,
  Refusal,
  State,
  area,
  input,
  select,
  sending,
  toast,
  typed,
} from './ui.js';
import { keepFreshSecret } from './webhook.js';
import { Report } from './webhook-dialogs.js';

const FORMATS = /** @type {[string, string][]} */ ([
  ['', 'by the host of the address'],
  ['standard', 'standard'],
  ['extended', 'extended, with the ids in the body'],
  ['cloudevents', 'CloudEvents 1.0'],
  ['slack', 'Slack'],
  ['discord', 'Discord'],
  ['teams', 'Microsoft Teams'],
  ['google_chat', 'Google Chat'],
  ['template', 'a template of your own'],
]);

/** @type {Draft} */
const NEW = {
  name: '',
  url: '',
  events: [],
  filter: '',
  format: '',
  template: '',
  content_type: '',
  secret: '',
  secretKind: 'generated',
  headers: [],
  ed25519: false,
  retries: 'count',
  retry_count: '3',
  retry_schedule: '',
  jitter_percent: '0',
  retry_client_errors: false,
  timeout: '30',
  ordering: 'none',
  order_by: 'webhook',
  rate_limit: '',
  auto_disable: true,
};

/** @returns {Draft} */
function draftOf(/** @type {Webhook} */ webhook) {
  return {
    ...NEW,
    ...webhook,
    filter: webhook.filter ? JSON.stringify(webhook.filter, null, 2) : '',
    format: webhook.format ?? '',
    template: webhook.template ?? '',
    content_type: webhook.content_type ?? '',
    headers: Object.entries(webhook.headers ?? {}),
    retries: webhook.retry_schedule ? 'schedule' : 'count',
    retry_count: String(webhook.retry_count),
    retry_schedule: (webhook.retry_schedule ?? []).join(', '),
    jitter_percent: String(webhook.jitter_percent),
    timeout: String(webhook.timeout),
    rate_limit: webhook.rate_limit === null ? '' : String(webhook.rate_limit),
    secret: '',
    secretKind: 'kept',
  };
}

/** The members as the node takes them. */
function membersOf(/** @type {Draft} */ draft) {
  const numbers = String(draft.retry_schedule)
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number);
  /** @type {Record<string, unknown>} */
  const members = {
    name: draft.name.trim(),
    url: draft.url.trim(),
    events: draft.events,
    filter: draft.filter.trim() ? JSON.parse(draft.filter) : null,
    format: draft.format || null,
    template: draft.format === 'template' ? draft.template : null,
    content_type: draft.format === 'template' ? draft.content_type.trim() || null : null,
    headers: Object.fromEntries(draft.headers.filter((/** @type {[string, string]} */ [name]) => name.trim())),
    ed25519: draft.ed25519,
    retry_count: Number(draft.retry_count),
    retry_schedule: draft.retries === 'schedule' && numbers.length ? numbers : null,
    jitter_percent: Number(draft.jitter_percent),
    retry_client_errors: draft.retry_client_errors,
    timeout: Number(draft.timeout),
    ordering: draft.ordering,
    order_by: draft.order_by.trim() || 'webhook',
    rate_limit: draft.rate_limit ? Number(draft.rate_limit) : null,
    auto_disable: draft.auto_disable,
  };
  if (draft.secretKind === 'none') {
    members.secret = null;
  } else if (draft.secretKind === 'own') {
    members.secret = draft.secret;
  }
  return members;
}

/** What the form changes of the webhook; a patch with the rest might undo a change made meanwhile. */
function changesOf(/** @type {Draft} */ before, /** @type {Draft} */ after) {
  const [old, next] = [membersOf(before), membersOf(after)];
  return Object.fromEntries(
    Object.entries(next).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name])),
  );
}

export function WebhookForm(/** @type {{ id?: string }} */ { id }) {
  const { query } = useRoute();
  const read = useRead(id ? api('webhooks', id) : null);
  if (!id) {
    const events = (query.events ?? '').split(',').filter(Boolean);
    return html`<${Form} start=${{ ...NEW, events, tenant_id: tenant() }} />`;
  }
  return html`<${HeadOfFailure} of=${read} title=${`Webhook ${id}`} back=${[href(['webhooks']), 'Webhooks']} />
    <${Loaded} of=${read}>
    ${(/** @type {Webhook} */ webhook) => html`<${Form} start=${draftOf(webhook)} webhook=${webhook} etag=${read.etag} />`}
  </${Loaded}>`;
}

function Form(/** @type {{ start: Draft, webhook?: Webhook, etag?: string | null }} */ { start, webhook, etag }) {
  const [first] = useState(start);
  const [draft, setDraft] = useState(start);
  const [tested, setTested] = useState(/** @type {any} */ (undefined));
  const set = (/** @type {Draft} */ members) => setDraft((before) => ({ ...before, ...members }));
  const owner = webhook?.tenant_id ?? draft.tenant_id;
  const back = webhook ? href(['webhooks', webhook.id]) : href(['webhooks']);
  const save = useAct(async () => {
    if (!draft.events.length) {
      throw new Problem(400, 'Choose at least one type of event, or all events.', { title: 'No event is chosen' });
    }
    if (webhook) {
      const { data } = await ask('PATCH', api('webhooks', webhook.id), {
        body: changesOf(first, draft),
        headers: etag ? { 'If-Match': etag } : {},
      });
      keepFreshSecret(data.id, data.secret);
      toast('Saved');
      go(back);
    } else {
      const created = await call('POST', api('webhooks'), {
        body: { ...membersOf(draft), ...(ofAllTenants() ? { tenant_id: owner } : {}) },
      });
      keepFreshSecret(created.id, created.secret);
      toast('Created');
      go(href(['webhooks', created.id]));
    }
  });
  const test = useAct(async () => {
    const { url, secret, headers, timeout, format, template, content_type } = membersOf(draft);
    const body = {
      url,
      secret: secret ?? undefined,
      headers,
      timeout,
      format,
      template: template ?? undefined,
      content_type: content_type ?? undefined,
      tenant_id: ofAllTenants() ? owner : undefined,
    };
    setTested(await call('POST', api('webhooks', 'test'), { body }));
  });
  const refused =
    save.error?.status === 412
      ? new Problem(
          412,
          'This webhook was changed meanwhile. Load the page again to see it, then repeat your change.',
          { title: 'Changed meanwhile' },
        )
      : save.error;
  const fault = (/** @type {string} */ name) =>
    refused?.errors.find((one) => one.pointer === `/${name}` || one.pointer?.startsWith(`/${name}/`))?.detail;
  const setOne = (/** @type {string} */ name) => (/** @type {string} */ value) => set({ [name]: value });
  const text = (/** @type {string} */ name, /** @type {Record<string, unknown>} */ more = {}) =>
    input(draft[name], setOne(name), { 'aria-invalid': fault(name) ? 'true' : undefined, ...more });
  const pick = (/** @type {string} */ name, /** @type {[string, string][]} */ options) =>
    select(draft[name], setOne(name), options);
  return html`<${Head} title=${webhook ? `Edit ${visible(webhook.name)}` : 'Create a webhook'} back=${[back, webhook ? visible(webhook.name) : 'Webhooks']} />
    <form
      class="form"
      onSubmit=${sending(() => save.run())}
    >
      <fieldset>
        <legend>Receiver</legend>
        ${ofAllTenants() && !webhook && html`<${Field} label="Tenant" error=${fault('tenant_id')}>${text('tenant_id', { required: true, class: 'mono', maxlength: 64 })}</${Field}>`}
        <${Field} label="Name" error=${fault('name')}>${text('name', { required: true, maxlength: 200, placeholder: 'CRM' })}</${Field}>
        <${Field} label="Address" wide error=${fault('url')} hint=${webhook && 'A change of scheme, host or port needs the secret and the values of the headers again.'}>
          ${text('url', { required: true, maxlength: 2048, class: 'mono', type: 'url', placeholder: 'https://crm.example.com/hooks/calls' })}
        </${Field}>
      </fieldset>
      <fieldset>
        <legend>Events</legend>
        <${Patterns} chosen=${draft.events} onChange=${(/** @type {string[]} */ events) => set({ events })} error=${fault('events')} />
        <${Field} label=${html`Filter <span class="faint">optional, JSON</span>`} wide error=${fault('filter') ?? filterFault(draft.filter)}
          hint=${html`Members of the payload and what they must be, such as <code>${'{"queue_name": "support", "waited": {"$gte": 30}}'}</code>`}>
          ${area(draft.filter, setOne('filter'), { rows: 4 })}
        </${Field}>
        ${owner && canReadLog() && html`<${FilterTester} owner=${owner} patterns=${draft.events} filter=${draft.filter} />`}
      </fieldset>
      <fieldset>
        <legend>Form and signature</legend>
        <${Field} label="Form of the body" error=${fault('format')}>${pick('format', FORMATS)}</${Field}>
        ${
          draft.format === 'template' &&
          html`<${Field} label="Media type" error=${fault('content_type')}>${text('content_type', { class: 'mono', placeholder: 'application/json' })}</${Field}>
          <${Field} label="Template (Mustache)" wide error=${fault('template')} hint=${html`Knows <code>event</code>, <code>event_id</code>, <code>time</code>, <code>tenant_id</code>, <code>user_id</code>, <code>data</code> and others.`}>
            ${area(draft.template, setOne('template'), { rows: 5 })}
          </${Field}>`
        }
        <${Field} label="Secret" error=${fault('secret')} hint="Signs each call, so that receivers can tell yours from others.">
          ${pick('secretKind', /** @type {[string, string][]} */ ([webhook ? ['kept', 'keep the present one'] : ['generated', 'made by the node, shown once'], ['own', 'one of my own'], ['none', 'none: calls are not signed']]))}
        </${Field}>
        ${draft.secretKind === 'own' && html`<${Field} label="Your secret">${text('secret', { type: 'password', required: true, maxlength: 512, class: 'mono' })}</${Field}>`}
        <${Tick} label="Add a signature that is verified with a public key (Ed25519)" on=${draft.ed25519} onChange=${(/** @type {boolean} */ ed25519) => set({ ed25519 })} />
        <${Headers} headers=${draft.headers} error=${fault('headers')} onChange=${(/** @type {[string, string][]} */ headers) => set({ headers })} />
        <${Preview} draft=${draft} owner=${owner} />
      </fieldset>
      <details class="more" open=${Boolean(refused?.errors.length)}>
        <summary>Retries, order and limits</summary>
        <fieldset>
          <legend class="hidden">Retries, order and limits</legend>
          <${Field} label="Retries">${pick('retries', [
            ['count', 'a number, each wait twice the last'],
            ['schedule', 'at times of my own'],
          ])}</${Field}>
          ${
            draft.retries === 'count'
              ? html`<${Field} label="Attempts after the first" error=${fault('retry_count')}>${text('retry_count', { type: 'number', min: 0, max: 100, required: true })}</${Field}>`
              : html`<${Field} label="Waits in seconds" error=${fault('retry_schedule')}>${text('retry_schedule', { class: 'mono', placeholder: '5, 60, 3600', required: true })}</${Field}>`
          }
          <${Field} label="Time limit of a call, in seconds" error=${fault('timeout')}>${text('timeout', { type: 'number', min: 1, max: 120, required: true })}</${Field}>
          <${Field} label="Waits vary by, in percent" error=${fault('jitter_percent')}>${text('jitter_percent', { type: 'number', min: 0, max: 100, required: true })}</${Field}>
          <${Field} label="Order" error=${fault('ordering')}>${pick('ordering', [
            ['none', 'none: calls may overtake each other'],
            ['strict', 'one after another'],
          ])}</${Field}>
          ${draft.ordering === 'strict' && html`<${Field} label="One after another per" error=${fault('order_by')} hint="webhook, user, session, topic, or a JSON pointer into the payload">${text('order_by', { class: 'mono' })}</${Field}>`}
          <${Field} label="Calls per second at most" error=${fault('rate_limit')}>${text('rate_limit', { type: 'number', min: 1, max: 100000, placeholder: 'no limit' })}</${Field}>
          <${Tick} label="Also repeat after 408, 425 and 429" on=${draft.retry_client_errors} onChange=${(/** @type {boolean} */ value) => set({ retry_client_errors: value })} />
          <${Tick} label="Disable it when it keeps failing" on=${draft.auto_disable} onChange=${(/** @type {boolean} */ value) => set({ auto_disable: value })} />
        </fieldset>
      </details>
      <${Refusal} error=${refused} />
      <${Refusal} error=${test.error} />
      ${tested && html`<section class="card" aria-label="Test call"><${Report} report=${tested} /></section>`}
      <footer class="bar-line">
        <${Button} type="submit" kind="primary" busy=${save.busy}>${webhook ? 'Save' : 'Create'}</${Button}>
        <${Button} busy=${test.busy} disabled=${!draft.url} onClick=${() => test.run()}>Test before saving</${Button}>
        <a class="button quiet" href=${back}>Cancel</a>
      </footer>
    </form>`;
}

function canReadLog() {
  return inPortal ? may('events:read') : may('admin') || !ofAllTenants();
}

function filterFault(/** @type {string} */ text) {
  if (!text.trim()) {
    return undefined;
  }
  try {
    payloadFilter(JSON.parse(text));
    return undefined;
  } catch (/** @type {any} */ error) {
    return error instanceof SyntaxError ? `is not JSON: ${error.message}` : error.message;
  }
}

function Tick(/** @type {{ label: string, on: boolean, onChange: (on: boolean) => void }} */ { label, on, onChange }) {
  return html`<label class="tick wide"><input type="checkbox" checked=${on} onChange=${(/** @type {any} */ event) => onChange(event.target.checked)} /><span>${label}</span></label>`;
}

/** Types and families to choose from, and any pattern typed. */
function Patterns(
  /** @type {{ chosen: string[], onChange: (events: string[]) => void, error: string | undefined }} */ {
    chosen,
    onChange,
    error,
  },
) {
  const [text, setText] = useState('');
  const known = typeNames(usePayloadSchemas());
  const offered = [...families(known), ...known, 'webhook.*'].filter((one) => !chosen.includes(one));
  const all = chosen.includes('*');
  const valid = /^(\*|[a-z0-9_-]+(\.[a-z0-9_-]+)*(\.\*)?)$/.test(text.trim());
  const add = (/** @type {string} */ pattern) => {
    onChange([...chosen.filter((one) => one !== pattern), pattern]);
    setText('');
  };
  return html`<${Field}
      label="Types of events"
      wide
      error=${error ?? (text.trim() && !valid ? 'is not a type (call.ended), a family (call.*) or *' : undefined)}
      hint=${all ? undefined : 'Type one and press Enter, or choose a family below.'}
    >
      ${(/** @type {string} */ id, /** @type {string} */ described) => html`<div class="tokens">
        ${chosen.map(
          (one) =>
            html`<span class="token ${one === '*' ? 'warn' : ''}"><code>${one === '*' ? 'all events' : visible(one)}</code><button type="button" aria-label=${`Remove ${visible(one)}`} onClick=${() => onChange(chosen.filter((other) => other !== one))}><${Icon} name="close" /></button></span>`,
        )}
        <input id=${id} class="mono" value=${text} list="patterns" placeholder=${chosen.length ? '' : 'call.*'} autocomplete="off" spellcheck=${false} aria-describedby=${described}
          onInput=${typed(setText)}
          onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
            if (event.key === 'Enter' || event.key === ',') {
              event.preventDefault();
              valid && add(text.trim());
            } else if (event.key === 'Backspace' && !text) {
              onChange(chosen.slice(0, -1));
            }
          }}
          onBlur=${() => valid && add(text.trim())} />
        <datalist id="patterns">${offered.map((one) => html`<option value=${one} />`)}</datalist>
      </div>`}
    </${Field}>
    <div class="wide chips-line">
      ${families(known)
        .filter((one) => !chosen.includes(one))
        .map(
          (one) =>
            html`<button type="button" class="chip" onClick=${() => add(one)}><${Icon} name="add" />${one}</button>`,
        )}
      ${!all && html`<button type="button" class="chip" onClick=${() => add('*')}><${Icon} name="add" />all events</button>`}
    </div>
    ${all && html`<p class="wide"><${State} tone="warn">It gets every event of the tenant, also of types that come later</${State}></p>`}`;
}

/** What the patterns and the filter would have let through lately. */
function FilterTester(
  /** @type {{ owner: string, patterns: string[], filter: string }} */ { owner, patterns, filter },
) {
  const [open, setOpen] = useState(false);
  const read = useRead(open ? address(api('tenants', owner, 'events'), { limit: 50 }) : null);
  const wants = useMemo(() => {
    try {
      return filter.trim() ? payloadFilter(JSON.parse(filter)) : () => true;
    } catch {
      return undefined;
    }
  }, [filter]);
  const events = /** @type {Event[]} */ ([...(read.data?.events ?? [])].reverse());
  const results = events.map((one) => ({
    event: one,
    typed: webhookMatches(patterns, one.type),
    passed: wants?.(one.payload) ?? false,
  }));
  const sent = results.filter((one) => one.typed && one.passed);
  return html`<details class="wide more" onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}>
    <summary>Try it on the last 50 events</summary>
    ${
      open &&
      html`<${Loaded} of=${read} lines=${3}>
      ${() =>
        !events.length
          ? html`<p class="hint">The log of <strong>${visible(owner)}</strong> is empty: nothing was published lately.</p>`
          : !wants
            ? html`<p class="hint">The filter is not valid yet.</p>`
            : html`<p role="status"><strong>${sent.length} of ${events.length}</strong> would have been sent.</p>
                <ul class="plain tries">
                  ${results.map(
                    ({ event, typed, passed }) => html`<li>
                      <${State} tone=${typed && passed ? 'ok' : 'plain'}>${typed && passed ? 'sent' : typed ? 'filter' : 'type'}</${State}>
                      <strong>${visible(event.type)}</strong>
                      <code class="cut">${visible((JSON.stringify(event.payload) ?? '').slice(0, 200))}</code>
                    </li>`,
                  )}
                </ul>`}
    </${Loaded}>`
    }
  </details>`;
}

function Headers(
  /** @type {{ headers: [string, string][], error: string | undefined, onChange: (headers: [string, string][]) => void }} */ {
    headers,
    error,
    onChange,
  },
) {
  const change = (/** @type {number} */ at, /** @type {[string, string] | undefined} */ next) =>
    onChange(headers.flatMap((one, index) => (index === at ? (next ? [next] : []) : [one])));
  return html`<div class="wide">
    ${headers.length > 0 && html`<p class="label">Additional headers <span class="faint">stored values are shown as ***</span></p>`}
    ${error && html`<p class="fault"><${Icon} name="bad" />${visible(error)}</p>`}
    ${headers.map(
      ([name, value], at) => html`<div class="pair">
        <input class="mono" aria-label="Name of the header" placeholder="X-Api-Key" value=${name} maxlength="100" onInput=${typed((next) => change(at, [next, value]))} />
        <input class="mono" aria-label="Value of the header" value=${value} maxlength="4096" autocomplete="off" onInput=${typed((next) => change(at, [name, next]))} />
        <${Button} kind="quiet" icon="close" label="Remove this header" onClick=${() => change(at, undefined)} />
      </div>`,
    )}
    ${headers.length < 20 && html`<${Button} kind="quiet" icon="add" onClick=${() => onChange([...headers, ['', '']])}>Add a header</${Button}>`}
  </div>`;
}

/** The body that an event would have, as the node makes it. */
function Preview(/** @type {{ draft: Draft, owner: string }} */ { draft, owner }) {
  const known = usePayloadSchemas();
  const types = typeNames(known);
  const fitting = types.find((one) => webhookMatches(draft.events, one)) ?? 'call.incoming';
  const [chosen, setChosen] = useState('');
  const [shown, setShown] = useState(/** @type {any} */ (undefined));
  const type = chosen || fitting;
  const act = useAct(async () => {
    const { format, template, content_type } = membersOf({ ...draft, filter: '' });
    setShown(
      await call('POST', api('webhooks', 'preview'), {
        body: {
          url: draft.url.trim() || null,
          format,
          template,
          content_type,
          event: type,
          payload: example(known[type]),
          tenant_id: ofAllTenants() && owner ? owner : undefined,
        },
      }),
    );
  });
  useEffect(() => setShown(undefined), [draft.format, draft.template, draft.url, type]);
  return html`<div class="wide preview-box">
    <div class="inline">
      <${Choice} label="Example of the body for" value=${type} onValue=${setChosen} options=${types.map((one) => [one, one])} />
      <${Button} busy=${act.busy} onClick=${() => act.run()}>Show the body</${Button}>
    </div>
    <${Refusal} error=${act.error} />
    ${
      shown &&
      html`<p><${Name} of=${shown.content_type} /> <span class="faint">format ${visible(shown.format)}${shown.format_reason === 'host' ? ', chosen by the host' : ''}</span></p>
      ${/json/.test(shown.content_type) ? html`<${Body} value=${shown.body} label="example of the body" />` : html`<${Code} text=${shown.body} label="example of the body" />`}`
    }
  </div>`;
}
