/**
 * Calls of webhooks: the list with its filters in the address, and one call with both sides.
 *
 * @module
 * @typedef {import('./types.js').Attempt} Attempt
 * @typedef {import('./types.js').Webhook} Webhook
 */
import { address, api, call } from './api.js';
import { POLL, useAct, useRead, useStream } from './data.js';
import { OUTCOMES, Outcome, attemptHref } from './events.js';
import { html, useEffect, useRef } from './html.js';
import { filter, href, useRoute } from './route.js';
import { may, tenant } from './session.js';
import { clock, millis, moment, visible } from './text.js';
import {
  Body,
  Button,
  Code,
  Copy,
  Empty,
  Facts,
  Filter,
  FilterChoice,
  Follow,
  Head,
  HeadOfFailure,
  Loaded,
  Name,
  Pager,
  Refusal,
  State,
  StreamState,
  Table,
  Tabs,
  Time,
  confirm,
  toast,
} from './ui.js';

const PERIODS = /** @type {[string, string][]} */ ([
  ['', 'any time'],
  ['900', 'last 15 min'],
  ['3600', 'last hour'],
  ['86400', 'last 24 h'],
  ['604800', 'last 7 days'],
]);

export function Attempts() {
  const { query } = useRoute();
  const { webhook = '', status, event, event_id, error, code, last = '', cursor, tail } = query;
  const webhooks = useRead(address(api('webhooks'), { tenant_id: tenant(), limit: 500 }));
  const known = /** @type {Webhook[]} */ (webhooks.data?.webhooks ?? []);
  const since = last && Math.floor(Date.now() / 60_000) * 60 - Number(last);
  const path = webhook
    ? address(api('webhooks', webhook, 'logs'), { status, event, event_id, error, code, since, cursor, limit: 50 })
    : address(api('webhooks', 'failed'), { tenant_id: tenant(), cursor, limit: 50 });
  const live = Boolean(tail) && !cursor;
  const owner = tenant() || known.find((one) => String(one.id) === webhook)?.tenant_id;
  const stream = useTail(live && owner ? owner : null, webhook, () => read.reload());
  const read = useRead(path, { every: live && (!owner || stream.error) ? POLL : undefined });
  return html`<${Head} title="Attempts" about=${webhook ? 'Every call of the webhook, newest first.' : 'Deliveries that were given up, of all webhooks. Choose a webhook to see all its calls.'}>
      <${Follow} reload=${read.reload} clears="cursor" />
    </${Head}>
    <div class="filters">
      <${FilterChoice} label="Webhook" of="webhook" clears="cursor status"
        options=${[['', 'given up, of all webhooks'], ...known.map((one) => [String(one.id), visible(one.name || one.id)])]} />
      ${
        webhook &&
        html`<${FilterChoice} label="Outcome" of="status" clears="cursor" options=${[['', 'any'], ...Object.entries(OUTCOMES).map(([key, [, name]]) => [key, name])]} />
        <${FilterChoice} label="Time" of="last" clears="cursor" options=${PERIODS} />
        <${Filter} label="Event" mono placeholder="call.ended" of="event" clears="cursor" />
        <${Filter} label="Event id" mono of="event_id" clears="cursor" />
        <${Filter} label="Status code" mono placeholder="500" of="code" clears="cursor" />
        <${Filter} label="Error class" mono placeholder="timeout_body" of="error" clears="cursor" />`
      }
    </div>
    ${live && owner && html`<div class="status-line"><${StreamState} of=${stream} />${stream.error && html`<span class="faint">read again every 2 s instead</span>`}</div>`}
    <${Refusal} error=${webhooks.error} />
    <${Loaded} of=${read}>
      ${(/** @type {{ logs: Attempt[], next: string | null }} */ page) =>
        page.logs.length
          ? html`<${AttemptRows} attempts=${page.logs} names=${webhook ? undefined : known} />
              <${Pager}
                first=${cursor ? href(['attempts'], { ...query, cursor: undefined }) : undefined}
                next=${page.next ? href(['attempts'], { ...query, cursor: page.next, tail: undefined }) : undefined}
                shown=${page.logs.length}
                of="attempts"
              />`
          : html`<${None} filtered=${Boolean(status || event || event_id || error || code || last)} webhook=${webhook} />`}
    </${Loaded}>`;
}

/** Reads again, at most once a second, when attempts were made that the list may show. */
function useTail(/** @type {string | null} */ owner, /** @type {string} */ webhook, /** @type {() => void} */ reload) {
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useEffect(() => () => clearTimeout(timer.current), []);
  const path = owner && address(api('tenants', owner, 'attempts'), { webhook_id: webhook });
  return useStream(path, (name, data, again) => {
    const concerns = name === 'attempt' ? webhook || data?.outcome === 'failed' : name === 'missed' || again;
    if (concerns) {
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        reload();
      }, 1_000);
    }
  });
}

