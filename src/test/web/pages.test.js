import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const PAGES = fileURLToPath(new URL('../../main/console/', import.meta.url));
/** Nodes serve the JavaScript client beside the pages as well. */
const CLIENT = fileURLToPath(new URL('../../main/js/', import.meta.url));
const MODULES = fileURLToPath(new URL('node_modules/', import.meta.url));
const VENDOR = {
  'vendor/preact.module.js': 'preact/dist/preact.module.js',
  'vendor/hooks.module.js': 'preact/hooks/dist/hooks.module.js',
  'vendor/htm.module.js': 'htm/dist/htm.module.js',
};
/** Most bytes, gzipped: of what a page loads at once, as it is served, and of all screens minified. */
const FIRST_SCREEN = 48 * 1024;
const ALL_MINIFIED = 60 * 1024;

const files = readdirSync(PAGES).filter((name) => /\.(js|css|svg|html)$/.test(name));
const source = (name) => readFileSync(VENDOR[name] ? MODULES + VENDOR[name] : PAGES + name, 'utf8');
const gzipped = (text) => gzipSync(text, { level: 9 }).length;
const html = files.filter((name) => name.endsWith('.html'));

/** The modules that `name` imports before it runs, itself included. */
function loadedWith(name, seen = new Set()) {
  if (!seen.has(name)) {
    seen.add(name);
    for (const [, other] of source(name).matchAll(/^(?:import|export)[^;]*?from '\.\/([a-z-]+\.js)';/gms)) {
      loadedWith(other, seen);
    }
  }
  return seen;
}

describe('the pages', () => {
  test('name only files that there are', () => {
    for (const page of html) {
      for (const [, name] of source(page).matchAll(/["'/](?:console|portal)\/(?:\{hash\}\/)?([a-z/.-]+\.[a-z]+)"/g)) {
        const path = name.startsWith('client/') ? CLIENT + name.slice('client/'.length) : PAGES + name;
        assert.ok(VENDOR[name] || existsSync(path), `${page} names ${name}`);
      }
    }
  });

  test('make no HTML from text, have no styles or scripts in attributes, and load nothing from elsewhere', () => {
    for (const name of files) {
      const text = source(name);
      assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/, name);
      assert.doesNotMatch(text, /\sstyle=|\son[a-z]+="/, name);
      assert.doesNotMatch(text, /(src|href|from|import)\s*[=(]?\s*["']https?:/, name);
    }
  });
});

describe('sizes, gzipped', () => {
  test('what the first screen loads', (t) => {
    for (const first of ['app.js', 'portal.js']) {
      const modules = [...loadedWith(first), 'start.js', ...Object.keys(VENDOR)];
      const names = [...modules, 'console.css', 'favicon.svg', first === 'app.js' ? 'index.html' : 'portal.html'];
      const size = names.reduce((sum, name) => sum + gzipped(source(name)), 0);
      t.diagnostic(`${first}: ${size} bytes in ${names.length} files`);
      assert.ok(size <= FIRST_SCREEN, `${first} and what it loads have ${size} bytes`);
    }
  });

  test('all screens and what they need, minified', async (t) => {
    const modules = files.filter((name) => name.endsWith('.js') && name !== 'start.js');
    const scripts = await build({
      stdin: {
        contents: modules.map((name, at) => `export * as part${at} from './${name}';`).join('\n'),
        resolveDir: PAGES,
      },
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      nodePaths: [MODULES],
      write: false,
    });
    const style = await build({ entryPoints: [`${PAGES}console.css`], minify: true, write: false });
    const [size, css] = [scripts, style].map((one) => gzipped(one.outputFiles[0].contents));
    const served = [...files, ...Object.keys(VENDOR)].reduce((sum, name) => sum + gzipped(source(name)), 0);
    t.diagnostic(`minified ${size} and ${css}; as served, over all screens, ${served} bytes`);
    assert.ok(size + css <= ALL_MINIFIED, `all screens have ${size + css} bytes`);
  });
});
