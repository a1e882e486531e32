import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const PAGES = fileURLToPath(new URL('../../main/console/', import.meta.url));
const MODULES = fileURLToPath(new URL('node_modules/', import.meta.url));
const VENDOR = {
  'vendor/preact.module.js': 'preact/dist/preact.module.js',
  'vendor/hooks.module.js': 'preact/hooks/dist/hooks.module.js',
  'vendor/htm.module.js': 'htm/dist/htm.module.js',
};
const files = readdirSync(PAGES).filter((name) => /\.(js|css|svg|html)$/.test(name));
const source = (name) => readFileSync(VENDOR[name] ? MODULES + VENDOR[name] : PAGES + name, 'utf8');
const html = files.filter((name) => name.endsWith('.html'));

describe('the pages', () => {
  test('name only files that there are', () => {
    for (const page of html) {
      for (const [, name] of source(page).matchAll(/["'/](?:console|portal)\/(?:\{hash\}\/)?([a-z/.-]+\.[a-z]+)"/g)) {
        assert.ok(VENDOR[name] || existsSync(PAGES + name), `${page} names ${name}`);
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

/** Nodes put all modules into one scope. */
describe('the scope that all modules share', () => {
  const path = fileURLToPath(new URL('tsconfig.json', import.meta.url));
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(path, ts.sys.readFile).config,
    ts.sys,
    fileURLToPath(new URL('.', import.meta.url)),
  );
  const program = ts.createProgram(fileNames, options);
  const checker = program.getTypeChecker();
  const modules = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.startsWith(PAGES) && /(?<!start)\.js$/.test(fileName));

  function namesOf(statement) {
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map(({ name }) => name.getText());
    }
    return ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) ? [statement.name.text] : [];
  }

  /** Names of the browser that a module uses. */
  function globalsOf(module) {
    const found = new Set();
    const visit = (node) => {
      if (ts.isIdentifier(node) && !isMember(node) && isOfBrowser(checker.getSymbolAtLocation(node))) {
        found.add(node.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(module);
    return found;
  }

  function isMember({ parent }) {
    return ts.isPropertyAssignment(parent) || ts.isBindingElement(parent) || ts.isJSDoc(parent);
  }

  function isOfBrowser(symbol) {
    const { declarations = [] } = symbol ?? {};
    return (
      declarations.length > 0 &&
      !symbol.parent &&
      declarations.every((one) => program.isSourceFileDefaultLibrary(one.getSourceFile()))
    );
  }

  test('hides no name of the browser from a module that uses it', () => {
    assert.ok(modules.length > 20);
    const declared = new Set(modules.flatMap((one) => one.statements.flatMap(namesOf)));
    const used = new Set(modules.flatMap((one) => [...globalsOf(one)]));
    assert.ok(used.has('history') && used.has('document') && !used.has('visible'));
    assert.deepEqual(
      [...used].filter((name) => declared.has(name)),
      [],
    );
  });
});