function None(/** @type {{ filtered: boolean, webhook: string }} */ { filtered, webhook }) {
  if (!webhook) {
    return html`<${Empty} title="Nothing was given up">
      <p>Every delivery was made, or is still being tried. Choose a webhook above to see its calls, or look at <a href=${href(['webhooks'])}>how the webhooks are doing</a>.</p>
    </${Empty}>`;
  }
  return html`<${Empty} title=${filtered ? 'No attempt passes these filters' : 'Not called yet'}>
    ${
      filtered
        ? html`<p><a href=${href(['attempts'], { webhook })}>Leave the filters out</a>.</p>`
        : html`<p>It is called with the next event that it wants. <a href=${href(['webhooks', webhook])}>Test it</a>${may('events:write') && html`, or <a href=${href(['publish'])}>publish an event</a>`}.</p>`
    }
  </${Empty}>`;
}

export function AttemptRows(/** @type {{ attempts: Attempt[], names?: Webhook[] | undefined }} */ { attempts, names }) {
  return html`<${Table} label="Attempts" heads=${['Outcome', 'Event', ...(names ? ['Webhook'] : []), ['Answer', 'right'], ['Took', 'right'], ['Attempt', 'right'], ['When', 'right']]}>
    ${attempts.map((one) => {
      const webhook = names?.find((name) => name.id === one.webhook_id);
      return html`<tr key=${one.id}>
        <td><${Outcome} attempt=${one} /></td>
        <th scope="row">
          <a class="main" href=${attemptHref(one)}>${visible(one.event)}</a>
          <span class="sub"><code class="cut">${visible(one.error ?? one.event_id ?? '')}</code></span>
        </th>
        ${names && html`<td><a href=${href(['webhooks', one.webhook_id])}>${visible(webhook?.name ?? one.webhook_id)}</a></td>`}
        <td class="right">${one.response_code ?? html`<span class="faint">none</span>`}</td>
        <td class="right nowrap">${millis(one.duration_ms)}</td>
        <td class="right">${one.attempt}</td>
        <td class="right nowrap"><${Time} at=${one.created_at} /></td>
      </tr>`;
    })}
  </${Table}>`;
}

/** One call; the log is searched by the event, or by the time if the attempt has none. */
export function AttemptPage(/** @type {{ webhook: string, log: string }} */ { webhook, log }) {
  const { query } = useRoute();
  const at = moment(query.at);
  const { event_id } = query;
  const near = at === undefined ? {} : { cursor: `${(at + 1) * 1_000}_0` };
  const read = useRead(address(api('webhooks', webhook, 'logs'), { limit: 100, ...(event_id ? { event_id } : near) }));
  const hook = useRead(api('webhooks', webhook));
  const back = /** @type {[string, string]} */ ([
    href(['attempts'], { webhook }),
    `Attempts of ${visible(hook.data?.name ?? webhook)}`,
  ]);
  return html`<${HeadOfFailure} of=${read} title=${`Attempt ${log}`} back=${back} />
    <${Loaded} of=${read} lines=${8}>
      ${(/** @type {{ logs: Attempt[] }} */ page) => {
        const attempt = page.logs.find((one) => String(one.id) === log);
        return attempt
          ? html`<${OneAttempt} attempt=${attempt} others=${page.logs.filter((one) => event_id && one.delivery_id === attempt.delivery_id)} webhook=${hook.data} back=${back} reload=${read.reload} />`
          : html`<${Head} title="Attempt ${log}" back=${back} />
              <${Empty} title="This attempt is not in the log any more"><p>Attempts are kept for a limited time. <a href=${href(['attempts'], { webhook })}>See the attempts that are kept</a>.</p></${Empty}>`;
      }}
    </${Loaded}>`;
}

