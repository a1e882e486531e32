/**
 * What stands around every screen: the list of screens, the tenant, the person.
 *
 * @module
 * @typedef {import('./html.js').Children} Children
 * @typedef {{ key: string, name: string, shown: () => boolean, of?: string, page: (path: string[]) => any }} Screen
 *   Address, name, whether the caller may see it, and what it shows if it is about one tenant
 * @typedef {{ title: string, screens: Screen[] }} Group
 */
import { Empty, Head, Icon, input, select, sending } from './ui.js';
import { html, useEffect, useId, useRef, useState } from './html.js';
import { go, href, inPortal, useRoute } from './route.js';
import { ofAllTenants, recentTenants, rememberTenant, setTheme, tenant, theme } from './session.js';
import { visible } from './text.js';

/** The screen that the address names, with the list of all. @param {{ groups: Group[], brand: Children, person: Children }} props */
export function Screens({ groups, brand, person }) {
  const { path } = useRoute();
  const offered = groups.map(({ title, screens }) => ({ title, screens: screens.filter((one) => one.shown()) }));
  const all = offered.flatMap(({ screens }) => screens);
  const [key = '', ...below] = path;
  const found = (/** @type {string} */ wanted) => all.find((one) => one.key === wanted);
  const screen = found(key) ?? (key ? undefined : (found('webhooks') ?? all[0]));
  return html`<${Shell} groups=${offered.filter(({ screens }) => screens.length)} now=${screen?.key ?? ''} brand=${brand} person=${person}>
    ${
      screen
        ? html`<${Shown} key=${`${screen.key} ${tenant()}`} screen=${screen} path=${below} />`
        : html`<${Head} title="Not found" />
          <${Empty} title="There is no such screen, or you may not see it">
            <p>Start again from <a href=${href([])}>the first screen</a>.</p>
          </${Empty}>`
    }
  </${Shell}>`;
}

function Shown(/** @type {{ screen: Screen, path: string[] }} */ { screen, path }) {
  return screen.of && !tenant()
    ? html`<${Head} title=${screen.name} /><${ChooseTenant} what=${screen.of} />`
    : screen.page(path);
}

/**
 * @param {{ groups: Group[], now: string, brand: Children, person: Children, children?: Children }} props
 */
function Shell({ groups, now, brand, person, children }) {
  const [open, setOpen] = useState(false);
  const { path, query } = useRoute();
  const place = path.join('/');
  useEffect(() => setOpen(false), [place, query.tenant]);
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
                  ({ key, name }) => html`<li>
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
  const choose = (/** @type {string} */ name) => {
    setTheme(name, { keep: !inPortal });
    setNow(theme());
  };
  return html`<div class="theme">
    <label for=${id}><${Icon} name="theme" /><span class="hidden">Colours</span></label>
    ${select(now, choose, [
      ['auto', 'As the system'],
      ['light', 'Light'],
      ['dark', 'Dark'],
    ])(id, undefined)}
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
  const choose = sending(() => {
    const name = text.trim();
    if (name !== now) {
      const [screen] = location.pathname.split('/').slice(2);
      go(href([screen], { tenant: name }));
    }
    field.current?.blur();
  });
  return html`<form class="tenant" onSubmit=${choose}>
    <label for=${id}>Tenant</label>
    ${input(text, setText, { ref: field, list: 'tenants', placeholder: 'all tenants', maxlength: 64, onBlur: choose })(id, undefined)}
    <datalist id="tenants">${recentTenants().map((one) => html`<option value=${one} />`)}</datalist>
  </form>`;
}

/** For screens about one tenant, as long as none is chosen. */
function ChooseTenant(/** @type {{ what: string }} */ { what }) {
  const id = useId();
  const [text, setText] = useState('');
  const known = recentTenants();
  const here = (/** @type {string} */ name) =>
    href(location.pathname.split('/').slice(2).map(decodeURIComponent), { tenant: name });
  return html`<div class="empty">
    <h2>Which tenant?</h2>
    <p>${what} of one tenant. Name it here or at the top of the menu; it stays chosen on every screen.</p>
    <form class="inline" onSubmit=${sending(() => text.trim() && go(here(text.trim())))}>
      <label class="hidden" for=${id}>Tenant</label>
      ${input(text, setText, { placeholder: 'tenant-123', list: 'tenants' })(id, undefined)}
      <button type="submit" class="button primary"><span>Show</span></button>
    </form>
    ${
      known.length > 0 &&
      html`<ul class="chips">
      ${known.map((one) => html`<li><a href=${here(one)}>${visible(one)}</a></li>`)}
    </ul>`
    }
  </div>`;
}
