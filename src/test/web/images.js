/** Takes the images of the README and the documentation, of pages that a simulation fills. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Receiver, heading, launch, open, settled } from './chromium.js';
import { Cluster, token } from './cluster.js';

const JAR = fileURLToPath(new URL('../../../target/switchboard.jar', import.meta.url));
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const TENANT = 'demo';
const VIEW = { width: 1280, height: 800 };
const MOST_BYTES = 150 * 1024;
/** Milliseconds of simulation before the first image: the course of the totals needs some. */
const FILLED_AFTER = Number(process.env.FILLED_AFTER ?? 100_000);

const [cluster, receiver] = await Promise.all([Cluster.start('images'), Receiver.start()]);
const simulation = spawn(
  'java',
  ['-jar', JAR, 'simulate', '--url', cluster.urls[0], '--seed', '11', '--calls', '60/m'],
  {
    env: { ...process.env, SWITCHBOARD_TOKEN: token({ svc: true }) },
    stdio: ['ignore', 'ignore', 'inherit'],
  },
);
const browser = await launch();
const violations = [];

async function hook(name, url, events, more = {}) {
  const made = await cluster.call('POST', '/webhooks', { tenant_id: TENANT, name, url, events, ...more });
  return made.id;
}

/** Sessions of some users at a node. */
async function connectUsers(url, from, to) {
  const page = await open(await browser.newContext({ bypassCSP: true }), violations);
  await page.goto(`${url}/docs`);
  const tokens = Array.from({ length: to - from }, (_, at) => {
    const user = `agent-${String(from + at).padStart(2, '0')}`;
    return token({ tenant_id: TENANT, user_id: user, role: 'agent' });
  });
  await page.evaluate((all) => {
    const address = `ws://${location.host}/ws`;
    window.sockets = all.map((one) => new WebSocket(address, ['switchboard.v1', `bearer.${one}`]));
  }, tokens);
}

async function shoot(page, name, colorScheme) {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.mouse.move(0, 0);
  const path = `${IMAGES}${name}.png`;
  const { length } = await page.screenshot({ path });
  console.log(`${path}: ${length} bytes${length > MOST_BYTES ? ', too many' : ''}`);
}

try {
  mkdirSync(IMAGES, { recursive: true });
  await hook('CRM', receiver.url, ['call.*']);
  await hook('Quality archive', receiver.url, ['call.ended'], { ordering: 'strict' });
  await hook('Workforce planning', receiver.url, ['agent.state.changed', 'queue.*']);
  await hook('Data warehouse', receiver.broken, ['call.ended'], { retry_count: 1 });
  const context = await browser.newContext({ viewport: VIEW });
  await connectUsers(cluster.urls[0], 2, 28);
  await connectUsers(cluster.urls[1], 28, 49);
  const page = await open(context, violations);
  const board = await open(context, violations);
  await board.goto(await cluster.printed(/wallboard +(http\S+)/));
  await page.goto(`${cluster.urls[0]}/console/`);
  await page.getByLabel('API key or token').fill(token({ svc: true, jti: 'operator' }));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await heading(page, 'Overview');
  await page.goto(`${cluster.urls[0]}/console/?tenant=${TENANT}`);
  await settled(page);
  await page.bringToFront();
  await new Promise((resolve) => setTimeout(resolve, FILLED_AFTER));
  await shoot(page, 'console-light', 'light');
  await board.bringToFront();
  await shoot(board, 'wallboard', 'light');
  await page.bringToFront();
  await page.goto(`${cluster.urls[0]}/console/live?tenant=${TENANT}`);
  await page.locator('.event').nth(12).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('.event').nth(2).click();
  await shoot(page, 'console-dark', 'dark');
} finally {
  simulation.kill('SIGKILL');
  await browser.close();
  receiver.server.close();
  await cluster.end();
}
if (violations.length) {
  throw new Error(violations.join('\n'));
}
