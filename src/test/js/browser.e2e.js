import assert from 'node:assert/strict';
import { after, before, describe, test as testWithoutLimit } from 'node:test';
import { seeded } from './clock.js';
import { Pages } from './pages.js';
import { RealNode } from './real-node.js';

const SEED = Number(process.env.CLIENT_MODEL_SEED ?? Date.now() % 100_000);
/** What does not happen within a minute never will: then the test fails instead of waiting on. */
const test = (name, run) => testWithoutLimit(name, { timeout: 60_000 }, run);

describe('in Chromium against a real node', () => {
  let node;
  let pages;

  before(async () => {
    pages = await Pages.start();
    node = await RealNode.start('browser', { logs: { maxEvents: 200 } });
  });
  after(async () => {
    await pages?.close();
    await node?.end();
  });

  const address = (path) => pages.address(path);

  const open = (options = {}) =>
    pages.openClient({
      url: node.url,
      token: node.token('1'),
      events: ['order.*'],
      transport: 'websocket',
      ...options,
    });

  let last = 0;
  async function publish(count, members = {}) {
    const numbers = Array.from({ length: count }, () => ++last);
    const events = numbers.map((number) => ({
      tenant_id: 'tenant-123',
      type: 'order.made',
      payload: { number, ...members },
    }));
    for (let from = 0; from < events.length; from += 500) {
      await node.call('POST', '/events', events.slice(from, from + 500));
    }
    return numbers;
  }

  const heardAll = async (page, expected) => {
    await page.waitForFunction((number) => window.heard.includes(number), expected.at(-1));
    assert.deepEqual(await page.evaluate(() => window.heard), expected);
    assert.deepEqual(await page.evaluate(() => window.resyncs), []);
  };

  test('events arrive', async () => {
    const { context, page } = await open();
    await heardAll(page, await publish(3));
    await context.close();
  });

  test('a page of another origin imports the client from the node and publishes without a socket', async () => {
    const context = await pages.newContext();
    const page = await context.newPage();
    await page.goto(address('/other'));
    await page.evaluate(
      async ({ url, token }) => {
        const { Switchboard } = await import(`${url}/client/switchboard.js`);
        window.heard = [];
        window.client = new Switchboard(url, {
          token,
          events: ['order.*', 'chat.message'],
          transport: 'sse',
        });
        window.client.on('order.*', (event) => window.heard.push(event.payload.number));
        window.client.on('chat.message', (event) => (window.message = event.payload.text));
      },
      { url: node.url, token: node.token('1') },
    );
    await page.waitForFunction(() => window.client.status.state === 'connected');
    const numbers = await publish(2);
    await page.waitForFunction((number) => window.heard.includes(number), numbers.at(-1));
    await page.evaluate(() => window.client.publish('chat.message', { text: 'Hello' }));
    await page.waitForFunction(() => window.message === 'Hello');
    await context.close();
  });

  test('the integrity values of the manifest are those that a browser checks', async () => {
    const manifest = await (await fetch(`${node.url}/client/manifest.json`)).json();
    const [core, another] = manifest.files.filter(({ name }) => name.endsWith('.js'));
    for (const [integrity, loads] of [
      [core.integrity, true],
      [another.integrity, false],
    ]) {
      const context = await pages.newContext();
      const page = await context.newPage();
      await page.goto(address('/other'));
      const loaded = await page.evaluate(
        (attributes) =>
          new Promise((resolve) => {
            const script = Object.assign(document.createElement('script'), attributes);
            script.onload = () => resolve(true);
            script.onerror = () => resolve(false);
            document.head.append(script);
          }),
        { type: 'module', crossOrigin: 'anonymous', src: node.url + core.path, integrity },
      );
      assert.equal(loaded, loads);
      await context.close();
    }
  });

  test('a frozen tab loses none', async () => {
    const { context, page, cdp } = await open();
    const before = await publish(2);
    await page.waitForFunction((number) => window.heard.includes(number), before.at(-1));
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
    const during = await publish(20);
    await cdp.send('Page.setWebLifecycleState', { state: 'active' });
    await heardAll(page, [...before, ...during]);
    await context.close();
  });

  test('a tab frozen for longer than the log reaches loads again', async () => {
    const { context, page, cdp } = await open({ load: true });
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
    await context.setOffline(true);
    // The restart ends the connection on the node's side; then more events come than the log keeps.
    await node.stop();
    await node.run();
    await publish(300);
    await context.setOffline(false);
    await cdp.send('Page.setWebLifecycleState', { state: 'active' });
    await page.waitForFunction(() => window.loads.length === 2);
    assert.deepEqual(await page.evaluate(() => window.loads), ['start', 'unrecovered']);
    await context.close();
  });

  test('the back-forward cache keeps the page, and it resumes', async () => {
    const { context, page } = await open();
    const before = await publish(2);
    await page.waitForFunction((number) => window.heard.includes(number), before.at(-1));
    await page.goto(address('/other'));
    const during = await publish(3);
    await page.goBack({ waitUntil: 'commit' });
    await page.waitForFunction(() => window.persisted?.includes(true));
    await heardAll(page, [...before, ...during]);
    await context.close();
  });

  test('offline and online again loses none', async () => {
    const { context, page } = await open();
    const before = await publish(2);
    await page.waitForFunction((number) => window.heard.includes(number), before.at(-1));
    await context.setOffline(true);
    const during = await publish(5);
    await context.setOffline(false);
    await heardAll(page, [...before, ...during]);
    await context.close();
  });

  test('a reload of the page continues where it stopped', async () => {
    const { context, page } = await open({ stored: true });
    const before = await publish(2);
    await page.waitForFunction((number) => window.heard.includes(number), before.at(-1));
    const reloaded = page.reload();
    const during = await publish(5);
    await reloaded;
    await heardAll(page, [...before, ...during]);
    await context.close();
  });

  test('a tab that ended without a signal continues where it stopped, as a discarded one does', async () => {
    const { context, page } = await open({ stored: true });
    const before = await publish(2);
    await page.waitForFunction((number) => window.heard.includes(number), before.at(-1));
    await page.evaluate(() => (window.crashes = true));
    const reloaded = page.reload();
    const during = await publish(5);
    await reloaded;
    await heardAll(page, [...before, ...during]);
    await context.close();
  });

  test('a duplicated tab takes the cursor along, and both miss nothing', async () => {
    const { context, page } = await open({ stored: true });
    const before = await publish(2);
    await page.waitForFunction((number) => window.heard.includes(number), before.at(-1));
    const [copy] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate(() => void window.open(location.href)),
    ]);
    const after = await publish(5);
    await heardAll(page, [...before, ...after]);
    await heardAll(copy, [...before, ...after]);
    await context.close();
  });

  test(`whatever happens to a tab, it loses none (CLIENT_MODEL_SEED=${SEED})`, async () => {
    const random = seeded(SEED);
    const { context, page, cdp } = await open({ stored: true });
    const published = [];
    const publishSome = async () => published.push(...(await publish(1 + Math.floor(random() * 3))));
    const faults = [
      publishSome,
      async () => {
        await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
        await publishSome();
        await cdp.send('Page.setWebLifecycleState', { state: 'active' });
      },
      async () => {
        await context.setOffline(true);
        await publishSome();
        await context.setOffline(false);
      },
      async () => {
        await page.goto(address('/other'));
        await publishSome();
        await page.goBack({ waitUntil: 'commit' });
        await page.waitForFunction(() => window.client);
      },
      async () => {
        const reloaded = page.reload();
        await publishSome();
        await reloaded;
      },
    ];
    for (let step = 0; step < 16; step++) {
      await faults[Math.floor(random() * faults.length)]();
    }
    await publishSome();
    await heardAll(page, published);
    await context.close();
  });

  test('server-sent events carry them where sockets are blocked', async () => {
    const context = await pages.newContext();
    const page = await context.newPage();
    await page.addInitScript(() => {
      window.WebSocket = class {
        constructor() {
          setTimeout(() => this.onclose({ code: 1006, reason: '' }));
        }
        close() {}
      };
    });
    const options = { url: node.url, token: node.token('1'), events: ['order.*'] };
    await page.goto(address(`/page#${encodeURIComponent(JSON.stringify(options))}`));
    await page.waitForFunction(() => window.client?.status.state === 'connected');
    assert.equal(await page.evaluate(() => window.client.status.transport), 'sse');
    await heardAll(page, await publish(3));
    await context.close();
  });

  async function openEventSource() {
    const user = `stream-${++last}`;
    return { user, ...(await pages.openEventSource(node.url, node.token(user))) };
  }

  test('an EventSource survives a restart of the node and misses nothing', async () => {
    const { context, page } = await openEventSource();
    const before = await publish(2);
    await page.waitForFunction((number) => window.heard.includes(number), before.at(-1));
    await node.stop();
    await node.run();
    const after = await publish(3);
    await heardAll(page, [...before, ...after]);
    assert.notEqual(await page.evaluate(() => window.stream.readyState), 2);
    await context.close();
  });

  test('an EventSource waits for a Redis that stands still', async () => {
    const { context, page } = await openEventSource();
    const before = await publish(2);
    await page.waitForFunction((number) => window.heard.includes(number), before.at(-1));
    node.signalRedis('SIGSTOP');
    // The network is gone for a moment: the browser comes back while tickets can't be checked.
    await context.setOffline(true);
    await context.setOffline(false);
    await page.evaluate(() => {
      window.opened = 0;
    });
    const another = await page.evaluate(
      (url) => fetch(url).then((response) => `${response.status} ${response.headers.get('content-type')}`),
      await page.evaluate(() => window.stream.url),
    );
    assert.equal(another, '200 text/event-stream');
    node.signalRedis('SIGCONT');
    await page.waitForFunction(() => window.stream.readyState === 1);
    await context.close();
  });

  test('an EventSource of a disconnected user ends for good', async () => {
    const { context, page, user } = await openEventSource();
    await node.call('POST', `/tenants/tenant-123/users/${user}/disconnect`);
    await page.waitForFunction(() => window.stream.readyState === 2);
    await context.close();
  });
});
