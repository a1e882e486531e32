/**
 * The webhooks, and one of them with all that can be done to it.
 *
 * @module
 * @typedef {import('./types.js').Webhook} Webhook
 * @typedef {import('./types.js').WebhookStats} WebhookStats
 * @typedef {import('./types.js').Attempt} Attempt
 * @typedef {import('./ui.js').Tone} Tone
 * @typedef {{ stats?: WebhookStats | undefined, last?: Attempt | undefined }} Health
 */
import { address, api, call } from './api.js';
import { AttemptRows } from './attempts.js';
import { POLL, each, useAct, useRead, useWhileVisible } from './data.js';
import { OUTCOMES } from './events.js';
import { html, useState } from './html.js';
import { go, href, useRoute } from './route.js';
import { ofAllTenants, tenant } from './session.js';
import { count, duration, many, millis, moment, percent, visible } from './text.js';
import {
  Body,
  Button,
  Choice,
  Code,
  Copy,
  Dialog,
  Empty,
  Facts,
  Field,
  Figure,
  Filter,
  FilterChoice,
  Head,
  HeadOfFailure,
  Loaded,
  Loading,
  Name,
  Pager,
  Refusal,
  State,
  Table,
  Tabs,
  Time,
  confirm,
  select,
  sending,
  toast,
} from './ui.js';

const WEBHOOKS_PER_PAGE = 25;
/** How often the state of every webhook of the page is read, in milliseconds. */
const HEALTH_EVERY = 15_000;

/** @returns {[Tone, string, string]} Tone, word, and what it means; `key` for the filter is the word */
export function stateOf(/** @type {Webhook} */ webhook, /** @type {Health | undefined} */ health) {
  if (webhook.problems?.length) {
    return ['bad', 'invalid', 'The row was written by SQL and can not be used: it gets no events.'];
  }
  if (!webhook.is_active) {
    return webhook.disabled_reason
      ? ['bad', 'disabled', webhook.disabled_reason]
      : ['off', 'paused', 'New events create no deliveries; pending ones wait.'];
  }
  const breaker = webhook.breaker ?? health?.stats?.breaker;
  if (breaker && breaker.state !== 'closed') {
    const many = `on ${breaker.nodes} node${breaker.nodes === 1 ? '' : 's'}`;
    return breaker.state === 'open'
      ? ['bad', 'failing', `The breaker is open ${many}: calls wait until the receiver is tried again.`]
      : ['warn', 'failing', `The breaker is half open ${many}: one delivery is being tried.`];
  }
  if (!health) {
    return ['plain', 'active', ''];
  }
  const outcome = health.last?.outcome;
  if (outcome === 'retrying' || outcome === 'failed') {
    return ['warn', 'failing', `The last attempt: ${OUTCOMES[outcome]?.[1]}.`];
  }
  return health.last
    ? ['ok', 'ok', 'The last attempt was delivered.']
    : ['plain', 'not called yet', 'No attempt is logged.'];
}

export function WebhookState(/** @type {{ webhook: Webhook, health: Health | undefined }} */ { webhook, health }) {
  const [tone, word, title] = stateOf(webhook, health);
  return html`<${State} tone=${tone} title=${visible(title)}>${word}</${State}>`;
}

/** Event patterns; all events stands out, so that nobody takes it for a narrow one. */
export function Scope(/** @type {{ webhook: Webhook, most?: number }} */ { webhook, most = 3 }) {
  const { events, filter: payload } = webhook;
  if (events.includes('*')) {
    return html`<${State} tone="warn" title="Every event of the tenant except webhook.*">all events</${State}>${payload && html` <span class="tag">filter</span>`}`;
  }
  return html`<span class="tags">
    ${events.slice(0, most).map((one) => html`<code class="tag">${visible(one)}</code>`)}
    ${events.length > most && html`<span class="faint">+${events.length - most}</span>`}
    ${payload && html`<span class="tag">filter</span>`}
  </span>`;
}

/** How each webhook of the page is doing, read one after another in the background. */
function useHealth(/** @type {Webhook[] | undefined} */ webhooks) {
  const [known, setKnown] = useState(/** @type {Map<number, Health>} */ (new Map()));
  const ids = webhooks?.map((one) => one.id) ?? [];
  useWhileVisible(
    (signal) =>
      each(ids, async (id) => {
        const [stats, page] = await Promise.all([
          call('GET', api('webhooks', id, 'stats'), { query: { hours: 24 }, signal }),
          call('GET', api('webhooks', id, 'logs'), { query: { limit: 1 }, signal }),
        ]).catch(() => []);
        stats && !signal.aborted && setKnown((before) => new Map(before).set(id, { stats, last: page.logs[0] }));
      }),
    { every: HEALTH_EVERY },
    [ids.join()],
  );
  return known;
}

