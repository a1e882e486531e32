/**
 * Screens whose modules are loaded when they are first shown.
 *
 * @module
 * @typedef {() => Promise<Record<string, any>>} Load
 */
import { html, useEffect, useState } from './html.js';
import { Empty, Head, Loading } from './ui.js';

/** @type {Map<Load, Record<string, any>>} */
const loaded = new Map();
const RELOADED = 'switchboard.reloaded';

/** An element of the component `name` of a module. `load` must be the same function each time. */
export function lazy(
  /** @type {Load} */ load,
  /** @type {string} */ name,
  /** @type {Record<string, unknown> & { key?: string }} */ { key, ...props } = {},
) {
  return html`<${Lazy} key=${`${name} ${key ?? ''}`} load=${load} name=${name} props=${props} />`;
}

function Lazy(/** @type {{ load: Load, name: string, props: Record<string, unknown> }} */ { load, name, props }) {
  const [module, setModule] = useState(loaded.get(load));
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let current = true;
    loaded.has(load) ||
      load().then(
        (found) => {
          loaded.set(load, found);
          current && setModule(found);
        },
        () => reloadOnce() || setFailed(true),
      );
    return () => {
      current = false;
    };
  }, [load]);
  if (failed) {
    return html`<${Head} title="Not loaded" /><${Empty} title="This screen could not be loaded">
      <p>The node that answered may have another version, as during an upgrade. Load the page again in a moment.</p>
    </${Empty}>`;
  }
  return module ? html`<${module[name]} ...${props} />` : html`<${Loading} />`;
}

/** A node of another version lacks the file; after a reload the page and its files fit together. */
function reloadOnce() {
  try {
    if (sessionStorage.getItem(RELOADED)) {
      return false;
    }
    sessionStorage.setItem(RELOADED, '1');
  } catch {
    return false;
  }
  location.reload();
  return true;
}
