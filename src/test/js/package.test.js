import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildPackage, MODULES } from './build-package.js';
import { eventMap } from './event-map.js';
import * as core from '../../main/js/switchboard.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));
const PACKAGE = `${ROOT}target/client/package`;
const PROJECT = `${ROOT}target/client/project`;
const KIB = 1024;
/** Most bytes, gzipped: of what npm carries minified, and of what nodes serve as it is written. */
const MAX_SIZES = {
  switchboard: { minified: 8 * KIB, source: 16 * KIB },
  sse: { minified: 2 * KIB, source: 4 * KIB },
  presence: { minified: KIB, source: 2 * KIB },
  tail: { minified: KIB, source: 2 * KIB },
  visitors: { minified: KIB / 2, source: KIB },
  react: { minified: 2 * KIB, source: 3 * KIB },
};

const gzipped = (path) => gzipSync(readFileSync(path), { level: 9 }).length;

before(async () => {
  await buildPackage(PACKAGE);
  installPacked();
});

/** What npm would install, in a project that is empty but for React and TypeScript's types of it. */
function installPacked() {
  rmSync(PROJECT, { recursive: true, force: true });
  mkdirSync(`${PROJECT}/node_modules/@types`, { recursive: true });
  writeFileSync(`${PROJECT}/package.json`, '{ "name": "project", "private": true, "type": "module" }\n');
  const [{ filename }] = JSON.parse(npm(PACKAGE, 'pack', '--json', '--pack-destination', PROJECT));
  npm(PROJECT, 'install', '--offline', '--no-save', '--legacy-peer-deps', `./${filename}`);
  for (const name of [
    'react',
    'react-dom',
    'scheduler',
    'ws',
    '@types/react',
    '@types/node',
    'undici-types',
    'csstype',
  ]) {
    symlinkSync(`${HERE}node_modules/${name}`, `${PROJECT}/node_modules/${name}`, 'dir');
  }
}

function npm(folder, ...args) {
  return execFileSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
}

describe('sizes', () => {
  for (const name of MODULES) {
    test(`of ${name}`, (t) => {
      const sizes = {
        minified: gzipped(`${PACKAGE}/min/${name}.js`),
        source: gzipped(`${PACKAGE}/${name}.js`),
      };
      t.diagnostic(`minified ${sizes.minified}, source ${sizes.source} bytes gzipped`);
      for (const [kind, size] of Object.entries(sizes)) {
        assert.ok(
          size <= MAX_SIZES[name][kind],
          `${kind}: ${size} bytes are more than ${MAX_SIZES[name][kind]}`,
        );
      }
    });
  }
});