export function Webhooks() {
  const { query } = useRoute();
  const { after } = query;
  const read = useRead(address(api('webhooks'), { tenant_id: tenant(), limit: WEBHOOKS_PER_PAGE, after }), {
    every: 5_000,
  });
  const webhooks = /** @type {Webhook[] | undefined} */ (read.data?.webhooks);
  const health = useHealth(webhooks);
  return html`<${Head} title="Webhooks" about="Addresses that are called for events, and how their receivers answer.">
      <a class="button primary" href=${href(['webhooks', 'new'])}>Create a webhook</a>
    </${Head}>
    <div class="filters">
      <${Filter} label="Name or address" of="text" />
      <${FilterChoice} label="State" of="state"
        options=${[
          ['', 'any'],
          ['ok', 'ok'],
          ['failing', 'failing'],
          ['disabled', 'disabled'],
          ['paused', 'paused'],
          ['invalid', 'invalid'],
          ['not called yet', 'not called yet'],
        ]} />
      <${FilterChoice} label="Order" of="sort" options=${[
        ['', 'oldest first'],
        ['owed', 'most owed first'],
        ['success', 'worst first'],
      ]} />
    </div>
    <${Loaded} of=${read}>${(/** @type {{ webhooks: Webhook[], next: number | null }} */ page) => html`<${List} page=${page} health=${health} />`}</${Loaded}>`;
}

function List(
  /** @type {{ page: { webhooks: Webhook[], next: number | null }, health: Map<number, Health> }} */ { page, health },
) {
  const { query } = useRoute();
  const { after, state = '', text = '', sort = '' } = query;
  const needle = text.toLowerCase();
  const shown = page.webhooks
    .filter((one) => !needle || `${one.name} ${one.url}`.toLowerCase().includes(needle))
    .filter((one) => !state || stateOf(one, health.get(one.id))[1] === state);
  if (sort) {
    const worth = (/** @type {Webhook} */ one) => {
      const stats = health.get(one.id)?.stats;
      return sort === 'owed' ? -(stats?.owed ?? 0) : (stats?.success_rate ?? 101);
    };
    shown.sort((one, other) => worth(one) - worth(other));
  }
  if (!page.webhooks.length) {
    return html`<${Empty} title="No webhook yet">
      <p>A webhook calls your address for each event that it wants, signs the call, and repeats it until it is answered.</p>
      <p><a class="button primary" href=${href(['webhooks', 'new'])}>Create the first one</a></p>
    </${Empty}>`;
  }
  if (!shown.length && state && health.size < page.webhooks.length) {
    return html`<${Loading} />`;
  }
  return html`${
    shown.length
      ? html`<${Table}
          label="Webhooks"
          heads=${['Webhook', 'State', 'Wants', ['Success 24 h', 'right'], ['p95', 'right'], ['Owed', 'right'], ['Next due', 'right']]}
        >
          ${shown.map((webhook) => html`<${Row} key=${webhook.id} webhook=${webhook} health=${health.get(webhook.id)} />`)}
        </${Table}>`
      : html`<${Empty} title="No webhook on this page passes the filters">
          <p>Name, address and state look at one page. <a href=${href(['webhooks'], { after })}>Leave them out</a>${page.next && html` or <a href=${href(['webhooks'], { ...query, after: page.next })}>look at the next page</a>`}.</p>
        </${Empty}>`
  }
    <${Pager}
      first=${after ? href(['webhooks'], { ...query, after: undefined }) : undefined}
      next=${page.next ? href(['webhooks'], { ...query, after: page.next }) : undefined}
      shown=${shown.length}
      of=${shown.length === 1 ? 'webhook' : 'webhooks'}
    />`;
}

