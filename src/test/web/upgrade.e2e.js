import assert from 'node:assert/strict';
import { after, before, describe, test as testWithoutLimit } from 'node:test';
import { LoadBalancer } from '../js/load-balancer.js';
import { heading, launch, lookAtVersion, open as openPage, settled } from './chromium.js';
import { Cluster, token } from './cluster.js';

const TENANT = 'tenant-123';
const test = (name, run) => testWithoutLimit(name, { timeout: 120_000 }, run);

describe('the console while the nodes behind a load balancer are upgraded', () => {
  let cluster;
  let balancer;
  let browser;
  let page;
  let upgraded;
  const violations = [];

  before(async () => {
    cluster = await Cluster.start('upgrade');
    balancer = await LoadBalancer.start(
      'nginx',
      cluster.ports.map((port) => ({ port })),
    );
    browser = await launch();
    page = await openPage(await browser.newContext({ viewport: { width: 1280, height: 900 } }), violations);
    upgraded = cluster.anotherVersion('console/users.js', (text) => `${text}\nexport const ofAnotherVersion = true;\n`);
  });
  after(async () => {
    await browser?.close();
    balancer?.close();
    await cluster?.end();
  });

  const screen = (path) => `${balancer.url}/console/${path}?tenant=${TENANT}`;

  /** The part of the addresses of files that differs between versions. */
  async function version(url) {
    const [, hash] = /\/console\/([0-9a-f]{16})\//.exec(await (await fetch(`${url}/console/`)).text());
    return hash;
  }

  /** Publishes once the page follows what is published; it shows nothing from before. */
  async function publish(callId) {
    await page.getByText('live', { exact: true }).waitFor();
    await cluster.call('POST', '/events', { type: 'call.incoming', tenant_id: TENANT, payload: { call_id: callId } });
  }

  test('a page that is open goes on while the nodes serve two versions', async () => {
    await page.goto(`${balancer.url}/console/`);
    await page.getByLabel('API key or token').fill(token({ svc: true, jti: 'operator' }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await heading(page, 'Overview');
    await page.goto(screen('live'));
    await settled(page);
    await publish('before-the-upgrade');
    await page.getByText('before-the-upgrade').first().waitFor();
    await page.evaluate(() => (window.loadedOnce = true));

    await cluster.replace(1, upgraded);
    const [older, newer] = await Promise.all(cluster.urls.map(version));
    assert.notEqual(older, newer);
    await publish('during-the-upgrade');
    await page.getByText('during-the-upgrade').first().waitFor();
    assert.equal(await page.evaluate(() => window.loadedOnce), true);
  });

  test('a page that is opened meanwhile is loaded, or says what to do', async () => {
    const stranger = await openPage(await browser.newContext(), []);
    await stranger.goto(screen(''));
    await stranger
      .getByRole('heading', { level: 1, name: 'Sign in to Switchboard' })
      .or(stranger.getByText('load this page again in a moment'))
      .waitFor();
    await stranger.context().close();
  });

  test('once every node is of the new version, the open page loads it with the next screen', async () => {
    await cluster.replace(0, upgraded);
    await publish('after-the-upgrade');
    await page.getByText('after-the-upgrade').first().waitFor();
    assert.equal(await page.evaluate(() => window.loadedOnce), true);
    await lookAtVersion(page);
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await heading(page, 'Users');
    assert.equal(await page.evaluate(() => window.loadedOnce), undefined);
    const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map((one) => one.name));
    const hash = await version(cluster.urls[0]);
    assert.ok(
      loaded.some((name) => name.endsWith(`/console/${hash}/pages.js`)),
      loaded.join('\n'),
    );
    const stranger = await openPage(await browser.newContext(), violations);
    await stranger.goto(screen(''));
    await heading(stranger, 'Sign in to Switchboard');
    await stranger.context().close();
  });

  test('the policy of the pages was never violated', () => {
    assert.deepEqual(violations, []);
  });
});
