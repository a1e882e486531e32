/**
 * What stands around every screen: the list of screens, the tenant, the person.
 *
 * @module
 * @typedef {import('./html.js').Children} Children
 * @typedef {{ title: string, screens: [string, string][] }} Group Address and name of each screen
 */
import { Icon } from './ui.js';
import { html, useEffect, useId, useRef, useState } from './html.js';
import { go, href, inPortal, useRoute } from './route.js';
import { ofAllTenants, recentTenants, rememberTenant, setTheme, tenant, theme } from './session.js';
import { visible } from './text.js';

/**
 * @param {{ groups: Group[], now: string, brand: Children, person?: Children, children?: Children }} props
 */
export function Shell({ groups, now, brand, person, children }) {
  const [open, setOpen] = useState(false);
  const { path, query } = useRoute();
  const place = path.join('/');
  useEffect(() => setOpen(false), [place, query['tenant']]);
  return html`<a class="skip" href="#main" onClick=${skip}>To the content</a>
    <div class="shell ${inPortal ? 'portal' : ''}">
      <header class="top">
        <div class="brand">${brand}</div>
        <button
          type="button"
          class="button quiet"
          aria-expanded=${String(open)}
          aria-controls="screens"
          onClick=${() => setOpen(!open)}
        >
          <${Icon} name=${open ? 'close' : 'menu'} /><span>Menu</span>
        </button>
      </header>
      <aside aria-label="Menu" class="side ${open ? 'open' : ''}" id="screens">
        ${ofAllTenants() && html`<${TenantChoice} now=${tenant()} />`}
        <nav aria-label="Screens">
          ${groups.map(
            (group) => html`<div class="group">
              ${group.title && html`<p>${group.title}</p>`}
              <ul>
                ${group.screens.map(
                  ([key, name]) => html`<li>
                    <a href=${href([key])} aria-current=${key === now ? 'page' : undefined}>${name}</a>
                  </li>`,
                )}
              </ul>
            </div>`,
          )}
        </nav>
        <div class="person">${person}<${ThemeChoice} /></div>
      </aside>
      <main id="main" tabindex="-1">${children}</main>
    </div>`;
}

function skip(/** @type {Event} */ event) {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function ThemeChoice() {
  const [now, setNow] = useState(theme());
  const id = useId();
  return html`<div class="theme">
    <label for=${id}><${Icon} name="theme" /><span class="hidden">Colours</span></label>
    <select
      id=${id}
      onChange=${(/** @type {any} */ event) => {
        setTheme(event.target.value, { keep: !inPortal });
        setNow(theme());
      }}
    >
      ${[
        ['auto', 'As the system'],
        ['light', 'Light'],
        ['dark', 'Dark'],
      ].map(([key, name]) => html`<option value=${key} selected=${key === now}>${name}</option>`)}
    </select>
  </div>`;
}

/** Tenants are not registered anywhere: any name may be typed, those seen last are offered. */
function TenantChoice(/** @type {{ now: string }} */ { now }) {
  const id = useId();
  const [text, setText] = useState(now);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    setText(now);
    rememberTenant(now);
  }, [now]);
  const choose = (/** @type {Event} */ event) => {
    event.preventDefault();
    const name = text.trim();
    if (name !== now) {
      const [screen] = location.pathname.split('/').slice(2);
      go(href([screen], { tenant: name }));
    }
    field.current?.blur();
  };
  return html`<form class="tenant" onSubmit=${choose}>
    <label for=${id}>Tenant</label>
    <input
      id=${id}
      ref=${field}
      value=${text}
      list="tenants"
      placeholder="all tenants"
      autocomplete="off"
      spellcheck=${false}
      maxlength="64"
      onInput=${(/** @type {any} */ event) => setText(event.target.value)}
      onBlur=${choose}
    />
    <datalist id="tenants">${recentTenants().map((one) => html`<option value=${one} />`)}</datalist>
  </form>`;
}

/** For screens about one tenant, as long as none is chosen. */
export function ChooseTenant(/** @type {{ what: string }} */ { what }) {
  const id = useId();
  const [text, setText] = useState('');
  const known = recentTenants();
  return html`<div class="empty">
    <h2>Which tenant?</h2>
    <p>${what} of one tenant. Name it here or at the top of the menu; it stays chosen on every screen.</p>
    <form
      class="inline"
      onSubmit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        text.trim() && go(href(location.pathname.split('/').slice(2).map(decodeURIComponent), { tenant: text.trim() }));
      }}
    >
      <label class="hidden" for=${id}>Tenant</label>
      <input id=${id} value=${text} placeholder="tenant-123" list="tenants" autocomplete="off" spellcheck=${false}
        onInput=${(/** @type {any} */ event) => setText(event.target.value)} />
      <button type="submit" class="button primary"><span>Show</span></button>
    </form>
    ${
      known.length > 0 &&
      html`<ul class="chips">
      ${known.map((one) => html`<li><a href=${href(location.pathname.split('/').slice(2).map(decodeURIComponent), { tenant: one })}>${visible(one)}</a></li>`)}
    </ul>`
    }
  </div>`;
}