function Row(/** @type {{ webhook: Webhook, health: Health | undefined }} */ { webhook, health }) {
  const stats = health?.stats;
  return html`<tr>
    <th scope="row">
      <a class="main" href=${href(['webhooks', webhook.id])}>${visible(webhook.name || `Webhook ${webhook.id}`)}</a>
      <span class="sub">${ofAllTenants() && !tenant() && html`<strong>${visible(webhook.tenant_id)}</strong> · `}<code class="cut">${visible(webhook.url)}</code></span>
    </th>
    <td><${WebhookState} webhook=${webhook} health=${health} /></td>
    <td><${Scope} webhook=${webhook} /></td>
    <td class="right">${stats ? (stats.attempts ? percent(stats.success_rate) : html`<span class="faint">no calls</span>`) : html`<span class="faint">…</span>`}</td>
    <td class="right">${stats ? millis(stats.duration_ms?.p95) : ''}</td>
    <td class="right">${stats ? count(stats.owed) : ''}</td>
    <td class="right nowrap">${stats && html`<${Due} at=${stats.next_due_at} owed=${stats.owed} />`}</td>
  </tr>`;
}

/** When the next delivery is due; what is due long ago is late. */
function Due(/** @type {{ at: string | null, owed: number }} */ { at, owed }) {
  const due = moment(at);
  if (!owed || due === undefined) {
    return html`<span class="faint">–</span>`;
  }
  const late = (Date.now() - due) / 1_000;
  return late > 30
    ? html`<${State} tone="warn" title="The delivery should have been made by now">${duration(late)} late</${State}>`
    : html`<${Time} at=${at} />`;
}

/** The secret of a webhook just created: shown once, on its page. @type {{ id: number, secret: string } | undefined} */
let fresh;

export function keepFreshSecret(/** @type {number} */ id, /** @type {string | undefined} */ secret) {
  fresh = secret ? { id, secret } : undefined;
}

export function WebhookPage(/** @type {{ id: string }} */ { id }) {
  const read = useRead(api('webhooks', id), { every: 5_000 });
  return html`<${HeadOfFailure} of=${read} title=${`Webhook ${id}`} back=${[href(['webhooks']), 'Webhooks']} />
    <${Loaded} of=${read} lines=${8}>
      ${(/** @type {Webhook} */ webhook) => html`<${One} webhook=${webhook} etag=${read.etag} reload=${read.reload} />`}
    </${Loaded}>`;
}

function One(/** @type {{ webhook: Webhook, etag: string | null, reload: () => void }} */ { webhook, etag, reload }) {
  const { id } = webhook;
  const [dialog, setDialog] = useState('');
  const [secret, setSecret] = useState(fresh?.id === id ? fresh.secret : '');
  const stats = useRead(address(api('webhooks', id, 'stats'), { hours: 24 }), { every: POLL });
  const logs = useRead(address(api('webhooks', id, 'logs'), { limit: 10 }), { every: POLL });
  const health = stats.data && logs.data ? { stats: stats.data, last: logs.data.logs[0] } : undefined;
  const change = useAct(async (/** @type {Record<string, unknown>} */ members, /** @type {string} */ done) => {
    await call('PATCH', api('webhooks', id), { body: members, headers: etag ? { 'If-Match': etag } : {} });
    toast(done);
    reload();
  });
  const [tone, word, why] = stateOf(webhook, health);
  const breaker = webhook.breaker;
  return html`<${Head}
      title=${html`${visible(webhook.name || `Webhook ${id}`)} <${State} tone=${tone}>${word}</${State}>`}
      name=${webhook.name}
      back=${[href(['webhooks']), 'Webhooks']}
      about=${html`<code class="wrap">${visible(webhook.url)}</code>`}
    >
      <${Button} kind="primary" onClick=${() => setDialog('test')}>Test</${Button}>
      <a class="button" href=${href(['webhooks', id, 'edit'])}>Edit</a>
      ${
        webhook.is_active
          ? html`<${Button} busy=${change.busy} onClick=${() => pause(webhook, change.run)}>Pause</${Button}>`
          : html`<${Button} busy=${change.busy} onClick=${() => change.run({ is_active: true }, 'Resumed')}>Resume</${Button}>`
      }
      <${More} webhook=${webhook} onDialog=${setDialog} onDone=${reload} />
    </${Head}>
    <${Refusal} error=${change.error} />
    ${
      secret &&
      html`<${FreshSecret} secret=${secret} onClose=${() => {
        fresh = undefined;
        setSecret('');
      }} />`
    }
    ${webhook.problems?.map((one) => html`<p><${State} tone="bad"><code>${visible(one.pointer ?? '')}</code> ${visible(one.detail ?? '')}</${State}></p>`)}
    ${webhook.warnings?.map((one) => html`<p><${State} tone="warn">${visible(one)}</${State}></p>`)}
    ${
      (tone === 'bad' || tone === 'warn') &&
      html`<section class="verdict wrong" aria-label="What fails">
      <ul>
        <li>
          <${State} tone=${tone}>${visible(why)}</${State}>
          <span class="faint">${breaker?.next_try_at ? html`The receiver is tried again <${Time} at=${breaker.next_try_at} />. ` : ''}A test call that is answered closes the breaker. Then recover what was given up.</span>
        </li>
      </ul>
    </section>`
    }
    <${Health} stats=${stats} health=${health} />
    <section>
      <div class="row">
        <h2>Last attempts</h2>
        <span class="spring"></span>
        <a href=${href(['attempts'], { webhook: id })}>All attempts</a>
      </div>
      <${Loaded} of=${logs}>
        ${(/** @type {{ logs: Attempt[] }} */ page) =>
          page.logs.length
            ? html`<${AttemptRows} attempts=${page.logs} />`
            : html`<${Empty} title="Not called yet"><p>The next event that it wants calls it. <button type="button" class="link" onClick=${() => setDialog('test')}>Call it now</button> to see what it answers.</p></${Empty}>`}
      </${Loaded}>
    </section>
    <${Owed} id=${id} />
    <section>
      <h2>Settings</h2>
      <${Settings} webhook=${webhook} />
    </section>
    ${
      dialog === 'test' &&
      html`<${TestDialog} webhook=${webhook} onClose=${() => {
        setDialog('');
        reload();
      }} />`
    }
    ${
      dialog === 'rotate' &&
      html`<${RotateDialog} webhook=${webhook} etag=${etag} onClose=${() => {
        setDialog('');
        reload();
      }} />`
    }
    ${
      dialog === 'recover' &&
      html`<${RecoverDialog} webhook=${webhook} onClose=${() => {
        setDialog('');
        logs.reload();
      }} />`
    }`;
}