describe('the installed package', () => {
  const run = (name, code, ...flags) => {
    writeFileSync(`${PROJECT}/${name}`, code);
    return execFileSync(process.execPath, [...flags, name], {
      cwd: PROJECT,
      encoding: 'utf8',
      timeout: 20_000,
    }).trim();
  };
  const names = 'CLOSE_ACTIONS,Switchboard,SwitchboardError,Unauthorized';

  test('has no dependencies', () => {
    const installed = JSON.parse(readFileSync(`${PROJECT}/node_modules/@switchboard/client/package.json`));
    assert.equal(installed.dependencies, undefined);
    assert.deepEqual(Object.keys(core).sort().join(), names);
  });

  test('is imported as modules', () => {
    const code = MODULES.filter((name) => name !== 'sse').map(
      (name) => `import * as ${name} from '@switchboard/client${name === 'switchboard' ? '' : `/${name}`}';`,
    );
    assert.equal(
      run(
        'esm.js',
        `${code.join('\n')} console.log(Object.keys(switchboard).sort().join(), typeof react.useKept, typeof visitors.visitor, typeof tail.tail, typeof presence.presence)`,
      ),
      `${names} function function function function`,
    );
  });

  test('is required as CommonJS, with one class for all modules', () => {
    assert.equal(
      run(
        'cjs.cjs',
        `
      const { Switchboard } = require('@switchboard/client');
      const { visitor } = require('@switchboard/client/visitors');
      const guest = visitor('https://x', { widgetKey: 'k', chat: 'c', WebSocket: class {}, connect: false });
      console.log(guest instanceof Switchboard);`,
      ),
      'true',
    );
  });

  test('is imported minified', () => {
    assert.equal(
      run(
        'min.js',
        `import * as core from '@switchboard/client/min'; console.log(Object.keys(core).sort().join())`,
      ),
      names,
    );
  });

  test('gives a page without modules one global', () => {
    assert.equal(
      run(
        'global.cjs',
        `
      const fs = require('fs');
      const code = fs.readFileSync('node_modules/@switchboard/client/switchboard.global.js', 'utf8');
      console.log(new Function(code + '; return Object.keys(SwitchboardClient).sort().join()')());`,
      ),
      'CLOSE_ACTIONS,Switchboard,SwitchboardError,Unauthorized,presence,tail,visitor',
    );
  });

  test('falls back to server-sent events in each of its forms', () => {
    for (const [name, code] of [
      ['sse.js', `import { Switchboard } from '@switchboard/client';`],
      ['sse-min.js', `import { Switchboard } from '@switchboard/client/min';`],
      ['sse.cjs', `const { Switchboard } = require('@switchboard/client');`],
    ]) {
      assert.match(
        run(
          name,
          `${code}
        const client = new Switchboard('https://x', { token: 't', transport: 'sse', fetch: async (url) => { console.log(url); client.close(); return new Response(); } });`,
        ),
        /^https:\/\/x\/api\/v1\/events\/stream\?events=/,
      );
    }
  });
});

describe('types', () => {
  test('of payloads are those that the schemas of the server give', () => {
    assert.equal(
      readFileSync(`${ROOT}src/main/js/event-map.d.ts`, 'utf8'),
      eventMap(),
      'run scripts/client types',
    );
  });

  for (const module of ['nodenext', 'esnext']) {
    test(`accept right uses and refuse wrong ones, with modules as ${module}`, () => {
      const faults = compile(module);
      const expected = readFileSync(`${HERE}types/wrong.ts`, 'utf8')
        .split('\n')
        .flatMap((line, index) => (line.startsWith('// error:') ? [`wrong.ts:${index + 2}`] : []));
      assert.deepEqual(
        [...new Set(faults.map(({ place }) => place))],
        expected,
        faults.map(({ text }) => text).join('\n'),
      );
    });
  }

  test('are found by CommonJS projects', () => {
    cpSync(`${HERE}types/right.ts`, `${PROJECT}/right.cts`);
    assert.deepEqual(tsc('right.cts', 'nodenext'), '');
  });

  function compile(module) {
    for (const name of ['right.ts', 'wrong.ts']) {
      cpSync(`${HERE}types/${name}`, `${PROJECT}/${name}`);
    }
    return tsc('right.ts wrong.ts', module)
      .split('\n')
      .filter((line) => /^\S+\(\d/.test(line))
      .map((text) => {
        const [, file, line] = /^(\S+)\((\d+),/.exec(text);
        return { place: `${file}:${line}`, text };
      });
  }

  function tsc(files, module) {
    const resolution = module === 'esnext' ? 'bundler' : module;
    const flags = `--noEmit --strict --target es2022 --lib es2023,dom,dom.iterable --module ${module} --moduleResolution ${resolution} --types node`;
    const command = [`${HERE}node_modules/typescript/lib/tsc.js`, ...flags.split(' '), ...files.split(' ')];
    return spawnSync(process.execPath, command, { cwd: PROJECT, encoding: 'utf8' }).stdout.trim();
  }
});

describe('the declared class', () => {
  test('has the members that the types name, and no others', () => {
    const text = readFileSync(`${ROOT}src/main/js/switchboard.d.ts`, 'utf8');
    const body = text.slice(text.indexOf('export class Switchboard {'));
    const declared = new Set(
      [...body.matchAll(/^ {2}(?:readonly )?([a-zA-Z]+)[(<:]/gm)].map(([, name]) => name),
    );
    const real = Object.getOwnPropertyNames(core.Switchboard.prototype);
    assert.deepEqual([...declared].sort(), real.sort());
  });
});
