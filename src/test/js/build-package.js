/**
 * Makes the npm package from the sources: `node build-package.js <folder>`. It holds the modules as
 * they are, minified ones below `min/`, CommonJS below `cjs/`, and one script with a global.
 */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SOURCES = fileURLToPath(new URL('../../main/js/', import.meta.url));
const LICENSE = fileURLToPath(new URL('../../../LICENSE', import.meta.url));
export const MODULES = ['switchboard', 'sse', 'presence', 'tail', 'visitors', 'react'];
const TARGET = 'es2022';

export async function buildPackage(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(SOURCES, folder, { recursive: true });
  cpSync(LICENSE, `${folder}/LICENSE`);
  const modules = { entryPoints: MODULES.map((name) => `${SOURCES}${name}.js`), target: TARGET };
  // Bundling drops constants that were put in their places; the modules stay apart.
  const apart = { bundle: true, external: ['./*', 'react'] };
  await build({ ...modules, ...apart, outdir: `${folder}/min`, format: 'esm', minify: true });
  await build({ ...modules, outdir: `${folder}/cjs`, format: 'cjs', platform: 'node' });
  addTypes(`${folder}/cjs`);
  addTypes(`${folder}/min`);
  writeFileSync(`${folder}/cjs/package.json`, '{ "type": "commonjs" }\n');
  await buildGlobal(folder);
}

function addTypes(folder) {
  for (const name of readdirSync(SOURCES).filter((one) => one.endsWith('.d.ts'))) {
    cpSync(`${SOURCES}${name}`, `${folder}/${name}`);
  }
}

/** For pages without modules: everything but the hooks, as `SwitchboardClient`. */
function buildGlobal(folder) {
  const contents = `
    import * as core from './switchboard.js';
    import { presence } from './presence.js';
    import { tail } from './tail.js';
    import { visitor } from './visitors.js';
    export const { Switchboard, SwitchboardError, Unauthorized, CLOSE_ACTIONS } = core;
    export { presence, tail, visitor };`;
  return build({
    stdin: { contents, resolveDir: SOURCES },
    outfile: `${folder}/switchboard.global.js`,
    bundle: true,
    minify: true,
    target: TARGET,
    format: 'iife',
    globalName: 'SwitchboardClient',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildPackage(process.argv[2]);
}