async function pause(
  /** @type {Webhook} */ webhook,
  /** @type {(members: Record<string, unknown>, done: string) => unknown} */ change,
) {
  const yes = await confirm({
    title: 'Pause this webhook?',
    text: html`<p>Events that come while <strong>${visible(webhook.name)}</strong> is paused are not delivered later: they create no deliveries. Pending ones wait.</p>`,
    verb: 'Pause',
    tone: 'primary',
  });
  yes && change({ is_active: false }, 'Paused');
}

/** What is done rarely. */
function More(
  /** @type {{ webhook: Webhook, onDialog: (name: string) => void, onDone: () => void }} */ {
    webhook,
    onDialog,
    onDone,
  },
) {
  const { id, name } = webhook;
  const cancel = useAct(async () => {
    const yes = await confirm({
      title: 'Cancel all pending deliveries?',
      text: html`<p>What <strong>${visible(name)}</strong> is still owed is removed and not delivered. A call that has begun ends, and is not repeated. Later events are delivered as usual.</p>`,
      verb: 'Cancel the deliveries',
      typed: name,
    });
    if (yes) {
      let [removed, more] = [0, true];
      while (more) {
        const answer = await call('DELETE', api('webhooks', id, 'deliveries'));
        removed += answer.cancelled;
        more = answer.more;
      }
      toast(`${many(removed, 'delivery', 'deliveries')} cancelled`);
      onDone();
    }
  });
  const remove = useAct(async () => {
    const yes = await confirm({
      title: 'Delete this webhook?',
      text: html`<p><strong>${visible(name)}</strong> and its pending deliveries are deleted. This can't be undone.</p>`,
      verb: 'Delete',
      typed: name,
    });
    if (yes) {
      await call('DELETE', api('webhooks', id));
      toast('Deleted');
      go(href(['webhooks']));
    }
  });
  const acts = /** @type {[string, () => unknown][]} */ ([
    ['Recover given-up deliveries', () => onDialog('recover')],
    ['Rotate the secret', () => onDialog('rotate')],
    ['Cancel pending deliveries', () => cancel.run()],
    ['Delete', () => remove.run()],
  ]);
  return html`<${Menu} acts=${acts} /><${Refusal} error=${cancel.error ?? remove.error} />`;
}

