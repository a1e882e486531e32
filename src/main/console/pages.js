/**
 * Everything that a page loads: the console or the portal, as its address says. Nodes serve this module and
 * all that it imports in one file.
 *
 * @module
 */
import { openConsole } from './app.js';
import { openPortal } from './portal.js';
import { inPortal, watchVersion } from './route.js';

/** @returns {Promise<void>} Once the first screen is shown */
export function run(/** @type {string | undefined} */ ticket) {
  // What signed a framed page in is in its memory alone.
  window.parent === window && watchVersion();
  return inPortal ? openPortal(ticket) : openConsole(ticket);
}
