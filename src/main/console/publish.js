/**
 * Publishing one event, with the examples and schemas of the known types.
 *
 * @module
 */
import { call } from './api.js';
import { useAct } from './data.js';
import { example, faults, typeNames, usePayloadSchemas } from './events.js';
import { html, useEffect, useRef, useState } from './html.js';
import { filter, href, useRoute } from './route.js';
import { signedInAsPerson, tenant } from './session.js';
import { count, curl, visible } from './text.js';
import { Button, Copy, Facts, Field, Head, Name, Refusal, State, announce, area, input, sending, typed } from './ui.js';

const MEMBERS = /** @type {[string, string, string][]} */ ([
  ['user_id', 'For the user', 'Only this user receives it'],
  ['topic', 'On the topic', 'callcenter:custom:…'],
  ['session_id', 'Of the chat', 'Id of a web chat'],
  ['keep', 'Keep as', 'collection/key'],
  ['event_id', 'Event id', 'Made by the node'],
]);

export function Publish() {
  const { query } = useRoute();
  const known = usePayloadSchemas();
  const type = query.type ?? 'call.incoming';
  const schema = known[type];
  const [members, setMembers] = useState(/** @type {Record<string, string>} */ ({}));
  const [text, setText] = useState('{}');
  // Not a state: an effect that was due before the first key was pressed must not overwrite what was typed.
  const touched = useRef(false);
  const [answer, setAnswer] = useState(/** @type {any} */ (undefined));
  useEffect(() => {
    touched.current || setText(JSON.stringify(example(schema), null, 2));
  }, [schema]);
  const { payload, wrong } = parsed(text);
  const found = wrong ? [] : faults(schema, payload);
  const body = {
    tenant_id: tenant(),
    type,
    ...Object.fromEntries(Object.entries(members).filter(([, value]) => value)),
    payload,
  };
  const act = useAct(async () => {
    setAnswer(undefined);
    const accepted = await call('POST', '/api/v1/events', { body });
    setAnswer(accepted);
    announce('Published');
  });
  return html`<${Head} title="Publish" about=${html`One event in the name of <strong>${visible(tenant())}</strong>. Everybody who may receive it does, webhooks included.`} />
    <form
      class="form two"
      onSubmit=${sending(() => wrong || act.run())}
    >
      <div>
        <${Field} label="Type" hint=${schema?.description ?? 'Any dotted name in lower case; this one has no schema.'}>
          ${input(type, () => {}, {
            class: 'mono',
            list: 'publish-types',
            required: true,
            onChange: typed((value) => {
              touched.current = false;
              filter({ type: value.trim() }, { replace: true });
            }),
          })}
        </${Field}>
        <datalist id="publish-types">${typeNames(known).map((one) => html`<option value=${one} />`)}</datalist>
        <${Field} label="Payload" wide error=${wrong}>${area(
          text,
          (value) => {
            touched.current = true;
            setText(value);
          },
          { rows: 12, 'aria-invalid': wrong ? 'true' : undefined },
        )}</${Field}>
        ${
          found.length > 0 &&
          html`<div class="note-box" role="status">
          <p><${State} tone="warn">The schema of ${visible(type)} does not accept this payload</${State}></p>
          <ul>${found.map((one) => html`<li><code>${visible(one.pointer)}</code> ${visible(one.detail)}</li>`)}</ul>
          <p class="hint">The node decides: with <code>schemas.mode</code> set to <code>warn</code> or <code>off</code> it accepts it.</p>
        </div>`
        }
      </div>
      <div>
        ${MEMBERS.filter(([name]) => name !== 'keep' || !signedInAsPerson()).map(
          ([name, label, hint]) => html`<${Field} label=${html`${label} <span class="faint">optional</span>`}>
            ${input(members[name] ?? '', (value) => setMembers({ ...members, [name]: value.trim() }), { class: 'mono', placeholder: hint })}
          </${Field}>`,
        )}
        ${members.keep && html`<p><${State} tone="warn">It replaces what is kept under this name</${State}></p>`}
      </div>
      <footer>
        <${Button} type="submit" kind="primary" busy=${act.busy} disabled=${Boolean(wrong)}>Publish</${Button}>
        <${Copy} text=${() => curl('POST', `${location.origin}/api/v1/events`, body)}>Copy as curl</${Copy}>
      </footer>
    </form>
    <${Refusal} error=${act.error} />
    ${answer && html`<${Accepted} answer=${answer} type=${type} />`}`;
}

function parsed(/** @type {string} */ text) {
  try {
    return { payload: JSON.parse(text), wrong: undefined };
  } catch (/** @type {any} */ error) {
    return { payload: undefined, wrong: `This is not JSON: ${error.message}` };
  }
}

function Accepted(/** @type {{ answer: any, type: string }} */ { answer, type }) {
  return html`<section class="card" aria-label="Answer">
    <h2><${State} tone=${answer.superseded ? 'warn' : 'ok'}>${answer.superseded ? 'Superseded: nothing was published' : 'Published'}</${State}></h2>
    <${Facts}
      of=${[
        [
          'Event id',
          html`<${Name} of=${answer.event_id} /><${Copy} text=${answer.event_id} label="Copy the event id" />`,
        ],
        ['Position', html`<${Name} of=${answer.id ?? 'none'} />`],
        ['Channel', html`<${Name} of=${answer.channel} />`],
        ['Webhooks to call', count(answer.deliveries)],
      ]}
    />
    <p class="row">
      <a href=${href(['log'])}>See it in the log</a>
      ${
        answer.deliveries > 0
          ? html`<a href=${href(['attempts'])}>See the attempts</a>`
          : html`<span class="faint">No webhook wants it. <a href=${href(['webhooks', 'new'], { events: type })}>Create one</a></span>`
      }
    </p>
  </section>`;
}
