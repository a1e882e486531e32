/**
 * One webhook with all that can be done to it.
 *
 * @module
 * @typedef {import('./types.js').Webhook} Webhook
 * @typedef {import('./types.js').WebhookStats} WebhookStats
 * @typedef {import('./types.js').Attempt} Attempt
 * @typedef {import('./webhooks.js').Health} Health
 */
import { address, api, call } from './api.js';
import { AttemptRows } from './attempts.js';
import { POLL, useAct, useRead } from './data.js';
import { html, useState } from './html.js';
import { go, href } from './route.js';
import { count, duration, many, millis, percent, visible } from './text.js';
import {
  Body,
  Button,
  Code,
  Copy,
  Empty,
  Facts,
  Figure,
  Head,
  HeadOfFailure,
  Loaded,
  Name,
  Refusal,
  State,
  Table,
  Time,
  confirm,
  toast,
} from './ui.js';
import { RecoverDialog, RotateDialog, TestDialog } from './webhook-dialogs.js';
import { Due, Scope, stateOf } from './webhooks.js';

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
