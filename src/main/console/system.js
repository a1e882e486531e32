/**
 * The configuration in force, and what nodes refused lately.
 *
 * @module
 */
import { api } from './api.js';
import { useRead } from './data.js';
import { html } from './html.js';
import { href, useRoute } from './route.js';
import { count, visible } from './text.js';
import { Empty, Facts, Filter, FilterChoice, Follow, Head, Loaded, Name, Pager, State, Table, Time } from './ui.js';

export function Configuration() {
  const { query } = useRoute();
  const { text = '' } = query;
  const read = useRead(api('config'));
  return html`<${Head} title="Configuration" about="What is in force at the node that answers, with defaults. Secrets are shown as ***." />
    <div class="filters">
      <${Filter} label="Setting or value" of="text" />
    </div>
    <${Loaded} of=${read} lines=${10}>
      ${(/** @type {{ node: string, version: string, settings: any, warnings: string[] }} */ data) => {
        const needle = text.toLowerCase();
        const groups = Object.entries(data.settings)
          .map(
            ([name, value]) =>
              /** @type {[string, [string, unknown][]]} */ ([
                name,
                flat(name, value).filter(
                  ([key, one]) => !needle || `${key} ${JSON.stringify(one)}`.toLowerCase().includes(needle),
                ),
              ]),
          )
          .filter(([, rows]) => rows.length);
        return html`<${Facts} of=${[
          ['Node', html`<${Name} of=${data.node} />`],
          ['Version', html`<${Name} of=${data.version} />`],
        ]} />
          ${
            data.warnings.length > 0
              ? html`<section class="verdict wrong" aria-label="Warnings"><ul>${data.warnings.map((one) => html`<li><${State} tone="warn">${visible(one)}</${State}></li>`)}</ul></section>`
              : html`<section class="verdict" aria-label="Warnings"><${State} tone="ok">No warnings</${State}></section>`
          }
          ${
            groups.length
              ? groups.map(
                  ([name, rows]) => html`<section>
                  <h2>${visible(name)}</h2>
                  <${Table} label=${name} heads=${['Setting', 'Value']} kind="settings">
                    ${rows.map(([key, value]) => html`<tr key=${key}><th scope="row"><code>${visible(key)}</code></th><td><${Value} of=${value} /></td></tr>`)}
                  </${Table}>
                </section>`,
                )
              : html`<${Empty} title="No setting has this text"><p><a href=${href(['configuration'])}>See all settings</a></p></${Empty}>`
          }`;
      }}
    </${Loaded}>`;
}

/** @returns {[string, unknown][]} Every setting with its full name */
function flat(/** @type {string} */ name, /** @type {unknown} */ value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.keys(value).length) {
    return [[name, value]];
  }
  return Object.entries(value).flatMap(([part, inner]) => flat(`${name}.${part}`, inner));
}

function Value(/** @type {{ of: unknown }} */ { of }) {
  if (of === '***') {
    return html`<span class="faint" title="A secret">***</span>`;
  }
  if (of === '') {
    return html`<span class="faint">empty</span>`;
  }
  if (of === null || of === undefined || (Array.isArray(of) && !of.length)) {
    return html`<span class="faint">${Array.isArray(of) ? 'none' : 'not set'}</span>`;
  }
  return html`<code class="wrap">${visible(typeof of === 'string' ? of : JSON.stringify(of))}</code>`;
}

const WHERE = /** @type {Record<string, string>} */ ({ http: 'HTTP call', socket: 'socket', stream: 'event stream' });
const REFUSALS_PER_PAGE = 100;

/** @typedef {{ at: string, node: string, where: string, reason: string, status: number | null, code: number | null, tenant: string | null, address: string | null, detail: string | null, count?: number, first_at?: string }} Refused */

export function Refusals() {
  const { query } = useRoute();
  const { where = '', text = '', from = '0', tenant = '' } = query;
  const read = useRead(api('refusals'), { every: query.tail ? 2_000 : undefined });
  const needle = text.toLowerCase();
  return html`<${Head} title="Refusals" about="Calls and connections that nodes refused lately, newest first; at most 200 of each node.">
      <${Follow} reload=${read.reload} />
    </${Head}>
    <div class="filters">
      <${FilterChoice} label="Where" of="where" clears="from" options=${[['', 'anywhere'], ...Object.entries(WHERE)]} />
      <${Filter} label="Text" placeholder="address, reason, node" of="text" clears="from" />
    </div>
    <${Loaded} of=${read}>
      ${(/** @type {{ refusals: Refused[], silent_nodes?: string[] }} */ { refusals, silent_nodes }) => {
        const passed = refusals.filter(
          (one) =>
            (!where || one.where === where) &&
            (!tenant || !one.tenant || one.tenant === tenant) &&
            (!needle || Object.values(one).join(' ').toLowerCase().includes(needle)),
        );
        const start = Number(from) || 0;
        const page = passed.slice(start, start + REFUSALS_PER_PAGE);
        return html`${silent_nodes?.length ? html`<p><${State} tone="warn">No answer from ${visible(silent_nodes.join(', '))}: its refusals are missing here</${State}></p>` : ''}
        ${
          page.length
            ? html`<${Table} label="Refusals" heads=${['When', 'Refused', 'Why', 'Tenant', 'From', 'Node']}>
                ${page.map(
                  (one) => html`<tr>
                    <td class="nowrap"><${Time} at=${one.at} />${(one.count ?? 1) > 1 && html`<span class="sub">${count(one.count)} times, first <${Time} at=${one.first_at} /></span>`}</td>
                    <td class="nowrap"><strong>${one.status ?? one.code ?? ''}</strong> <span class="faint">${WHERE[one.where] ?? visible(one.where)}</span></td>
                    <td><strong>${visible(one.reason)}</strong><span class="sub">${visible(one.detail ?? '')}</span></td>
                    <td>${one.tenant ? html`<code>${visible(one.tenant)}</code>` : html`<span class="faint">–</span>`}</td>
                    <td><code>${visible(one.address ?? '–')}</code></td>
                    <td><code>${visible(one.node)}</code></td>
                  </tr>`,
                )}
              </${Table}>
              <${Pager}
                first=${start ? href(['refusals'], { ...query, from: undefined }) : undefined}
                next=${start + REFUSALS_PER_PAGE < passed.length ? href(['refusals'], { ...query, from: start + REFUSALS_PER_PAGE }) : undefined}
                shown=${page.length}
                of=${`of ${passed.length} refusals`}
              />`
            : html`<${Empty} title=${refusals.length ? 'No refusal passes the filters' : 'Nothing was refused lately'}>
              <p>${refusals.length ? html`<a href=${href(['refusals'])}>Leave the filters out</a>` : 'Invalid tokens, missing scopes, exceeded limits and invalid events appear here.'}</p>
            </${Empty}>`
        }`;
      }}
    </${Loaded}>`;
}
