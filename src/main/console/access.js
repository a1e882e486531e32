/**
 * Who may call: API keys, widget keys, portals of tenants, sessions of this console.
 *
 * @module
 */
import { Problem, address, api, call } from './api.js';
import { useAct, useRead } from './data.js';
import { html, useState } from './html.js';
import { ofAllTenants, tenant } from './session.js';
import { visible } from './text.js';
import {
  Button,
  Copy,
  Dialog,
  Empty,
  Field,
  Head,
  Loaded,
  Name,
  Refusal,
  State,
  Table,
  Time,
  confirm,
  input,
  select,
  sending,
  toast,
} from './ui.js';

const SCOPES = /** @type {[string, string][]} */ ([
  ['events:write', 'publish events'],
  ['presence:read', 'see who is online'],
  ['presence:write', 'report devices'],
  ['inbox', 'read and write inboxes'],
  ['webhooks', 'manage webhooks'],
  ['events:read', 'read the log'],
  ['kept:read', 'read kept state'],
  ['stats', 'count sessions'],
  ['admin', 'everything else'],
]);

function words(/** @type {string} */ text) {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** A form in a dialog, then what is shown once. */
function Making(
  /** @type {{ title: string, verb: string, act: ReturnType<typeof useAct>, made: any, onClose: () => void, children?: import('./html.js').Children, once: import('./html.js').Children }} */ {
    title,
    verb,
    act,
    made,
    onClose,
    children,
    once,
  },
) {
  return html`<${Dialog} title=${title} onClose=${onClose}>
    ${
      made
        ? html`${once}<footer><${Button} kind="primary" onClick=${onClose}>Done</${Button}></footer>`
        : html`<form onSubmit=${sending(() => act.run())}>
          ${children}
          <${Refusal} error=${act.error} />
          <footer>
            <${Button} onClick=${onClose}>Cancel</${Button}>
            <${Button} type="submit" kind="primary" busy=${act.busy}>${verb}</${Button}>
          </footer>
        </form>`
    }
  </${Dialog}>`;
}

function Scopes(
  /** @type {{ chosen: string[], offered: [string, string][], onChange: (chosen: string[]) => void }} */ {
    chosen,
    offered,
    onChange,
  },
) {
  return html`<fieldset class="ticks">
    <legend>May</legend>
    ${offered.map(
      ([scope, what]) => html`<label class="tick">
        <input type="checkbox" checked=${chosen.includes(scope)} onChange=${(/** @type {any} */ event) => onChange(event.target.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope))} />
        <span>${what} <code class="faint">${scope}</code></span>
      </label>`,
    )}
  </fieldset>`;
}

/** @typedef {{ id: number, name: string, tenant: string | null, scopes: string[], sources: string[] | null, created_at: string, revoked_at: string | null, last_used_at: string | null }} Key */

export function Keys() {
  const read = useRead(address(api('keys'), { tenant_id: tenant() }));
  const [making, setMaking] = useState(false);
  const revoke = useAct(async (/** @type {Key} */ key) => {
    const yes = await confirm({
      title: 'Revoke this key?',
      text: html`<p>Calls with <strong>${visible(key.name)}</strong> are refused from now on, and its console sessions and portals end. This can't be undone.</p>`,
      verb: 'Revoke',
      typed: key.name,
    });
    if (yes) {
      await call('DELETE', api('keys', key.id));
      toast('Revoked');
      read.reload();
    }
  });
  return html`<${Head} title="API keys" about="For backends. A key is shown once; only its hash is stored.">
      <${Button} kind="primary" onClick=${() => setMaking(true)}>Create a key</${Button}>
    </${Head}>
    <${Refusal} error=${revoke.error} />
    <${Loaded} of=${read}>
      ${(/** @type {{ keys: Key[] }} */ { keys }) => {
        const shown = [...keys.filter((one) => !one.revoked_at), ...keys.filter((one) => one.revoked_at)];
        return shown.length
          ? html`<${Table} label="API keys" heads=${['Key', 'Tenant', 'May', 'From', ['Last used', 'right'], ['Created', 'right'], '']}>
              ${shown.map(
                (one) => html`<tr key=${one.id} class=${one.revoked_at ? 'dim' : ''}>
                  <th scope="row">${visible(one.name)}<span class="sub"><${Name} of=${one.id} /></span></th>
                  <td>${one.tenant === null ? html`<${State} tone="warn">all tenants</${State}>` : html`<code>${visible(one.tenant)}</code>`}</td>
                  <td><span class="tags">${one.scopes.map((scope) => html`<code class="tag">${visible(scope)}</code>`)}</span></td>
                  <td>${one.sources?.length ? one.sources.map((source) => html`<code class="tag">${visible(source)}</code> `) : html`<span class="faint">any address</span>`}</td>
                  <td class="right nowrap">${one.last_used_at ? html`<${Time} at=${one.last_used_at} />` : html`<span class="faint">never</span>`}</td>
                  <td class="right nowrap"><${Time} at=${one.created_at} /></td>
                  <td class="right">${one.revoked_at ? html`<${State} tone="off">revoked</${State}>` : html`<${Button} kind="danger small" onClick=${() => revoke.run(one)}>Revoke</${Button}>`}</td>
                </tr>`,
              )}
            </${Table}>`
          : html`<${Empty} title="No key yet"><p>A backend needs one to publish events. Give it only the scopes that it uses.</p></${Empty}>`;
      }}
    </${Loaded}>
    ${
      making &&
      html`<${MakeKey} onClose=${() => {
        setMaking(false);
        read.reload();
      }} />`
    }`;
}