function Menu(/** @type {{ acts: [string, () => unknown][] }} */ { acts }) {
  const close = (/** @type {any} */ event) => event.target.closest('details').removeAttribute('open');
  return html`<details
    class="menu"
    onKeyDown=${(/** @type {any} */ event) => {
      if (event.key === 'Escape') {
        close(event);
        event.currentTarget.querySelector('summary').focus();
      }
    }}
    onFocusOut=${(/** @type {any} */ event) => event.currentTarget.contains(event.relatedTarget) || event.currentTarget.removeAttribute('open')}
  >
    <summary class="button">More</summary>
    <div>
      ${acts.map(
        ([name, act]) =>
          html`<button type="button" onClick=${(/** @type {Event} */ event) => {
            close(event);
            act();
          }}>${name}</button>`,
      )}
    </div>
  </details>`;
}

function FreshSecret(/** @type {{ secret: string, onClose: () => void }} */ { secret, onClose }) {
  return html`<section class="card secret" aria-label="Secret">
    <h2>Copy the secret now</h2>
    <p>Receivers verify the signature of each call with it. It is shown only this once.</p>
    <p class="row"><code class="wrap">${visible(secret)}</code><${Copy} text=${secret}>Copy</${Copy}></p>
    <${Button} onClick=${onClose}>I have it</${Button}>
  </section>`;
}

function Health(
  /** @type {{ stats: import('./data.js').Read<WebhookStats>, health: Health | undefined }} */ { stats },
) {
  const now = stats.data;
  if (!now) {
    return html`<${Refusal} error=${stats.error} />`;
  }
  const hours = now.by_hour ?? [];
  const errors = Object.entries(now.by_error ?? {}).sort((one, other) => other[1] - one[1]);
  return html`<section class="figures" aria-label="Last 24 hours">
      <${Figure} name="Success, 24 h" tone=${now.success_rate !== null && now.success_rate < 95 ? 'warn' : undefined} value=${now.attempts ? percent(now.success_rate) : '–'}
        note=${html`${count(now.successful)} of ${count(now.attempts)} attempts`} series=${hours.map((one) => (one.attempts ? (one.success_rate ?? 0) : null))} label="Success per hour in percent" />
      <${Figure} name="Answer time, p95" value=${millis(now.duration_ms?.p95)} note=${html`median ${millis(now.duration_ms?.p50)}, p99 ${millis(now.duration_ms?.p99)}`} />
      <${Figure} name="Owed" value=${count(now.owed)} note=${now.owed ? html`next due <${Due} at=${now.next_due_at} owed=${now.owed} />` : 'nothing pending'} />
      <${Figure} name="Given up, 24 h" tone=${now.given_up ? 'warn' : undefined} value=${count(now.given_up)} note=${now.given_up ? 'recover them once the receiver answers' : 'none'} />
    </section>
    ${
      errors.length > 0 &&
      html`<p class="tags">
      <span class="faint">Errors:</span>
      ${errors.map(([name, many]) => html`<a class="tag" href=${href(['attempts'], { webhook: now.webhook_id, error: name })}>${visible(name)} <strong>${count(many)}</strong></a>`)}
    </p>`
    }`;
}

function Owed(/** @type {{ id: number }} */ { id }) {
  const read = useRead(address(api('webhooks', id, 'deliveries'), { limit: 20 }), { every: 5_000 });
  const cancel = useAct(async (/** @type {number} */ delivery) => {
    const yes = await confirm({
      title: 'Cancel this delivery?',
      text: html`<p>Its event is not delivered to this webhook. A call that has begun ends, and is not repeated.</p>`,
      verb: 'Cancel the delivery',
    });
    if (yes) {
      await call('DELETE', api('webhooks', id, 'deliveries', delivery));
      toast('Delivery cancelled');
      read.reload();
    }
  });
  const deliveries = /** @type {any[]} */ (read.data?.deliveries ?? []);
  if (!deliveries.length) {
    return html`<${Refusal} error=${read.error} />`;
  }
  return html`<section>
    <h2>Pending deliveries</h2>
    <${Refusal} error=${cancel.error} />
    <${Table} label="Pending deliveries" heads=${['Event', 'State', ['Attempt', 'right'], 'Accepted', 'Due', '']}>
      ${deliveries.map(
        (one) => html`<tr key=${one.id}>
          <th scope="row"><strong>${visible(one.event)}</strong><span class="sub"><${Name} of=${one.event_id} short /></span></th>
          <td><${State} tone=${one.cancelled ? 'off' : one.state === 'in_flight' ? 'info' : 'plain'}>${one.cancelled ? 'last call' : one.state === 'in_flight' ? 'in flight' : one.state}</${State}>${one.asked_again && html` <span class="tag">recovered</span>`}</td>
          <td class="right">${one.attempt}</td>
          <td class="nowrap"><${Time} at=${one.accepted_at} /></td>
          <td class="nowrap"><${Time} at=${one.due_at} /></td>
          <td class="right"><${Button} kind="quiet small" label=${`Cancel the delivery of ${visible(one.event_id)}`} icon="close" onClick=${() => cancel.run(one.id)} /></td>
        </tr>`,
      )}
    </${Table}>
    ${read.data.next && html`<p class="hint">The first ${deliveries.length} in the order of delivery.</p>`}
  </section>`;
}

