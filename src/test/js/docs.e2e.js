import assert from 'node:assert/strict';
import { after, before, describe, test as testWithoutLimit } from 'node:test';
import { chromium } from 'playwright-core';
import { RealNode } from './real-node.js';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
/** What does not happen within a minute never will: then the test fails instead of waiting on. */
const test = (name, run) => testWithoutLimit(name, { timeout: 60_000 }, run);

describe('documentation in Chromium', () => {
  let node;
  let browser;

  before(async () => {
    node = await RealNode.start('docs');
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: FLAGS,
    });
  });
  after(async () => {
    await browser?.close();
    await node?.end();
  });

  async function open(address, options) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(address);
    return { context, page, complaints };
  }

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
