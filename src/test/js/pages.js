import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

const SOURCES = new URL('../../main/js/', import.meta.url);
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page that keeps what it is given in sessionStorage, as an application does that resumes. */
const PAGE = `<!doctype html><title>client</title><script type="module">
  import { Switchboard } from '/client/switchboard.js';
  const options = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  const { url, token, load, stored, ...others } = options;
  window.heard = JSON.parse(stored && sessionStorage.getItem('heard') || '[]');
  window.resyncs = [];
  window.loads = [];
  window.persisted = [];
  window.statuses = [];
  addEventListener('pagehide', (event) => window.crashes && event.stopImmediatePropagation());
  addEventListener('pageshow', (event) => persisted.push(event.persisted));
  window.client = new Switchboard(url, {
    token, ...others,
    ...(load && { load: ({ reason }) => void loads.push(reason) }),
    ...(stored && { resume: { storage: sessionStorage } }),
  });
  client.on('order.*', (event) => {
    heard.push(event.payload.number);
    stored && sessionStorage.setItem('heard', JSON.stringify(heard));
  });
  client.on('resync', ({ reason }) => resyncs.push(reason));
  client.on('status', ({ state, reason }) => statuses.push(state + ' ' + reason));
</script>`;

/** A headless Chromium, and pages of another origin than the nodes'. Each page has a context of its own. */
export class Pages {
  #server;
  #browser;

  constructor(server, browser) {
    this.#server = server;
    this.#browser = browser;
  }

  static async start() {
    const server = createServer((request, response) => {
      const [path] = request.url.split('?');
      if (path.startsWith('/client/')) {
        response.writeHead(200, { 'Content-Type': 'text/javascript' });
        response.end(readFileSync(new URL(path.slice('/client/'.length), SOURCES)));
      } else {
        response.writeHead(200, { 'Content-Type': 'text/html' });
        response.end(path === '/other' ? '<!doctype html><title>other</title>' : PAGE);
      }
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: FLAGS,
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    });
    return new Pages(server, browser);
  }

  address(path) {
    return `http://127.0.0.1:${this.#server.address().port}${path}`;
  }

  newContext() {
    return this.#browser.newContext();
  }

  /** A page with a client; `heard` has the numbers of the orders that came. */
  async openClient(options) {
    const context = await this.newContext();
    const page = await context.newPage();
    await page.goto(this.address(`/page#${encodeURIComponent(JSON.stringify(options))}`));
    await page.waitForFunction(() => window.client?.status.state === 'connected');
    return { context, page, cdp: await context.newCDPSession(page) };
  }

  /** A page with an EventSource of the browser's own; `heard` has the numbers of the orders that came. */
  async openEventSource(url, token) {
    const context = await this.newContext();
    const page = await context.newPage();
    await page.goto(this.address('/other'));
    const made = await fetch(`${url}/api/v1/ws/tickets`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
      body: '{"kind":"stream"}',
    });
    const { ticket } = await made.json();
    await page.evaluate((address) => {
      window.heard = [];
      window.resyncs = [];
      window.stream = new EventSource(address);
      window.opened = 0;
      window.stream.onopen = () => window.opened++;
      window.stream.onmessage = ({ data }) => {
        const event = JSON.parse(data);
        event.type === 'order.made' && window.heard.push(event.payload.number);
        event.type === 'resync' && window.resyncs.push(event.payload.reason);
        event.payload?.recovered === false && window.resyncs.push('unrecovered');
      };
    }, `${url}/api/v1/events/stream?events=order.*&ticket=${ticket}`);
    await page.waitForFunction(() => window.opened > 0);
    return { context, page };
  }

  async close() {
    await this.#browser.close();
    this.#server.close();
  }
}