function MakeKey(/** @type {{ onClose: () => void }} */ { onClose }) {
  const [name, setName] = useState('');
  const [owner, setOwner] = useState(tenant());
  const [scopes, setScopes] = useState(['events:write']);
  const [sources, setSources] = useState('');
  const [made, setMade] = useState(/** @type {any} */ (undefined));
  const act = useAct(async () => {
    const list = words(sources);
    setMade(
      await call('POST', api('keys'), {
        body: {
          name: name.trim(),
          ...(ofAllTenants() && owner.trim() ? { tenant_id: owner.trim() } : {}),
          scopes,
          ...(list.length ? { sources: list } : {}),
        },
      }),
    );
  });
  const secret = made?.key ?? '';
  return html`<${Making} title="Create an API key" verb="Create" act=${act} made=${made} onClose=${onClose}
    once=${html`<p>Copy it now: it is shown only this once.</p><p class="row"><code class="wrap">${visible(secret)}</code><${Copy} text=${secret}>Copy</${Copy}></p>`}>
    <${Field} label="Name" hint="Who uses it, such as the name of a backend">${input(name, setName, { required: true, maxlength: 100 })}</${Field}>
    ${ofAllTenants() && html`<${Field} label="Tenant" hint=${owner.trim() ? undefined : html`<${State} tone="warn">Without one the key is for all tenants</${State}>`}>${input(owner, setOwner, { class: 'mono', maxlength: 64 })}</${Field}>`}
    <${Scopes} chosen=${scopes} offered=${SCOPES} onChange=${setScopes} />
    <${Field} label=${html`Only from these addresses <span class="faint">optional</span>`} hint="Networks such as 10.0.0.0/8, separated by commas">${input(sources, setSources, { class: 'mono' })}</${Field}>
  </${Making}>`;
}

/** @typedef {{ id: number, widget_key: string, tenant_id: string, name: string, origins: string[], created_at: string }} Widget */

