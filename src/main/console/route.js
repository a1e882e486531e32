/**
 * The address of the page is the state of the screen: its path names the screen, its query the filters.
 *
 * @module
 * @typedef {{ path: string[], query: Record<string, string> }} Route
 */
import { useEffect, useState } from './html.js';

const BASE = location.pathname.startsWith('/portal') ? '/portal/' : '/console/';
/** Members of the query that follow the operator from screen to screen. */
const STICKY = ['tenant'];

/** @type {Set<() => void>} */
const listeners = new Set();

export const inPortal = BASE === '/portal/';

/** @returns {Route} */
export function route() {
  const rest = location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length) : '';
  return {
    path: rest.split('/').filter(Boolean).map(decode),
    query: Object.fromEntries(new URLSearchParams(location.search)),
  };
}

function decode(/** @type {string} */ part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a screen; `tenant` comes along unless the query says otherwise. */
export function href(
  /** @type {(string | number | null | undefined)[]} */ path,
  /** @type {Record<string, unknown>} */ query = {},
) {
  const now = route().query;
  const all = { ...Object.fromEntries(STICKY.map((name) => [name, now[name]])), ...query };
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined && value !== null && value !== '' && value !== false) {
      parameters.set(name, String(value));
    }
  }
  const text = parameters.toString();
  return BASE + path.map((part) => encodeURIComponent(part ?? '')).join('/') + (text ? `?${text}` : '');
}

/** The address of a user's page; ids may end like a file, so they are no part of the path. */
export function userHref(/** @type {string} */ user, /** @type {Record<string, unknown>} */ query = {}) {
  return href(['users'], { ...query, user });
}

/** The address of a collection of kept events. */
export function keptHref(
  /** @type {string | undefined} */ collection,
  /** @type {Record<string, unknown>} */ query = {},
) {
  return href(['kept'], { ...query, collection });
}

/** Whether nodes serve pages of another version by now. */
let outdated = false;
const LOOKS_EVERY = 300_000;

/**
 * Finds out, while the page is visible, whether it is outdated: the next screen is then loaded from the node,
 * so that page and node fit together again. Nothing that is being typed is lost.
 */
export function watchVersion() {
  const mine = /** @type {HTMLLinkElement} */ (document.getElementById('application')).href;
  const look = async () => {
    if (document.visibilityState === 'visible') {
      const page = await fetch(BASE, { cache: 'no-store' }).then((response) => response.text());
      const [, theirs] = /id="application" href="([^"]+)"/.exec(page) ?? [];
      outdated = theirs !== undefined && new URL(theirs, location.href).href !== mine;
    }
  };
  const lookIfPossible = () => void look().catch(() => {});
  document.addEventListener('visibilitychange', lookIfPossible);
  setInterval(lookIfPossible, LOOKS_EVERY);
}

export function go(/** @type {string} */ address, { replace = false } = {}) {
  if (outdated && !replace) {
    location.assign(address);
    return;
  }
  if (address !== location.pathname + location.search) {
    history[replace ? 'replaceState' : 'pushState'](null, '', address);
  }
  listeners.forEach((listener) => listener());
}

/** Changes members of the query on the same screen. */
export function filter(/** @type {Record<string, unknown>} */ changes, { replace = false } = {}) {
  const { path, query } = route();
  go(href(path, { ...query, ...changes }), { replace });
}

/** @returns {Route} The present one; the screen is drawn again when it changes */
export function useRoute() {
  const [now, setNow] = useState(route);
  useEffect(() => {
    const listener = () => setNow(route());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return now;
}

/** Links inside the pages change the address without a load; all others stay what they are. */
export function interceptLinks() {
  addEventListener('popstate', () => listeners.forEach((listener) => listener()));
  document.addEventListener('click', (event) => {
    const link = /** @type {Element} */ (event.target).closest('a');
    const plain = !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.origin !== location.origin) {
      return;
    }
    if (
      link.pathname.startsWith(BASE) &&
      !link.hasAttribute('download') &&
      !link.getAttribute('href')?.startsWith('#')
    ) {
      event.preventDefault();
      // What only opens or closes on the screen is no step of the history.
      const stays = link.hasAttribute('data-stay');
      go(link.pathname + link.search, { replace: stays });
      stays || scrollTo(0, 0);
    }
  });
}