function OneAttempt(
  /** @type {{ attempt: Attempt, others: Attempt[], webhook: Webhook | undefined, back: [string, string], reload: () => void }} */ {
    attempt,
    others,
    webhook,
    back,
    reload,
  },
) {
  const { query } = useRoute();
  const tab = query.tab ?? 'response';
  const act = useAct(async () => {
    const yes = await confirm({
      title: 'Deliver this event again?',
      text: html`<p>The receiver <strong>${visible(webhook?.name ?? attempt.webhook_id)}</strong> is called again with the same body and the same <code>webhook-id</code>. Receivers that saw it before should recognise it.</p>`,
      verb: 'Redeliver',
      tone: 'primary',
    });
    if (yes) {
      const { delivery_id } = await call('POST', api('webhooks', 'logs', attempt.id, 'redeliver'));
      toast(`Queued as delivery ${delivery_id}`);
      setTimeout(reload, 1_500);
    }
  });
  const [tone, word] = OUTCOMES[attempt.outcome ?? ''] ?? ['plain', 'unknown'];
  return html`<${Head}
      title=${html`${visible(attempt.event)} <${State} tone=${tone}>${word}</${State}>`}
      name=${attempt.event}
      back=${back}
      about=${html`Attempt ${attempt.attempt}, ${clock(attempt.created_at, true)}`}
    >
      <${Button} kind="primary" busy=${act.busy} onClick=${() => act.run()}>Redeliver</${Button}>
    </${Head}>
    <${Refusal} error=${act.error} />
    <${Facts}
      of=${[
        ['Answer', attempt.response_code === null ? 'none' : html`<strong>${attempt.response_code}</strong>`],
        ['Took', millis(attempt.duration_ms)],
        attempt.error !== null && ['Error', html`<span class="wrap">${visible(attempt.error)}</span>`],
        [
          'Webhook',
          html`<a href=${href(['webhooks', attempt.webhook_id])}>${visible(webhook?.name ?? attempt.webhook_id)}</a>`,
        ],
        [
          'Event id',
          html`<${Name} of=${attempt.event_id ?? '–'} />${attempt.event_id && html`<${Copy} text=${attempt.event_id} />`}`,
        ],
        ['Delivery', html`<${Name} of=${attempt.delivery_id ?? '–'} />`],
      ]}
    />
    ${others.length > 1 && html`<${Timeline} attempts=${others} now=${attempt} />`}
    <${Tabs} tabs=${[
      ['response', 'Response'],
      ['request', 'Request'],
    ]} now=${tab} onTab=${(/** @type {string} */ key) => filter({ tab: key }, { replace: true })} />
    ${tab === 'request' ? html`<${Request} attempt=${attempt} webhook=${webhook} />` : html`<${Response} attempt=${attempt} />`}`;
}

/** The attempts of the same delivery, in order of time. */
function Timeline(/** @type {{ attempts: Attempt[], now: Attempt }} */ { attempts, now }) {
  const ordered = [...attempts].reverse();
  const longest = Math.max(1, ...ordered.map((one) => one.duration_ms));
  return html`<section>
    <h2>Attempts of this delivery</h2>
    <ol class="timeline">
      ${ordered.map(
        (one) => html`<li class=${one.id === now.id ? 'now' : ''}>
          <a href=${attemptHref(one)} aria-current=${one.id === now.id ? 'true' : undefined}>Attempt ${one.attempt}</a>
          <${Outcome} attempt=${one} />
          <span>${one.response_code ?? 'no answer'}</span>
          <svg class="bar ${OUTCOMES[one.outcome ?? '']?.[0] ?? 'plain'}" viewBox="0 0 60 6" width="60" height="6" aria-hidden="true">
            <rect class="track" width="60" height="6" rx="3" /><rect class="fill" width=${Math.max(2, (one.duration_ms / longest) * 60)} height="6" rx="3" />
          </svg>
          <span>${millis(one.duration_ms)}</span>
          <span class="faint">${clock(one.created_at, true)}</span>
        </li>`,
      )}
    </ol>
  </section>`;
}

function Response(/** @type {{ attempt: Attempt }} */ { attempt }) {
  return html`<section aria-label="Response">
    ${
      attempt.response_body
        ? html`<${Body} value=${attempt.response_body} label="response body" />`
        : html`<${Empty} title=${attempt.response_code === null ? 'The receiver did not answer' : 'The answer had no body'}><p>${visible(attempt.error ?? 'The status says all.')}</p></${Empty}>`
    }
  </section>`;
}

function Request(/** @type {{ attempt: Attempt, webhook: Webhook | undefined }} */ { attempt, webhook }) {
  const lines = [
    ...(webhook ? [`POST ${webhook.url}`] : []),
    `X-Webhook-Event: ${attempt.event}`,
    `X-Webhook-ID: ${attempt.webhook_id}`,
    `X-Webhook-Attempt: ${attempt.attempt}`,
    ...(attempt.event_id ? [`X-Webhook-Event-ID: ${attempt.event_id}`] : []),
    `X-Webhook-Tenant: ${attempt.tenant_id}`,
  ];
  return html`<section aria-label="Request">
    <${Code} text=${lines.join('\n')} label="request headers" />
    <p class="hint">The address is the present one. Signatures and headers of your own are not logged${webhook && webhook.effective_format !== 'standard' ? html`; the body is logged in the standard form, and was sent as <code>${visible(webhook.effective_format ?? '')}</code>` : ''}.</p>
    <${Body} value=${attempt.payload} label="request body" />
  </section>`;
}