function Settings(/** @type {{ webhook: Webhook }} */ { webhook }) {
  const headers = Object.keys(webhook.headers ?? {});
  const retries = webhook.retry_schedule
    ? `after ${webhook.retry_schedule.map((one) => duration(one)).join(', ')}`
    : `${webhook.retry_count} after the first attempt`;
  return html`<${Facts}
      of=${[
        ['Id', html`<${Name} of=${webhook.id} />`],
        ['Tenant', html`<${Name} of=${webhook.tenant_id} />`],
        ['Wants', html`<${Scope} webhook=${webhook} most=${100} />`],
        [
          'Format',
          html`${visible(webhook.effective_format ?? 'standard')} <span class="faint">${webhook.format_reason === 'host' ? 'chosen by the host' : (webhook.format_reason ?? '')}</span>`,
        ],
        ['Retries', visible(retries)],
        ['Time limit', `${webhook.timeout} s`],
        ['Order', webhook.ordering === 'strict' ? html`strict, per <code>${visible(webhook.order_by)}</code>` : 'none'],
        ['Rate limit', webhook.rate_limit ? `${webhook.rate_limit} calls a second` : 'none'],
        ['Headers', headers.length ? headers.map((one) => html`<code class="tag">${visible(one)}</code> `) : 'none'],
        [
          'Signature',
          webhook.has_secret ? 'HMAC-SHA256' : html`<${State} tone="warn">none: it has no secret</${State}>`,
        ],
        webhook.previous_secret_until && [
          'Old secret',
          html`also signs until <${Time} at=${webhook.previous_secret_until} exact />`,
        ],
        webhook.ed25519_public_key && [
          'Public key',
          html`<code class="wrap">${visible(webhook.ed25519_public_key)}</code>`,
        ],
        ['Disables itself', webhook.auto_disable ? 'when it keeps failing' : 'never'],
        ['Changed', html`<${Time} at=${webhook.updated_at} />`],
        ['Created', html`<${Time} at=${webhook.created_at} />`],
      ]}
    />
    ${webhook.filter && html`<h3>Filter</h3><${Body} value=${webhook.filter} label="the filter" />`}
    ${webhook.template && html`<h3>Template</h3><${Code} text=${webhook.template} label="the template" />`}`;
}

/** Calls the receiver once and shows both sides. */
export function TestDialog(/** @type {{ webhook: Webhook, onClose: () => void }} */ { webhook, onClose }) {
  const [event, setEvent] = useState('webhook.test');
  const act = useAct((/** @type {string} */ type) =>
    call('POST', api('webhooks', webhook.id, 'test'), { body: { event: type } }).then(setReport),
  );
  const [report, setReport] = useState(/** @type {import('./types.js').TestReport | undefined} */ (undefined));
  const types = [...new Set(['webhook.test', ...webhook.events.filter((one) => !one.includes('*'))])];
  return html`<${Dialog} title=${`Test ${visible(webhook.name)}`} wide onClose=${onClose}>
    <form class="inline" onSubmit=${sending(() => act.run(event))}>
      <${Choice} label="With the event" value=${event} onValue=${setEvent} options=${types.map((one) => [one, one])} />
      <${Button} type="submit" kind="primary" busy=${act.busy}>${report ? 'Call again' : 'Call the receiver'}</${Button}>
      <span class="faint">One call as a delivery would make it. Nothing is logged.</span>
    </form>
    <${Refusal} error=${act.error} />
    ${act.busy && html`<p class="hint" role="status">Waiting for the answer, at most ${webhook.timeout} s …</p>`}
    ${report && !act.busy && html`<${Report} report=${report} />`}
  </${Dialog}>`;
}

