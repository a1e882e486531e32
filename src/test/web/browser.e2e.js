import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, describe, test as testWithoutLimit } from 'node:test';
import { Receiver, heading, launch, lookAtVersion, open as openPage, settled } from './chromium.js';
import { Cluster, token } from './cluster.js';
import { meaning } from './meaning.js';

const TENANT = 'tenant-123';
const PAGES = new URL('../../main/console/', import.meta.url);
/** What does not happen within a minute never will: then the test fails instead of waiting on. */
const test = (name, run) => testWithoutLimit(name, { timeout: 60_000 }, run);

describe('the console in Chromium on two nodes', () => {
  let cluster;
  let receiver;
  let browser;
  let context;
  let page;
  const violations = [];

  before(async () => {
    [cluster, receiver] = await Promise.all([Cluster.start('browser'), Receiver.start()]);
    browser = await launch();
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    page = await open(context);
  });
  after(async () => {
    await browser?.close();
    receiver?.server.close();
    await cluster?.end();
  });

  const open = (inContext) => openPage(inContext, violations);

  const screen = (path, query = {}) =>
    `${cluster.urls[0]}/console/${path}?${new URLSearchParams({ tenant: TENANT, ...query })}`;

  test('signing in exchanges the token for a session', async () => {
    await page.goto(`${cluster.urls[0]}/console/`);
    await page.getByLabel('API key or token').fill('sbk_no_such_key');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('API key or token').fill(token({ svc: true, jti: 'operator' }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await heading(page, 'Overview');
    assert.equal(await page.evaluate(() => document.cookie), '');
  });

  test('a link signs in once, and replaces a session only if the person says so', async () => {
    const link = `${cluster.urls[0]}/console/#ticket=${await cluster.ticket()}`;
    const [first, second] = [await open(await browser.newContext()), await open(await browser.newContext())];
    await first.goto(link);
    await heading(first, 'Overview');
    assert.equal(new URL(first.url()).hash, '');
    await second.goto(link);
    await second.getByRole('alert').waitFor();
    await heading(second, 'Sign in to Switchboard');
    // The page is open already: only the fragment changes.
    await page.goto(link);
    await page.getByRole('heading', { name: 'Replace your session?' }).waitFor();
    await page.getByRole('button', { name: 'Keep as it is' }).click();
    await heading(page, 'Overview');
    await Promise.all([first.context().close(), second.context().close()]);
  });

  test('what nodes serve says the same as the sources', async () => {
    const html = await (await fetch(`${cluster.urls[0]}/console/`)).text();
    const [, hash] = /\/console\/([0-9a-f]{16})\/pages\.js/.exec(html);
    const read = async (name) => (await fetch(`${cluster.urls[0]}/console/${name}`)).text();
    const source = (name) => readFileSync(new URL(name, PAGES), 'utf8');
    const served = await read(`${hash}/pages.js`);
    const placeOf = (text) =>
      served.search(
        new RegExp(`\\b${/^(?:export )?(?:async )?(?:function|const) \w+/m.exec(text)[0].replace('export ', '')}\\b`),
      );
    const modules = readdirSync(PAGES)
      .filter((name) => name.endsWith('.js') && name !== 'start.js')
      .map(source)
      .sort((one, other) => placeOf(one) - placeOf(other));
    const [theirs, ours] = [meaning(served), meaning(modules.join('\n'))];
    assert.ok(theirs.code === ours.code, difference(theirs.code, ours.code));
    assert.deepEqual(theirs.elements, ours.elements);
    assert.deepEqual(meaning(await read('start.js')), meaning(source('start.js')));
  });

  /** Where two long texts begin to differ. */
  function difference(one, other) {
    const at = [...one].findIndex((letter, index) => letter !== other[index]);
    return `${one.slice(at - 80, at + 80)}\n${other.slice(at - 80, at + 80)}`;
  }

  test('the overview shows both nodes', async () => {
    await page.getByRole('table').getByText('ready').nth(1).waitFor();
  });

  test('a webhook is created, its secret shown once, and a test call answered', async () => {
    await page.goto(screen('webhooks'));
    await page.getByRole('link', { name: 'Create a webhook' }).click();
    await page.getByLabel('Name', { exact: true }).fill('CRM');
    await page.getByLabel('Address').fill(receiver.url);
    await page.getByLabel('Types of events').fill('call.*');
    await page.keyboard.press('Enter');
    await page.getByText('Retries, order and limits').first().click();
    await page.getByLabel('Attempts after the first').fill('0');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await heading(page, /CRM/);
    await page.getByRole('heading', { name: 'Copy the secret now' }).waitFor();
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByRole('button', { name: 'Call the receiver' }).click();
    await page.getByText('The receiver accepted it').waitFor();
    assert.equal(receiver.calls.at(-1).headers['x-webhook-event'], 'webhook.test');
    await page.getByRole('button', { name: 'Close' }).click();
  });

  /** Opens the form for one event, and waits for the example: what is typed while it comes would be mixed with it. */
  async function openPublish() {
    await page.goto(screen('publish', { type: 'call.incoming' }));
    await exampleIn(page);
  }

  async function exampleIn(publish) {
    while (!(await publish.getByLabel('Payload').inputValue()).includes('unique_id')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test('a published event is delivered, and its attempt shown', async () => {
    await openPublish();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByRole('heading', { name: 'Published' }).waitFor();
    await page.goto(screen('webhooks'));
    await page.getByRole('link', { name: 'CRM' }).click();
    await page.getByRole('cell', { name: 'delivered' }).waitFor();
    await page.getByRole('link', { name: 'call.incoming' }).click();
    await heading(page, /call\.incoming/);
    await page.getByText('"answered": 200').waitFor();
    await page.getByRole('button', { name: 'Request' }).click();
    await page.getByText('X-Webhook-Event: call.incoming').waitFor();
  });

  test('the payload is checked against the schema before it is sent', async () => {
    await openPublish();
    await page.getByLabel('Payload').fill('{"caller_id": 5}');
    await page.getByText('/payload/unique_id').waitFor();
    await page.getByText('is an integer, not a string').waitFor();
  });

  test('payload schemas that a node refused are asked for again', async () => {
    const other = await open(context);
    let asked = 0;
    await other.route('**/openapi.yaml', (route) =>
      ++asked === 1 ? route.fulfill({ status: 503 }) : route.fallback(),
    );
    const refused = other.waitForResponse('**/openapi.yaml');
    await other.goto(screen('publish', { type: 'call.incoming' }));
    await refused;
    await other.getByRole('link', { name: 'Overview' }).click();
    await heading(other, 'Overview');
    await other.goBack();
    await exampleIn(other);
    assert.equal(asked, 2);
    await other.close();
  });

  test('a broken receiver shows as failing; repaired, what was given up is recovered', async () => {
    receiver.status = 500;
    await cluster.call('POST', '/events', {
      tenant_id: TENANT,
      type: 'call.ended',
      payload: { unique_id: 'lost' },
    });
    await page.goto(screen('webhooks'));
    await page.getByRole('cell', { name: 'failing' }).waitFor();
    await page.getByRole('link', { name: 'CRM' }).click();
    await page.getByRole('cell', { name: 'given up' }).waitFor();
    receiver.status = 200;
    const before = receiver.calls.length;
    await page.getByText('More', { exact: true }).click();
    await page.getByRole('button', { name: 'Recover given-up deliveries' }).click();
    await page.getByRole('button', { name: 'Recover', exact: true }).click();
    await page.getByText('1 queued').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('row', { name: /delivered.*call\.ended/ }).waitFor();
    const again = receiver.calls.slice(before).find((call) => call.headers['x-webhook-event'] === 'call.ended');
    assert.match(again.body, /lost/);
    await page.getByRole('heading', { level: 1, name: 'CRM ok' }).waitFor();
  });

  test('the live trace shows an event that another node accepts', async () => {
    await page.goto(screen('live', { type: 'chat.*' }));
    await page.getByText('live', { exact: true }).waitFor();
    await fetch(`${cluster.urls[1]}/api/v1/events`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token({ svc: true })}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ tenant_id: TENANT, type: 'chat.message', payload: { text: 'a\u202eb' } }),
    });
    await page.getByText('a⟨U+202E⟩b').first().waitFor();
    await page.locator('.event').first().click();
    assert.match(await page.locator('.detail div', { hasText: 'Event id' }).first().innerText(), /[0-9a-f-]{36}/);
    assert.equal(await page.getByText('call.incoming', { exact: true }).count(), 0);
  });

  test('deleting asks for the name, and a wrong one deletes nothing', async () => {
    await page.goto(screen('webhooks'));
    await page.getByRole('link', { name: 'CRM' }).click();
    await page.getByText('More', { exact: true }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('crm');
    assert.ok(await dialog.getByRole('button', { name: 'Delete' }).isDisabled());
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal((await cluster.call('GET', '/webhooks')).webhooks.length, 1);
  });

  test('attempts are followed live, without asking while there are none', async () => {
    const { webhooks } = await cluster.call('GET', '/webhooks');
    await page.goto(screen('attempts', { webhook: webhooks[0].id, tail: '1' }));
    await page.getByText('live', { exact: true }).waitFor();
    await settled(page);
    const rows = await page.getByRole('row').count();
    const asked = [];
    const listener = (request) => asked.push(request.url());
    page.on('request', listener);
    // Longer than two polls would take.
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    assert.deepEqual(asked, []);
    await cluster.call('POST', '/events', { tenant_id: TENANT, type: 'call.ended', payload: { unique_id: 'seen' } });
    await page.getByRole('row').nth(rows).waitFor();
    page.off('request', listener);
  });

  test('nothing is asked while the tab is hidden', async () => {
    await page.goto(screen(''));
    await heading(page, 'Overview');
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    const asked = [];
    const listener = (request) => asked.push(request.url());
    page.on('request', listener);
    // Longer than two polls would take.
    await new Promise((resolve) => setTimeout(resolve, 8_500));
    page.off('request', listener);
    assert.deepEqual(asked, []);
  });

  test('the portal shows the webhooks of its tenant to the holder of a link, once', async () => {
    const { url } = await cluster.call('POST', `/tenants/${TENANT}/portal`, { scopes: ['webhooks', 'events:read'] });
    const portal = await open(await browser.newContext());
    await portal.goto(url);
    await heading(portal, 'Webhooks');
    await portal.getByRole('link', { name: 'CRM' }).waitFor();
    assert.equal(new URL(portal.url()).hash, '');
    assert.deepEqual(await portal.context().cookies(), []);
    const other = await open(await browser.newContext());
    await other.goto(url);
    await heading(other, 'This link is used up');
    await portal.context().close();
    await other.context().close();
  });

  /**
   * Answers as a node of another version does, until the returned function is called. The routes stay, as
   * Playwright fails if one is removed while it answers.
   */
  async function upgrade(inContext) {
    let isUpgraded = true;
    await inContext.route(/\/console\/([a-z/]*)(\?.*)?$/, async (route) => {
      if (!isUpgraded) {
        await route.continue();
        return;
      }
      const response = await route.fetch();
      const body = (await response.text()).replaceAll(/\/console\/[0-9a-f]{16}\//g, '/console/00000000deadbeef/');
      await route.fulfill({ response, body, headers: { ...response.headers(), 'content-security-policy': '' } });
    });
    await inContext.route('**/console/00000000deadbeef/**', async (route) => {
      const [, hash] = /\/console\/([0-9a-f]{16})\//.exec(await (await fetch(`${cluster.urls[0]}/console/`)).text());
      const response = await route.fetch({ url: route.request().url().replace('00000000deadbeef', hash) });
      await route.fulfill({ response });
    });
    return () => (isUpgraded = false);
  }

  test('a page of an older version goes on, and the next screen is loaded from the node', async () => {
    await page.goto(screen('webhooks'));
    await settled(page);
    await page.evaluate(() => (window.loadedOnce = true));
    const downgrade = await upgrade(context);
    await lookAtVersion(page);
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await heading(page, 'Users');
    assert.equal(await page.evaluate(() => window.loadedOnce), undefined);
    await page.evaluate(() => (window.loadedOnce = true));
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click();
    await heading(page, 'Webhooks');
    assert.equal(await page.evaluate(() => window.loadedOnce), true, 'it fits the node again');
    downgrade();
  });

  for (const file of ['pages.js', 'console.css', 'vendor/htm.module.js']) {
    test(`a page whose ${file} another node lacks is loaded once more, and then says what to do`, async () => {
      const stranger = await open(await browser.newContext());
      const unexpected = violations.length;
      let missing = 1;
      await stranger.route(`**/console/*/${file}`, (route) =>
        missing-- > 0
          ? route.fulfill({ status: 404, contentType: 'application/problem+json', body: '{}' })
          : route.continue(),
      );
      await stranger.goto(screen(''));
      await heading(stranger, 'Sign in to Switchboard');
      const lost = await open(await browser.newContext());
      await lost.route(`**/console/*/${file}`, (route) => route.fulfill({ status: 404, body: '' }));
      await lost.goto(screen(''));
      await lost.getByText('load this page again in a moment').waitFor();
      violations.length = unexpected;
      await stranger.context().close();
      await lost.context().close();
    });
  }

  test('a node that dies shows as gone, and signing out ends the session', async () => {
    await page.goto(screen(''));
    await page.getByRole('table').getByText('ready').nth(1).waitFor();
    await cluster.kill();
    await page.getByRole('cell', { name: 'gone' }).waitFor({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'Sign in to Switchboard');
    await page.goto(screen('webhooks'));
    await heading(page, 'Sign in to Switchboard');
  });

  test('the policy of the pages was never violated', () => {
    assert.deepEqual(violations, []);
  });
});
