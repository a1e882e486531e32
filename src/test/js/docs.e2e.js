import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { after, before, describe, test as testWithoutLimit } from 'node:test';
import { chromium } from 'playwright-core';
import { RealNode } from './real-node.js';

const ROOT = new URL('../../../', import.meta.url);
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const LOCAL_NODE = 'http://127.0.0.1:8080';
/** What does not happen within a minute never will: then the test fails instead of waiting on. */
const test = (name, run) => testWithoutLimit(name, { timeout: 60_000 }, run);

/** The one HTML page that a page of the documentation shows. */
function example(file) {
  return /```html\n(<!doctype html>[^]*?)```/.exec(readFileSync(new URL(file, ROOT), 'utf8'))[1];
}

describe('documentation in Chromium', () => {
  let node;
  let browser;
  let site;

  before(async () => {
    node = await RealNode.start('docs');
    site = await serveFirstApplication();
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: FLAGS,
    });
  });
  after(async () => {
    await browser?.close();
    site?.close();
    await node?.end();
  });

  /** The first application: its page as it is printed, with the address of the test's node, and its backend. */
  function serveFirstApplication() {
    const page = example('src/docs/start/first-app.md').replaceAll(LOCAL_NODE, node.url);
    const token = node.token('1');
    const server = createServer((request, response) => {
      const isPage = request.url === '/calls.html';
      response.writeHead(200, { 'Content-Type': isPage ? 'text/html' : 'text/plain' });
      response.end(isPage ? page : token);
    }).listen(0, '127.0.0.1');
    return once(server, 'listening').then(() => server);
  }

  async function open(address, options) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(address);
    return { context, page, complaints };
  }

  const publish = (event) => node.call('POST', '/events', { tenant_id: 'tenant-123', ...event });

  test('page of the README, opened as a file, shows an event', async () => {
    const file = new URL('target/client-tests/readme.html', ROOT);
    const text = example('README.md').replaceAll(LOCAL_NODE, node.url);
    writeFileSync(file, text.replace("'TOKEN'", `'${node.token('1')}'`));
    const { context, page } = await open(file.href);
    await page.getByText('connected').waitFor();

    await publish({ type: 'call.incoming', payload: { caller_id: '+1234567890' } });

    await page.getByText('+1234567890 is calling').waitFor();
    await context.close();
  });

  test('first application shows kept calls, and forgets them', async () => {
    const call = { keep: 'calls/1', payload: { unique_id: '1', caller_id: '+1234567890' } };
    await publish({ type: 'call.incoming', ...call });
    const { context, page } = await open(`http://127.0.0.1:${site.address().port}/calls.html`);
    await page.getByText('+1234567890: incoming').waitFor();

    await publish({ type: 'call.answered', ...call });
    await page.getByText('+1234567890: answered').waitFor();
    await publish({ type: 'call.ended', ...call, forget: true });

    await page.waitForFunction(() => !document.querySelector('li'));
    await context.close();
  });

  test('search finds a close code by keyboard', async () => {
    const { context, page, complaints } = await open(`${node.url}/docs`);
    await page.keyboard.press('/');
    await page.keyboard.type('4408');
    await page.locator('.results a').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');

    await page.waitForURL(/\/docs\/.+/);
    assert.match(await page.locator('article').innerText(), /4408/);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('every page fits a narrow screen', async () => {
    const { context, page, complaints } = await open(`${node.url}/docs`, {
      viewport: { width: 320, height: 640 },
    });
    const addresses = await page.locator('.index a').evaluateAll((links) => links.map((link) => link.href));
    assert.ok(addresses.length > 40);

    for (const address of [`${node.url}/docs`, ...addresses]) {
      await page.goto(address);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320, address);
    }
    await page.getByRole('link', { name: 'Pages', exact: true }).click();
    assert.ok(await page.locator('#pages').isVisible());
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
