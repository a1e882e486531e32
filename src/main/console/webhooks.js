/**
 * The list of webhooks, and how each is doing.
 *
 * @module
 * @typedef {import('./types.js').Webhook} Webhook
 * @typedef {import('./types.js').WebhookStats} WebhookStats
 * @typedef {import('./types.js').Attempt} Attempt
 * @typedef {import('./ui.js').Tone} Tone
 * @typedef {{ stats?: WebhookStats | undefined, last?: Attempt | undefined }} Health
 */
import { address, api, call } from './api.js';
import { each, useRead, useWhileVisible } from './data.js';
import { OUTCOMES } from './events.js';
import { html, useState } from './html.js';
import { href, useRoute } from './route.js';
import { ofAllTenants, tenant } from './session.js';
import { count, duration, millis, moment, percent, visible } from './text.js';
import { Empty, Filter, FilterChoice, Head, Loaded, Loading, Pager, State, Table, Time } from './ui.js';

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

function WebhookState(/** @type {{ webhook: Webhook, health: Health | undefined }} */ { webhook, health }) {
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
export function Due(/** @type {{ at: string | null, owed: number }} */ { at, owed }) {
  const due = moment(at);
  if (!owed || due === undefined) {
    return html`<span class="faint">–</span>`;
  }
  const late = (Date.now() - due) / 1_000;
  return late > 30
    ? html`<${State} tone="warn" title="The delivery should have been made by now">${duration(late)} late</${State}>`
    : html`<${Time} at=${at} />`;
}
