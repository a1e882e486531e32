import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, describe, test as testWithoutLimit } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { RealNode } from './real-node.js';

const ROOT = new URL('../../../', import.meta.url);
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const CALL = { type: 'call.incoming', payload: { caller_id: '+1234567890' } };
const CHAT = 'the-chats-id';
/** What does not happen within a minute never will: then the test fails instead of waiting on. */
const test = (name, run) => testWithoutLimit(name, { timeout: 60_000 }, run);

/** Functions of the reader's application, which the examples call: each call is noted. */
const APPLICATION = ['show', 'apply', 'ring', 'banner', 'draw', 'log'];

/** Every block of HTML and of JavaScript, in order; not the receivers of webhooks, which ReceiversIT runs. */
function examples() {
  const pages = readdirSync(new URL('src/docs/', ROOT), { recursive: true })
    .filter((file) => file.endsWith('.md'))
    .map((file) => [file.slice(0, -3), `src/docs/${file}`]);
  return [['README', 'README.md'], ['client', 'src/main/js/README.md'], ...pages.sort()].flatMap(
    ([page, file]) => {
      const text = readFileSync(new URL(file, ROOT), 'utf8');
      return [...text.matchAll(/^```(html|js)\n([^]*?)^```/gm)]
        .filter(([, , code]) => !/^\/\/ \w+\.js: node /.test(code))
        .map(([, language, code], number) => ({ name: `${page} ${number + 1}`, language, code }));
    },
  );
}

/** The half of a comparison that uses Switchboard. */
const afterwards = (code) => code.slice(code.indexOf('// after'));

const called = (name) => (page) => page.evaluate((which) => globalThis.seen.includes(which), name);
const shown = (text) => (page) => page.getByText(text).first().isVisible();

