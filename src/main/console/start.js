/**
 * Takes the ticket out of the address before anything else runs, then loads the pages. This file has
 * no hash in its address and every version of a node serves it; what it loads may be missing at a
 * node of another version during an upgrade.
 *
 * @module
 */
const TICKET = /^#ticket=([A-Za-z0-9._~-]+)$/;
const ticket = TICKET.exec(location.hash)?.[1];
if (location.hash) {
  history.replaceState(history.state, '', location.pathname + location.search);
}

// A link with a ticket that is opened in a page that is open already.
addEventListener('hashchange', () => TICKET.test(location.hash) && location.reload());

const RELOADED = 'switchboard.reloaded';
/** Milliseconds after which one more reload is allowed. */
const FORGOTTEN_AFTER = 30_000;
const application = /** @type {HTMLLinkElement} */ (document.getElementById('application')).href;

if (/** @type {any} */ (document).prerendering) {
  document.addEventListener('prerenderingchange', load, { once: true });
} else {
  load();
}

async function load() {
  try {
    requireStyle();
    const pages = await import(application);
    await pages.run(ticket);
    // Only then may a file that is missing reload the page once more.
    setTimeout(() => remember(undefined), FORGOTTEN_AFTER);
  } catch (error) {
    console.error(error);
    retry();
  }
}

/** Styles are loaded before scripts run; a page without them is as good as not loaded. */
function requireStyle() {
  const link = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel=stylesheet]'));
  if (!link.sheet?.cssRules.length) {
    throw new Error(`${link.href} is not there`);
  }
}

/** One reload by itself, which a node of this version may answer; then words. */
function retry() {
  if (!ticket && remember('1')) {
    location.reload();
    return;
  }
  const words = document.createElement('p');
  words.className = 'starting';
  words.textContent =
    'The pages could not be loaded. While nodes are being upgraded they serve different versions: ' +
    'load this page again in a moment.';
  document.getElementById('root')?.replaceChildren(words);
}

/** @returns {boolean} Whether it was not remembered before and is now */
function remember(/** @type {string | undefined} */ value) {
  try {
    const before = sessionStorage.getItem(RELOADED);
    value ? sessionStorage.setItem(RELOADED, value) : sessionStorage.removeItem(RELOADED);
    return !before;
  } catch {
    return false;
  }
}