export function Report(/** @type {{ report: import('./types.js').TestReport }} */ { report }) {
  const [tab, setTab] = useState('response');
  const lines = (report.response?.headers ?? []).map((one) => `${one.name}: ${one.value}`).join('\n');
  const sent = Object.entries(report.request?.headers ?? {})
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
  const signed = Object.entries(report.signed ?? {});
  return html`<div role="status" class="row">
      <${State} tone=${report.ok ? 'ok' : 'bad'}>${report.ok ? 'The receiver accepted it' : 'The receiver did not accept it'}</${State}>
      <span>${report.status ?? 'no answer'}</span><span class="faint">${millis(report.duration_ms)}</span>
    </div>
    ${report.error && html`<p class="wrap">${visible(report.error)}</p>`}
    <${Tabs} tabs=${[
      ['response', 'Response'],
      ['request', 'Request'],
      ['signed', 'Signature'],
    ]} now=${tab} onTab=${setTab} />
    ${tab === 'response' && html`<${Code} text=${lines} label="response headers" /><${Body} value=${report.response?.body} label="response body" />`}
    ${tab === 'request' && html`<${Code} text=${sent} label="request headers" /><${Body} value=${report.request?.body} label="request body" />`}
    ${
      tab === 'signed' &&
      (signed.length
        ? signed.map(
            ([name, text]) =>
              html`<h3><code>${visible(name)}</code> covers</h3><${Code} text=${text} label=${`text covered by ${visible(name)}`} />`,
          )
        : html`<p class="hint">The call is not signed: the webhook has no secret.</p>`)
    }`;
}

function RotateDialog(
  /** @type {{ webhook: Webhook, etag: string | null, onClose: () => void }} */ { webhook, etag, onClose },
) {
  const [secret, setSecret] = useState('');
  const act = useAct(async () => {
    const changed = await call('POST', api('webhooks', webhook.id, 'rotate-secret'), {
      body: {},
      headers: etag ? { 'If-Match': etag } : {},
    });
    setSecret(changed.secret);
  });
  return html`<${Dialog} title="Rotate the secret" onClose=${onClose}>
    ${
      secret
        ? html`<p>The new secret, shown only this once:</p>
          <p class="row"><code class="wrap">${visible(secret)}</code><${Copy} text=${secret}>Copy</${Copy}></p>
          <footer><${Button} kind="primary" onClick=${onClose}>I have it</${Button}></footer>`
        : html`<p>A new secret signs from now on. For 24 hours <code>webhook-signature</code> also has a signature with the old one, so receivers can change theirs in that time. <code>X-Webhook-Signature</code> has the new one only.</p>
          <${Refusal} error=${act.error} />
          <footer>
            <${Button} onClick=${onClose}>Keep as it is</${Button}>
            <${Button} kind="danger" busy=${act.busy} onClick=${() => act.run()}>Rotate</${Button}>
          </footer>`
    }
  </${Dialog}>`;
}

function RecoverDialog(/** @type {{ webhook: Webhook, onClose: () => void }} */ { webhook, onClose }) {
  const [since, setSince] = useState('24');
  const [queued, setQueued] = useState(/** @type {number | undefined} */ (undefined));
  const act = useAct(async () => {
    const start = Math.floor(Date.now() / 1_000) - Number(since) * 3_600;
    let [many, more] = [0, true];
    while (more) {
      const answer = await call('POST', api('webhooks', webhook.id, 'recover'), { body: { since: start } });
      many += answer.queued;
      more = answer.more && answer.queued > 0;
      setQueued(many);
    }
  });
  return html`<${Dialog} title="Recover given-up deliveries" onClose=${onClose}>
    <p>Queues the deliveries that were given up, behind live traffic. Events that were delivered since are left out.</p>
    <${Field} label="Given up in the last">${select(since, setSince, [
      ['1', 'hour'],
      ['6', '6 hours'],
      ['24', '24 hours'],
      ['168', '7 days'],
      ['720', '30 days'],
    ])}</${Field}>
    <${Refusal} error=${act.error} />
    ${queued !== undefined && html`<p role="status"><${State} tone=${queued ? 'ok' : 'plain'}>${queued ? `${count(queued)} queued` : 'Nothing was given up in that time'}</${State}></p>`}
    <footer>
      <${Button} onClick=${onClose}>Close</${Button}>
      <${Button} kind="primary" busy=${act.busy} onClick=${() => act.run()}>Recover</${Button}>
    </footer>
  </${Dialog}>`;
}