export function Widgets() {
  const read = useRead(address(api('widgets'), { tenant_id: tenant() }));
  const [making, setMaking] = useState(false);
  const remove = useAct(async (/** @type {Widget} */ widget) => {
    const yes = await confirm({
      title: 'Delete this widget key?',
      text: html`<p>Visitors of <strong>${visible(widget.name)}</strong> are disconnected with 4404, and pages with this key can't connect any more.</p>`,
      verb: 'Delete',
      typed: widget.name,
    });
    if (yes) {
      await call('DELETE', api('widgets', widget.id));
      toast('Deleted');
      read.reload();
    }
  });
  return html`<${Head} title="Widget keys" about="With them, anonymous visitors of web pages join one chat. They are not secret.">
      <${Button} kind="primary" onClick=${() => setMaking(true)}>Create a widget key</${Button}>
    </${Head}>
    <${Refusal} error=${remove.error} />
    <${Loaded} of=${read}>
      ${(/** @type {{ widgets: Widget[] }} */ { widgets }) =>
        widgets.length
          ? html`<${Table} label="Widget keys" heads=${['Name', 'Key', 'Tenant', 'Pages', ['Created', 'right'], '']}>
              ${widgets.map(
                (one) => html`<tr key=${one.id}>
                  <th scope="row">${visible(one.name)}</th>
                  <td class="nowrap"><code>${visible(one.widget_key)}</code><${Copy} text=${one.widget_key} label="Copy the key" /></td>
                  <td><code>${visible(one.tenant_id)}</code></td>
                  <td><span class="tags">${one.origins.map((origin) => (origin === '*' ? html`<${State} tone="warn">any page</${State}>` : html`<code class="tag">${visible(origin)}</code>`))}</span></td>
                  <td class="right nowrap"><${Time} at=${one.created_at} /></td>
                  <td class="right"><${Button} kind="danger small" onClick=${() => remove.run(one)}>Delete</${Button}></td>
                </tr>`,
              )}
            </${Table}>`
          : html`<${Empty} title="No widget key yet"><p>A page with a web chat needs one. It names the origins of the pages that may use it.</p></${Empty}>`}
    </${Loaded}>
    ${
      making &&
      html`<${MakeWidget} onClose=${() => {
        setMaking(false);
        read.reload();
      }} />`
    }`;
}

function MakeWidget(/** @type {{ onClose: () => void }} */ { onClose }) {
  const [name, setName] = useState('');
  const [owner, setOwner] = useState(tenant());
  const [origins, setOrigins] = useState('');
  const [made, setMade] = useState(/** @type {any} */ (undefined));
  const act = useAct(async () => {
    setMade(
      await call('POST', api('widgets'), {
        body: { name: name.trim(), origins: words(origins), ...(ofAllTenants() ? { tenant_id: owner.trim() } : {}) },
      }),
    );
  });
  return html`<${Making} title="Create a widget key" verb="Create" act=${act} made=${made} onClose=${onClose}
    once=${html`<p>Put it into the pages of the chat:</p><p class="row"><code class="wrap">${visible(made?.widget_key ?? '')}</code><${Copy} text=${made?.widget_key ?? ''}>Copy</${Copy}></p>`}>
    <${Field} label="Name">${input(name, setName, { required: true, maxlength: 200 })}</${Field}>
    ${ofAllTenants() && html`<${Field} label="Tenant">${input(owner, setOwner, { class: 'mono', required: true, maxlength: 64 })}</${Field}>`}
    <${Field} label="Origins of the pages" hint=${html`Scheme and host, separated by commas; <code>*</code> for any page`}>${input(origins, setOrigins, { class: 'mono', required: true, placeholder: 'https://www.example.com' })}</${Field}>
  </${Making}>`;
}

const PORTAL_SCOPES = /** @type {[string, string][]} */ ([
  ['webhooks', 'manage webhooks and see their attempts'],
  ['presence:read', 'see who is online'],
  ['events:read', 'read the log'],
  ['kept:read', 'read kept state'],
]);

