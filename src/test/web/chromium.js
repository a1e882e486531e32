import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

/** A page whose violations of the policy, and errors, are added to `violations`. */
export async function open(context, violations) {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.exposeFunction('violated', (text) => violations.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      window.violated(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`),
    );
  });
  page.on('pageerror', (error) => violations.push(String(error)));
  return page;
}

export function heading(page, name) {
  return page.getByRole('heading', { level: 1, name }).waitFor();
}

/** Until a screen whose heading says `name` is shown and has taken the focus, as it does when another led to it. */
export function arrived(page, name) {
  return page.getByRole('heading', { level: 1, name }).and(page.locator(':focus')).waitFor();
}

/** Until a screen has read what it shows. */
export async function settled(page) {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('body:not(:has(.loading))').waitFor();
}

/** Makes an open page look which version its node serves, and waits until it knows. */
export async function lookAtVersion(page) {
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === '/console/');
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  const response = await answered;
  await response.finished();
  // Once the page has read a later answer, it has read that one.
  await page.evaluate(() => fetch('/console/', { cache: 'no-store' }).then((later) => later.text()));
}

/** What axe finds; it runs in a world of its own, where the policy of the page does not count. */
export async function faults(page) {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  await session.send('Runtime.evaluate', { contextId: executionContextId, expression: AXE });
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    contextId: executionContextId,
    awaitPromise: true,
    returnByValue: true,
    expression: `axe.run(document, { runOnly: ${JSON.stringify(RULES)} })
      .then(({ violations }) => violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ') + ' (' + node.failureSummary.split('\\n').pop().trim() + ')').join(', ')))`,
  });
  await session.detach();
  if (exceptionDetails) {
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }
  return result.value;
}

/** A receiver of webhook calls that can break. */
export class Receiver {
  status = 200;
  calls = [];

  static async start() {
    const receiver = new Receiver();
    receiver.server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        receiver.calls.push({ headers: request.headers, body });
        const status = request.url === '/broken' ? 500 : receiver.status;
        response.writeHead(status, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify({ answered: status }));
      });
    }).listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get url() {
    return `http://127.0.0.1:${this.server.address().port}/hook`;
  }

  /** An address that answers 500 at all times. */
  get broken() {
    return new URL('/broken', this.url).href;
  }
}
