/**
 * The portal of one tenant, opened by a link that works once. Its token lives in this page's memory; a
 * page that is not framed keeps it in the tab, so that a reload does not end it.
 *
 * @module
 * @typedef {{ token: string, expires_at: string, tenant: string, user: string | null, scopes: string[], theme?: string,
 *   return_url?: string | null, refresh_url?: string | null, name?: string | null, logo?: string | null, accent?: string | null }} Portal
 */
import { Problem, call, onExpired, useBearer } from './api.js';
import { html, render, useEffect, useState } from './html.js';
import { Log } from './log.js';
import { interceptLinks } from './route.js';
import { attemptsScreen, keptScreen, userScreen, webhookScreen } from './screens.js';
import { may, setSession, setTheme } from './session.js';
import { Screens } from './shell.js';
import { linkable, visible } from './text.js';
import { Icon, Questions, Voice, toast } from './ui.js';

const STORED = 'switchboard.portal';
const framed = window.parent !== window;

/** @returns {Promise<void>} Once the first screen is shown */
export async function openPortal(/** @type {string | undefined} */ ticket) {
  const root = /** @type {HTMLElement} */ (document.getElementById('root'));
  interceptLinks();
  const { portal, problem } = await redeemed(ticket);
  root.replaceChildren();
  render(html`<${PortalPage} portal=${portal} problem=${problem} />`, root);
}

/** @returns {Promise<{ portal: Portal | undefined, problem: Problem | undefined }>} */
async function redeemed(/** @type {string | undefined} */ ticket) {
  if (!ticket) {
    return { portal: stored(), problem: undefined };
  }
  try {
    const portal = await call('POST', '/api/v1/portal/session', { body: { ticket } });
    keep(portal);
    return { portal, problem: undefined };
  } catch (/** @type {any} */ problem) {
    return { portal: undefined, problem };
  }
}

/** @returns {Portal | undefined} */
function stored() {
  try {
    const portal = framed ? undefined : JSON.parse(sessionStorage.getItem(STORED) ?? 'null');
    return portal && Date.parse(portal.expires_at) > Date.now() ? portal : undefined;
  } catch {
    return undefined;
  }
}

function keep(/** @type {Portal | undefined} */ portal) {
  try {
    if (!framed) {
      portal ? sessionStorage.setItem(STORED, JSON.stringify(portal)) : sessionStorage.removeItem(STORED);
    }
  } catch {
    // Without storage it lasts as long as the page.
  }
}

function PortalPage(/** @type {{ portal: Portal | undefined, problem: Problem | undefined }} */ { portal, problem }) {
  const [ended, setEnded] = useState(!portal);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    if (portal) {
      useBearer(portal.token);
      setTheme(portal.theme ?? 'auto', { keep: false });
      accent(portal.accent);
      setSession({ ...portal, kind: 'portal', all_tenants: false });
      setReady(true);
      const end = () => {
        keep(undefined);
        setEnded(true);
      };
      onExpired(end);
      const left = Date.parse(portal.expires_at) - Date.now();
      const timers = [setTimeout(end, Math.min(left, 2 ** 31 - 1))];
      left > 120_000 && timers.push(setTimeout(() => toast('This portal ends in 2 minutes'), left - 120_000));
      return () => timers.forEach(clearTimeout);
    }
    return undefined;
  }, []);
  return html`<${Voice} /><${Questions} />
    ${ended ? html`<${Ended} portal=${portal} problem=${problem} />` : ready && html`<${Screens} groups=${PORTAL_GROUPS} brand=${html`<${Customer} portal=${portal} />`} person=${html`<${Back} portal=${portal} />`} />`}`;
}

/** A colour that was checked when the link was made; checked again before it becomes a style. */
function accent(/** @type {string | null | undefined} */ colour) {
  if (colour && /^#[0-9a-fA-F]{6}$/.test(colour)) {
    document.documentElement.style.setProperty('--brand', colour);
  }
}

function Ended(/** @type {{ portal: Portal | undefined, problem: Problem | undefined }} */ { portal, problem }) {
  const again = linkable(portal?.refresh_url);
  const back = linkable(portal?.return_url);
  useEffect(() => {
    document.title = 'Portal ended';
  }, []);
  return html`<main class="signin">
    <div>
      <h1>${problem || portal ? 'This link is used up' : 'Open the portal by its link'}</h1>
      <p>A link opens once and for a limited time. Go back to the application that you came from and open it again.</p>
      ${problem && html`<p class="hint">${visible(problem.message)}</p>`}
      <p class="row">
        ${again && html`<a class="button primary" href=${again}>Open it again</a>`}
        ${back && html`<a class="button" href=${back}>Go back</a>`}
      </p>
    </div>
  </main>`;
}

/** @type {import('./shell.js').Group[]} */
const PORTAL_GROUPS = [
  {
    title: '',
    screens: [
      { key: 'webhooks', name: 'Webhooks', shown: () => may('webhooks'), page: webhookScreen },
      { key: 'attempts', name: 'Attempts', shown: () => may('webhooks'), page: attemptsScreen },
      { key: 'log', name: 'Log', shown: () => may('events:read'), page: () => html`<${Log} />` },
      { key: 'kept', name: 'Kept state', shown: () => may('kept:read'), page: keptScreen },
      { key: 'users', name: 'Users', shown: () => may('presence:read'), page: userScreen },
    ],
  },
];

function Customer(/** @type {{ portal: Portal }} */ { portal }) {
  const logo = safeImage(portal.logo);
  return html`<span class="customer">${logo && html`<img src=${logo} alt="" width="24" height="24" />`}<span>${visible(portal.name ?? portal.tenant)}</span></span>`;
}

/** Raster images inside the address or of this origin. */
function safeImage(/** @type {string | null | undefined} */ logo) {
  if (!logo) {
    return undefined;
  }
  if (/^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(logo)) {
    return logo;
  }
  try {
    const url = new URL(logo, location.origin);
    return url.origin === location.origin ? url.href : undefined;
  } catch {
    return undefined;
  }
}

function Back(/** @type {{ portal: Portal }} */ { portal }) {
  const back = linkable(portal.return_url);
  return html`${back && html`<p><a href=${back}><${Icon} name="back" /> Back to ${visible(portal.name ?? 'the application')}</a></p>`}
    ${portal.user && html`<p class="faint">${visible(portal.user)}</p>`}`;
}