export function Portals() {
  const [scopes, setScopes] = useState(['webhooks']);
  const [user, setUser] = useState('');
  const [hours, setHours] = useState('1');
  const [colours, setColours] = useState('auto');
  const [made, setMade] = useState(/** @type {{ url: string, expires_at: string } | undefined} */ (undefined));
  const act = useAct(async () => {
    const body = {
      scopes,
      ttl_seconds: Number(hours) * 3_600,
      theme: colours,
      ...(user.trim() ? { user: user.trim() } : {}),
    };
    const link = await call('POST', api('tenants', tenant(), 'portal'), { body }).catch((problem) => {
      throw problem.status === 404
        ? new Problem(404, 'Set portal.enabled to true on all nodes.', { title: 'The portal is off' })
        : problem;
    });
    setMade(link);
  });
  const end = useAct(async () => {
    const yes = await confirm({
      title: 'End the portals of this tenant?',
      text: html`<p>Every open portal of <strong>${visible(tenant())}</strong>${user.trim() && html` for <strong>${visible(user.trim())}</strong>`} ends at once.</p>`,
      verb: 'End them',
      typed: tenant(),
    });
    if (yes) {
      await call('DELETE', address(api('tenants', tenant(), 'portal'), { user: user.trim() }));
      toast('Portals ended');
    }
  });
  return html`<${Head} title="Tenant portal" about=${html`The tenant's own view of its webhooks, without an account here. Your application makes a link for a user, or embeds it.`}>
      <${Button} kind="danger" busy=${end.busy} onClick=${() => end.run()}>End all portals</${Button}>
    </${Head}>
    <${Refusal} error=${end.error} />
    <form class="form" onSubmit=${sending(() => act.run())}>
      <fieldset>
        <legend>A link for ${visible(tenant())}</legend>
        <${Scopes} chosen=${scopes} offered=${PORTAL_SCOPES} onChange=${setScopes} />
        <${Field} label=${html`In the name of the user <span class="faint">optional</span>`} hint="Shown in the audit log">${input(user, setUser, { class: 'mono', maxlength: 128 })}</${Field}>
        <${Field} label="Valid for">${select(hours, setHours, [
          ['1', '1 hour'],
          ['4', '4 hours'],
          ['12', '12 hours'],
        ])}</${Field}>
        <${Field} label="Colours">${select(colours, setColours, [
          ['auto', 'as the system'],
          ['light', 'light'],
          ['dark', 'dark'],
        ])}</${Field}>
      </fieldset>
      <${Refusal} error=${act.error} />
      <footer><${Button} type="submit" kind="primary" busy=${act.busy} disabled=${!scopes.length}>Make a link</${Button}></footer>
    </form>
    ${
      made &&
      html`<section class="card secret" aria-label="Link">
      <h2>The link opens once</h2>
      <p>Open it within 2 minutes; the portal then lasts until <${Time} at=${made.expires_at} exact />.</p>
      <p class="row"><code class="wrap">${visible(made.url)}</code><${Copy} text=${made.url}>Copy</${Copy}></p>
    </section>`
    }`;
}

/** @typedef {{ id: string, kind: string, name: string | null, user: string | null, role: string | null, tenant: string | null, created_at?: string, last_seen_at?: string, expires_at: string, address?: string, current?: boolean }} ConsoleSession */

export function ConsoleSessions() {
  const read = useRead('/api/v1/console/sessions');
  const end = useAct(async (/** @type {ConsoleSession} */ session) => {
    const yes = await confirm({
      title: 'End this session?',
      text: html`<p><strong>${visible(session.name ?? session.user ?? session.id)}</strong> is signed out at once.</p>`,
      verb: 'End the session',
    });
    if (yes) {
      await call('DELETE', api('console', 'sessions', session.id));
      toast('Ended');
      read.reload();
    }
  });
  return html`<${Head} title="Console sessions" about="Who is signed in to this console. A session ends with its key or token, after 1 h without use, or after 12 h." />
    <${Refusal} error=${end.error} />
    <${Loaded} of=${read}>
      ${(
        /** @type {{ sessions: ConsoleSession[] }} */ { sessions },
      ) => html`<${Table} label="Console sessions" heads=${['Who', 'Signed in with', 'Tenant', 'From', ['Last used', 'right'], ['Ends', 'right'], '']}>
        ${sessions.map(
          (one) => html`<tr key=${one.id}>
            <th scope="row">${visible(one.name ?? one.user ?? one.kind)}${one.current && html` <${State} tone="info">this one</${State}>`}<span class="sub">${visible(one.role ?? '')}</span></th>
            <td>${one.kind === 'key' ? 'API key' : one.kind === 'user' ? "a user's token" : one.kind === 'service' ? "a service's token" : visible(one.kind)}</td>
            <td>${one.tenant === null ? 'all' : html`<code>${visible(one.tenant)}</code>`}</td>
            <td>${visible(one.address ?? '–')}</td>
            <td class="right nowrap"><${Time} at=${one.last_seen_at ?? one.created_at} /></td>
            <td class="right nowrap"><${Time} at=${one.expires_at} /></td>
            <td class="right"><${Button} kind="danger small" onClick=${() => end.run(one)}>End</${Button}></td>
          </tr>`,
        )}
      </${Table}>`}
    </${Loaded}>`;
}
