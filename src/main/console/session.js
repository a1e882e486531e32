/**
 * Who is signed in, what they may do, and the tenant they look at.
 *
 * @module
 * @typedef {import('./types.js').Session} Session
 */
import { useEffect, useState } from './html.js';
import { inPortal, route } from './route.js';

/** @type {Session | undefined} */
let session;
/** @type {Set<() => void>} */
const sessionListeners = new Set();

export function setSession(/** @type {Session | undefined} */ next) {
  session = next;
  sessionListeners.forEach((listener) => listener());
}

/** @returns {Session | undefined} */
export function useSession() {
  const [now, setNow] = useState(session);
  useEffect(() => {
    const listener = () => setNow(session);
    sessionListeners.add(listener);
    return () => void sessionListeners.delete(listener);
  }, []);
  return now;
}

/** Whether the caller has one of these scopes. */
export function may(/** @type {string[]} */ ...scopes) {
  return scopes.some((scope) => session?.scopes.includes(scope));
}

export function ofAllTenants() {
  return session?.all_tenants ?? false;
}

/** Whether a user signed in, not a backend's key. */
export function signedInAsPerson() {
  return Boolean(session?.user);
}

/** The tenant that the screen is about; empty: all, or none chosen yet. */
export function tenant() {
  return session?.tenant ?? route().query.tenant ?? '';
}

const TENANTS = 'switchboard.tenants';

/** The tenants looked at last, newest first. */
export function recentTenants() {
  try {
    const known = JSON.parse(localStorage.getItem(TENANTS) ?? '[]');
    return /** @type {string[]} */ (Array.isArray(known) ? known.map(String) : []);
  } catch {
    return [];
  }
}

export function rememberTenant(/** @type {string} */ name) {
  if (!name || inPortal) {
    return;
  }
  try {
    const known = [name, ...recentTenants().filter((one) => one !== name)].slice(0, 12);
    localStorage.setItem(TENANTS, JSON.stringify(known));
  } catch {
    // Without storage they are not remembered.
  }
}

const THEME = 'switchboard.theme';

/** @returns {'auto' | 'light' | 'dark'} */
export function theme() {
  const now = document.documentElement.dataset.theme;
  return now === 'light' || now === 'dark' ? now : 'auto';
}

export function setTheme(/** @type {string} */ name, { keep = true } = {}) {
  if (name === 'light' || name === 'dark') {
    document.documentElement.dataset.theme = name;
  } else {
    delete document.documentElement.dataset.theme;
  }
  try {
    keep && localStorage.setItem(THEME, name);
  } catch {
    // Without storage it lasts as long as the page.
  }
}

export function storedTheme() {
  try {
    return localStorage.getItem(THEME) ?? 'auto';
  } catch {
    return 'auto';
  }
}