describe('examples of the documentation', () => {
  let node;
  let browser;
  let site;
  let widgetKey;
  const pages = new Map();

  before(async () => {
    node = await RealNode.start('examples');
    const widget = { tenant_id: 'tenant-123', name: 'shop', origins: ['*'] };
    ({ widget_key: widgetKey } = await node.call('POST', '/widgets', widget));
    site = createServer(serve).listen(0, '127.0.0.1');
    await once(site, 'listening');
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

  /** The application's backend: the examples' pages, and what these ask for. */
  function serve(request, response) {
    const answers = {
      '/token': () => node.token('456', { role: 'supervisor' }),
      '/calls': () => JSON.stringify([{ caller_id: '+1800' }]),
      '/chat': () => JSON.stringify({ widgetKey, chat: CHAT }),
    };
    const page = pages.get(request.url);
    response.writeHead(page || answers[request.url] ? 200 : 404, {
      'Content-Type': page ? 'text/html' : 'text/plain',
    });
    response.end(page ?? answers[request.url]?.());
  }

  function forThisNode(code) {
    return code
      .replaceAll('http://127.0.0.1:8080', node.url)
      .replaceAll('https://events.example.com', node.url)
      .replaceAll('wss://events.example.com', node.url.replace('http', 'ws'))
      .replaceAll("'TOKEN'", `'${node.token('456')}'`)
      .replaceAll("'@switchboard/client'", `'${node.url}/client/switchboard.js'`)
      .replaceAll(/'@switchboard\/client\/(\w+)'/g, `'${node.url}/client/$1.js'`);
  }

  /** A page that runs the code as a module, among the names that it expects. */
  function asPage(code) {
    const names = { token: node.token('456', { role: 'admin' }), widgetKey, chat: CHAT, chatId: CHAT };
    return `<!doctype html><script>
      globalThis.seen = [];
      for (const name of ${JSON.stringify(APPLICATION)}) globalThis[name] = () => globalThis.seen.push(name);
      Object.assign(globalThis, ${JSON.stringify(names)});
    </script><script type="module">${code}</script>`;
  }

  /** Opens the page, which the application's backend serves, and does `repeated` until `done`. */
  function open(html, done, repeated) {
    const path = `/${pages.size}.html`;
    pages.set(path, html);
    return visit(`http://127.0.0.1:${site.address().port}${path}`, done, repeated);
  }

  /** The same with a page that is a file. */
  function openFile(name, html, done) {
    const file = new URL(`target/client-tests/${name}`, ROOT);
    writeFileSync(file, html);
    return visit(file.href, done);
  }

  async function visit(address, done, repeated = () => publish(CALL)) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const faults = [];
    const printed = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => printed.push(message.text()));
    await page.goto(address);
    while (!(await done(page, printed))) {
      assert.deepEqual(faults, [], printed.join('\n'));
      await repeated(page);
      await pause(100);
    }
    assert.deepEqual(faults, []);
    await context.close();
  }

  const publish = (event) => node.call('POST', '/events', { tenant_id: 'tenant-123', ...event });

  /** Whether the log of the tenant has an event of which that is a part. */
  async function isPublished(part) {
    for (let after = ''; ; ) {
      const page = await node.call('GET', `/tenants/tenant-123/events?limit=500${after}`);
      if (JSON.stringify(page.events).includes(part)) {
        return true;
      }
      if (!page.more) {
        return false;
      }
      after = `&after=${page.position}`;
    }
  }

  /** Runs the code of a backend, with `names` as its variables. */
  async function runInNode(code, names) {
    const AsyncFunction = (async () => {}).constructor;
    await new AsyncFunction(...Object.keys(names), forThisNode(code))(...Object.values(names));
  }

  const environment = () => ({ process: { env: { SWITCHBOARD_KEY: node.token('456', { role: 'admin' }) } } });
  const script = (done, repeated) => (code) => open(asPage(forThisNode(code)), done, repeated);
  const html = (done, repeated) => (code) => open(forThisNode(code), done, repeated);

  const runs = {
    'README 1': (code) => openFile('readme.html', forThisNode(code), shown('+1234567890 is calling')),
    'client 1': script(called('ring')),
    'client 2': (code) =>
      open(
        asPage(
          forThisNode(
            `import { Switchboard } from '@switchboard/client';\nconst client = new Switchboard('${node.url}', { token });\n${code}`,
          ),
        ),
        called('draw'),
        () =>
          publish({
            type: 'queue.stats',
            keep: 'queues/support',
            payload: { queue_name: 'support', waiting: 3 },
          }),
      ),
    'client 3': (code) =>
      open(
        asPage(
          forThisNode(
            `import { Switchboard } from '@switchboard/client';\nconst client = new Switchboard('${node.url}', { token });\n` +
              `new WebSocket('wss://events.example.com/ws', ['switchboard.v1', 'bearer.${node.token('7')}']);\n${code}`,
          ),
        ),
        called('draw'),
      ),
    'guides/browser-client 1': html(shown('+1234567890')),
    'guides/server-sent-events 1': script(async (page, printed) =>
      printed.some((line) => line.includes('call.incoming')),
    ),
    'guides/visitors-widget 1': (code) =>
      open(
        asPage(forThisNode(code.replace('socket.send', 'socket.onopen = () => socket.send'))),
        () => isPublished('"text":"Hello"'),
        () => {},
      ),
    'guides/visitors-widget 2': html(shown('You: Good morning'), async (page) => {
      await page.getByLabel('Message').fill('Good morning');
      await page.getByRole('button').click();
    }),
    'reference/signing-in 1': (code) =>
      script(called('call.incoming'))(
        `${code}\nsocket.onmessage = ({ data }) => seen.push(JSON.parse(data).type);`,
      ),
    'start/first-app 1': firstApplication,
    'start/from-polling 1': script(called('show')),
    'start/from-polling 2': script(called('apply')),
    'start/from-pusher 1': async (code) => {
      await runInNode(afterwards(code), { ...environment(), caller_id: '+pusher' });
      assert.ok(await isPublished('+pusher'));
    },
    'start/from-pusher 2': (code) => script(called('ring'))(afterwards(code)),
    'start/from-socket.io 1': async (code) => {
      const names = { ...environment(), tenant: 'tenant-123', callId: '7', caller_id: '+socket.io' };
      await runInNode(afterwards(code), names);
      assert.ok(await isPublished('+socket.io'));
    },
    'start/from-socket.io 2': (code) => script(called('ring'))(afterwards(code)),
  };

  /** Shows the kept call, its changes, and its end. */
  async function firstApplication(code) {
    const call = { keep: 'calls/1', payload: { unique_id: '1', caller_id: '+1234567890' } };
    await publish({ type: 'call.incoming', ...call });
    let step = 0;
    const steps = [
      () => publish({ type: 'call.answered', ...call }),
      () => publish({ type: 'call.ended', ...call, forget: true }),
    ];
    const texts = ['+1234567890: incoming', '+1234567890: answered'];
    await open(
      forThisNode(code),
      async (page) => {
        if (step < texts.length) {
          await page.getByText(texts[step]).waitFor();
          return false;
        }
        return page.evaluate(() => !document.querySelector('li'));
      },
      () => steps[step++]?.(),
    );
  }

  const shownByThePages = examples();

  test('there is no run without its example', () => {
    const names = shownByThePages.map(({ name }) => name);
    assert.deepEqual(
      Object.keys(runs).filter((name) => !names.includes(name)),
      [],
    );
  });

  for (const { name, code } of shownByThePages) {
    test(`${name} runs`, async () => {
      assert.ok(runs[name], `${name} is an example without a run; add it here:\n${code}`);
      await runs[name](code);
    });
  }
});
