/**
 * Dialogs of one webhook: a test call, a new secret, and the recovery of what was given up.
 *
 * @module
 * @typedef {import('./types.js').Webhook} Webhook
 */
import { api, call } from './api.js';
import { useAct } from './data.js';
import { html, useState } from './html.js';
import { count, millis, visible } from './text.js';
import { Body, Button, Choice, Code, Copy, Dialog, Field, Refusal, State, Tabs, select, sending } from './ui.js';

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

export function RotateDialog(
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

export function RecoverDialog(/** @type {{ webhook: Webhook, onClose: () => void }} */ { webhook, onClose }) {
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
