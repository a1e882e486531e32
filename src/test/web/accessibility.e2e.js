import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test as testWithoutLimit } from 'node:test';
import { JVM_OPTIONS } from '../js/real-node.js';
import { Receiver, arrived, faults, heading, launch, open, settled } from './chromium.js';
import { Cluster, token } from './cluster.js';

const JAR = fileURLToPath(new URL('../../../target/switchboard.jar', import.meta.url));
/** The tenant of the demonstration, which the simulation fills. */
const TENANT = 'demo';
/** A small telephone, and a window of 1,280 pixels at 200 %. */
const WIDTHS = [320, 640];
const test = (name, run) => testWithoutLimit(name, { timeout: 180_000 }, run);

describe('everybody can use the pages', () => {
  let cluster;
  let receiver;
  let browser;
  let page;
  let simulation;
  let webhook;
  let attempt;
  let event;
  const violations = [];

  before(async () => {
    [cluster, receiver] = await Promise.all([Cluster.start('accessibility'), Receiver.start()]);
    simulation = spawn(
      'java',
      [...JVM_OPTIONS, '-jar', JAR, 'simulate', '--url', cluster.urls[0], '--seed', '7', '--calls', '60/m'],
      {
        env: { ...process.env, SWITCHBOARD_TOKEN: token({ svc: true }) },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    browser = await launch();
    await fill();
    page = await open(await browser.newContext({ viewport: { width: 1280, height: 800 } }), violations);
    await page.goto(`${cluster.urls[0]}/console/`);
    await page.getByLabel('API key or token').fill(token({ svc: true, jti: 'operator' }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await heading(page, 'Overview');
  });
  after(async () => {
    simulation?.kill('SIGKILL');
    await browser?.close();
    receiver?.server.close();
    await cluster?.end();
  });

  /** Something to show on every screen. */
  async function fill() {
    const make = (name, url) =>
      cluster.call('POST', '/webhooks', { tenant_id: TENANT, name, url, events: ['call.*'], retry_count: 0 });
    webhook = await make('CRM', receiver.url);
    const broken = await make('Data warehouse', receiver.broken);
    await cluster.call('POST', '/keys', { tenant_id: TENANT, name: 'CRM backend', scopes: ['events:write'] });
    await cluster.call('POST', '/widgets', { tenant_id: TENANT, name: 'Shop', origins: ['https://www.example.com'] });
    event = await cluster.call('POST', '/events', {
      tenant_id: TENANT,
      type: 'call.ended',
      user_id: 'agent-01',
      payload: { unique_id: '1', nested: { list: [1, 'two', null, true] } },
    });
    for (const one of [webhook, broken]) {
      let logs = [];
      while (!logs.length) {
        ({ logs } = await cluster.call('GET', `/webhooks/${one.id}/logs?event_id=${event.event_id}`));
      }
      attempt ??= logs[0];
    }
  }

  const address = (path, query = {}) =>
    `${cluster.urls[0]}/console/${path}?${new URLSearchParams({ tenant: TENANT, ...query })}`;

  const screens = () => [
    [''],
    ['live'],
    ['publish'],
    ['log'],
    ['log', { open: event.event_id }],
    ['kept'],
    ['kept', { collection: 'queues' }],
    ['webhooks'],
    ['webhooks/new'],
    [`webhooks/${webhook.id}`],
    [`webhooks/${webhook.id}/edit`],
    [`webhooks/${webhook.id}/attempts/${attempt.id}`, { event_id: event.event_id }],
    ['attempts'],
    ['attempts', { webhook: webhook.id, tail: 1 }],
    ['attempts', { webhook: webhook.id, event: 'none.such' }],
    ['users'],
    ['users', { user: 'agent-01' }],
    ['keys'],
    ['widgets'],
    ['portals'],
    ['sessions'],
    ['refusals'],
    ['configuration'],
    ['tools'],
    ['tools', { tool: 'signature' }],
    ['no-such-screen'],
  ];

  /** In light and dark, and in narrow windows. */
  async function isFit(of, name) {
    for (const colorScheme of ['light', 'dark']) {
      await of.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      assert.deepEqual(await faults(of), [], `${name}, ${colorScheme}`);
    }
    const wide = of.viewportSize();
    try {
      for (const width of WIDTHS) {
        await of.setViewportSize({ width, height: 720 });
        const needed = await of.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(needed <= width, `${name} is ${needed} px wide in a window of ${width} px`);
        assert.deepEqual(await faults(of), [], `${name}, ${width} px`);
      }
    } finally {
      await of.setViewportSize(wide);
    }
  }

  test('every screen of the console', async () => {
    for (const [path, query] of screens()) {
      await page.goto(address(path, query));
      await settled(page);
      await isFit(page, `/console/${path} ${JSON.stringify(query ?? {})}`);
    }
  });

  test('its dialogs and menus', async () => {
    const dialog = page.getByRole('dialog');
    await page.goto(address(`webhooks/${webhook.id}`));
    await page.getByText('More', { exact: true }).click();
    await isFit(page, 'menu');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await isFit(page, 'question');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByRole('button', { name: 'Call the receiver' }).click();
    await page.getByText('The receiver accepted it').waitFor();
    await isFit(page, 'test call');
    await page.goto(address('keys'));
    await page.getByRole('button', { name: 'Create a key' }).click();
    await isFit(page, 'new key');
    await page.goto(address('live'));
    await page.locator('.event').first().click();
    await isFit(page, 'event of the trace');
  });

  test('the form of a webhook with a fault, and a refused call', async () => {
    await page.goto(address('webhooks/new'));
    await page.getByLabel('Name', { exact: true }).fill('x');
    await page.getByLabel('Address').fill('https://10.0.0.1/hook');
    await page.getByLabel('Filter').fill('{');
    await page.getByRole('button', { name: 'all events' }).click();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('alert').first().waitFor();
    await isFit(page, 'form with faults');
  });

  test('signing in', async () => {
    const stranger = await open(await browser.newContext({ viewport: { width: 1280, height: 800 } }), violations);
    await stranger.goto(address(''));
    await heading(stranger, 'Sign in to Switchboard');
    await isFit(stranger, 'sign-in');
    await stranger.context().close();
  });

  test('every screen of the portal, and its end', async () => {
    const { url } = await cluster.call('POST', `/tenants/${TENANT}/portal`, {
      scopes: ['webhooks', 'events:read', 'kept:read', 'presence:read'],
      user: 'jane',
    });
    const portal = await open(await browser.newContext({ viewport: { width: 1280, height: 800 } }), violations);
    await portal.goto(url);
    await heading(portal, 'Webhooks');
    const shared = ['webhooks', 'attempts', 'log', 'kept', 'users'];
    for (const [path, query] of screens().filter(([one]) => shared.includes(one.split('/')[0]))) {
      await portal.goto(`${cluster.urls[0]}/portal/${path}?${new URLSearchParams(query ?? {})}`);
      await settled(portal);
      await isFit(portal, `/portal/${path}`);
    }
    await cluster.call('DELETE', `/tenants/${TENANT}/portal`);
    await portal.goto(`${cluster.urls[0]}/portal/webhooks`);
    await heading(portal, 'This link is used up');
    await isFit(portal, 'end of the portal');
    await portal.context().close();
  });

  test('the first pages of the demonstration', async () => {
    const demo = await open(await browser.newContext({ viewport: { width: 1280, height: 800 } }), violations);
    await demo.goto(`${cluster.urls[0]}/demo/`);
    await isFit(demo, 'list of the pages');
    await demo.goto(`${cluster.urls[0]}/demo/wallboard.html`);
    await demo.getByText('This page needs its link').waitFor();
    await isFit(demo, 'page without its link');
    await demo.context().close();
  });

  for (const [name, ready] of [
    ['wallboard', '#queues tr'],
    ['agent desktop', '#team li'],
    ["visitor's page", '#ask'],
  ]) {
    test(`the ${name} of the demonstration`, async () => {
      const demo = await open(await browser.newContext({ viewport: { width: 1280, height: 800 } }), violations);
      await demo.goto(await cluster.printed(new RegExp(`${name} +(http\\S+)`)));
      await demo.locator(ready).first().waitFor();
      await isFit(demo, name);
      if (name === 'agent desktop') {
        await demo.getByRole('button', { name: 'Answer' }).waitFor({ timeout: 90_000 });
        await isFit(demo, 'agent desktop with a call');
      } else if (name === "visitor's page") {
        await demo.click('#ask');
        await demo.locator('#status[data-state="connected"]').waitFor();
        await demo.fill('#text', 'Is the ridge jacket warm?');
        await demo.press('#text', 'Enter');
        await demo.locator('#transcript .message:not(.waiting)').first().waitFor();
        await isFit(demo, "visitor's chat");
      }
      await demo.context().close();
    });
  }

  /** Presses Tab until the element has the focus. */
  async function tabTo(element, most = 80) {
    for (let pressed = 0; pressed < most; pressed++) {
      await page.keyboard.press('Tab');
      if (await element.evaluate((one) => one === document.activeElement)) {
        return;
      }
    }
    assert.fail(`${element} is not reached by ${most} tabs`);
  }

  test('the keyboard is enough', async () => {
    await page.goto(address(''));
    await settled(page);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'To the content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    await page.goto(address(''));
    await settled(page);
    await tabTo(page.getByRole('link', { name: 'Webhooks', exact: true }));
    await page.keyboard.press('Enter');
    await arrived(page, 'Webhooks');
    await tabTo(page.getByRole('link', { name: 'Create a webhook' }));
    await page.keyboard.press('Enter');
    await arrived(page, 'Create a webhook');
    await tabTo(page.getByLabel('Name', { exact: true }));
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Tab');
    await page.keyboard.type(receiver.url);
    await page.keyboard.press('Tab');
    await page.keyboard.type('call.ended');
    await page.keyboard.press('Enter');
    await tabTo(page.getByRole('button', { name: 'Create', exact: true }));
    await page.keyboard.press('Space');
    await arrived(page, /By keyboard/);
    await tabTo(page.getByText('More', { exact: true }));
    await page.keyboard.press('Enter');
    await tabTo(page.getByRole('button', { name: 'Delete', exact: true }));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.keyboard.type('By keyboard');
    for (let pressed = 0; pressed < 8; pressed++) {
      await page.keyboard.press('Tab');
      const inside = await page.evaluate(
        () => document.activeElement === document.body || document.activeElement.closest('dialog') !== null,
      );
      assert.ok(inside, 'the focus left the dialog');
    }
    await tabTo(dialog.getByRole('button', { name: 'Delete', exact: true }));
    await page.keyboard.press('Enter');
    await heading(page, 'Webhooks');
    await dialog.waitFor({ state: 'detached' });
  });

  test('a dialog gives the focus back', async () => {
    await page.goto(address(`webhooks/${webhook.id}`));
    const button = page.getByRole('button', { name: 'Test', exact: true });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.ok(await button.evaluate((one) => one === document.activeElement));
  });

  test('the policy of the pages was never violated, and no script failed', () => {
    assert.deepEqual(violations, []);
  });
});
