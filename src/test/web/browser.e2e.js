import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { after, before, describe, test as testWithoutLimit } from 'node:test';
import { chromium } from 'playwright-core';
import { Cluster, token } from './cluster.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const TENANT = 'tenant-123';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** What does not happen within a minute never will: then the test fails instead of waiting on. */
const test = (name, run) => testWithoutLimit(name, { timeout: 60_000 }, run);

/** A receiver of webhook calls that can break. */
class Receiver {
  status = 200;
  calls = [];

  static async start() {
    const receiver = new Receiver();
    receiver.server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        receiver.calls.push({ headers: request.headers, body });
        response.writeHead(receiver.status, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify({ answered: receiver.status }));
      });
    }).listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get url() {
    return `http://127.0.0.1:${this.server.address().port}/hook`;
  }
}

describe('the console in Chromium on two nodes', () => {
  let cluster;
  let receiver;
  let browser;
  let context;
  let page;
  const violations = [];

  before(async () => {
    [cluster, receiver] = await Promise.all([Cluster.start('browser'), Receiver.start()]);
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    page = await open(context);
  });
  after(async () => {
    await browser?.close();
    receiver?.server.close();
    await cluster?.end();
  });

  /** A page whose violations of the policy and errors are kept. */
  async function open(inContext) {
    const made = await inContext.newPage();
    made.setDefaultTimeout(15_000);
    await made.exposeFunction('violated', (text) => violations.push(text));
    await made.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        window.violated(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`),
      );
    });
    made.on('pageerror', (error) => violations.push(String(error)));
    return made;
  }

  const screen = (path, query = {}) =>
    `${cluster.urls[0]}/console/${path}?${new URLSearchParams({ tenant: TENANT, ...query })}`;

  const heading = (of, name) => of.getByRole('heading', { level: 1, name }).waitFor();

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

  test('a published event is delivered, and its attempt shown', async () => {
    await page.goto(screen('publish', { type: 'call.incoming' }));
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
    await page.goto(screen('publish', { type: 'call.incoming' }));
    await page.getByLabel('Payload').fill('{"caller_id": 5}');
    await page.getByText('/payload/unique_id').waitFor();
    await page.getByText('is an integer, not a string').waitFor();
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
    await new Promise((resolve) => setTimeout(resolve, 4_500));
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

  const SCREENS = [
    '',
    'live',
    'publish',
    'log',
    'kept',
    'webhooks',
    'webhooks/new',
    'attempts',
    'users',
    'keys',
    'widgets',
    'portals',
    'sessions',
    'refusals',
    'configuration',
    'tools',
    'tools?tool=signature',
    'users?user=1',
  ];
  for (const scheme of ['light', 'dark']) {
    test(`no screen has a fault of accessibility, ${scheme}`, async () => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      for (const path of SCREENS) {
        const [place, query] = path.split('?');
        await page.goto(screen(place, Object.fromEntries(new URLSearchParams(query))));
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.locator('body:not(:has(.loading))').waitFor();
        assert.deepEqual(await faults(page), [], `${scheme} /console/${path}`);
      }
    });
  }

  /** What axe finds; it runs in a world of its own, where the policy of the page does not count. */
  async function faults(of) {
    const source = await import('node:fs').then((fs) => fs.readFileSync(AXE, 'utf8'));
    const session = await of.context().newCDPSession(of);
    const { frameTree } = await session.send('Page.getFrameTree');
    const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
    await session.send('Runtime.evaluate', { contextId: executionContextId, expression: source });
    const { result } = await session.send('Runtime.evaluate', {
      contextId: executionContextId,
      awaitPromise: true,
      returnByValue: true,
      expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
        .then(({ violations }) => violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ')).join(', ')))`,
    });
    await session.detach();
    return result.value;
  }

  test('a narrow window needs no scrolling sideways', async () => {
    await page.setViewportSize({ width: 320, height: 720 });
    for (const path of SCREENS) {
      const [place, query] = path.split('?');
      await page.goto(screen(place, Object.fromEntries(new URLSearchParams(query))));
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('body:not(:has(.loading))').waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 320, `/console/${path} is ${wide} px wide`);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });

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
