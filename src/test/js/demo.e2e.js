import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test as testWithoutLimit } from 'node:test';
import { chromium } from 'playwright-core';
import { JVM_OPTIONS, RealNode } from './real-node.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SHOTS = process.env.DEMO_SCREENSHOTS && `${ROOT}target/demo/`;
const test = (name, run) => testWithoutLimit(name, { timeout: 90_000 }, run);

describe('the demonstration in Chromium', () => {
  let node;
  let browser;
  let context;
  let simulation;
  let serviceToken;
  const links = {};
  const pages = {};
  const complaints = [];

  before(async () => {
    node = await RealNode.start('demo', { development: true });
    [, serviceToken] = await node.written(/SWITCHBOARD_TOKEN=(\S+) java -jar \S+ simulate/);
    for (const [name, page] of [
      ['wallboard', 'wallboard'],
      ['agent', 'agent desktop'],
      ['visitor', "visitor's page"],
    ]) {
      [, links[name]] = await node.written(new RegExp(`${page} +(http\\S+)`));
    }
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    });
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    context.setDefaultTimeout(60_000);
    for (const name of Object.keys(links)) {
      pages[name] = await open(name);
    }
    simulate();
  });
  after(async () => {
    simulation?.kill('SIGKILL');
    await browser?.close();
    await node?.end();
  });

  /** Notes what the content policy refuses and what a script throws. */
  async function open(name) {
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(`${name}: ${error}`));
    page.on('console', (message) => {
      if (/Content Security Policy|TrustedHTML|Uncaught/.test(message.text())) {
        complaints.push(`${name}: ${message.text()}`);
      }
    });
    await page.goto(links[name]);
    await page.evaluate(() => (window.loadedOnce = true));
    return page;
  }

  function simulate() {
    const command = [...JVM_OPTIONS, '-jar', `${ROOT}target/switchboard.jar`, 'simulate', '--url', node.url];
    simulation = spawn('java', [...command, '--seed', '7', '--calls', '60/m'], {
      env: { ...process.env, SWITCHBOARD_TOKEN: serviceToken },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  const isLive = (page) => page.locator('#status[data-state="connected"]').waitFor();

  /** What the server knows of the queues and agents, in the words of the wallboard. */
  async function truth() {
    const read = async (collection) => {
      const answer = await fetch(`${node.url}/api/v1/tenants/demo/kept/${collection}`, {
        headers: { Authorization: `Bearer ${serviceToken}` },
      });
      return (await answer.json()).events.map(({ payload }) => payload);
    };
    const [queues, agents] = [await read('queues'), await read('agents')];
    return [
      ...queues.map((queue) => `${queue.title} ${queue.waiting} ${queue.answered} ${queue.abandoned}`),
      ...agents.map(({ user_id, state }) => `${user_id} ${state}`),
    ].sort();
  }

  const shown = (page) =>
    page.evaluate(() => {
      const text = (row, name) => row.querySelector(name).textContent;
      const rows = [...document.querySelectorAll('#queues tr')].map(
        (row) =>
          `${text(row, '.title')} ${row.dataset.waiting} ${text(row, '.answered')} ${text(row, '.abandoned')}`,
      );
      const tiles = [...document.querySelectorAll('#agents .tile')].map(
        (tile) => `${tile.dataset.key} ${tile.dataset.state}`,
      );
      return [...rows, ...tiles].sort();
    });

  /** The simulation goes on meanwhile, so that they agree at some moment only. */
  async function wallboardIsRight() {
    for (;;) {
      const [one, board, other] = [await truth(), await shown(pages.wallboard), await truth()];
      if (String(one) === String(other) && one.length > 20) {
        if (String(one) === String(board)) {
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const messages = (page) =>
    page.evaluate(() =>
      [...document.querySelectorAll('#transcript .message:not(.waiting) span')].map((one) => one.textContent),
    );

  /** An answer of the simulation may be on its way to one of them. */
  async function transcriptsAgree() {
    for (;;) {
      const [agent, visitor] = [await messages(pages.agent), await messages(pages.visitor)];
      if (String(agent.toSorted()) === String(visitor.toSorted())) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function say(page, text) {
    await page.fill('#text', text);
    await page.press('#text', 'Enter');
  }

  async function shoot(name) {
    if (SHOTS) {
      mkdirSync(SHOTS, { recursive: true });
      for (const scheme of ['light', 'dark']) {
        for (const [page, view] of Object.entries(pages)) {
          await view.emulateMedia({ colorScheme: scheme });
          await view.screenshot({ path: `${SHOTS}${name}-${page}-${scheme}.png` });
        }
      }
    }
  }

  test('the links sign in, and leave the address', async () => {
    await Promise.all([isLive(pages.wallboard), isLive(pages.agent)]);
    assert.equal(new URL(pages.wallboard.url()).hash, '');
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(`${node.url}/demo/wallboard.html`);
    await stranger.getByText('This page needs its link').waitFor();
    await stranger.context().close();
  });

  test('the wallboard shows queues and agents as the server knows them', async () => {
    await wallboardIsRight();
    assert.equal(await pages.wallboard.locator('.figure').count(), 6);
  });

  test('a call pops up, is answered and ended at the desktop', async () => {
    const { agent } = pages;
    await agent.getByRole('button', { name: 'Answer' }).click();
    await agent.getByRole('button', { name: 'Hang up' }).click();
    await agent.getByText('No call at the moment').waitFor();
    await agent.getByRole('button', { name: 'Break' }).click();
    await agent.getByText('You are on a break').waitFor();
  });

  test('a chat can be read before it has an agent', async () => {
    const { agent } = pages;
    const event = {
      tenant_id: 'demo',
      type: 'chat.message',
      session_id: 'early-1',
      payload: { text: 'Is anybody there?', name: 'Early visitor' },
    };
    const headers = { authorization: `Bearer ${serviceToken}`, 'content-type': 'application/json' };
    const answer = await fetch(`${node.url}/api/v1/events`, {
      method: 'POST',
      headers,
      body: JSON.stringify(event),
    });
    assert.equal(answer.status, 202, await answer.text());
    await agent.getByRole('button', { name: 'Early visitor' }).click();
    await agent.locator('#transcript').getByText('Is anybody there?').waitFor();
    await agent.locator('[aria-pressed="true"]').getByText('Early visitor').waitFor();
  });

  test('the visitor and the agent chat', async () => {
    const { visitor, agent } = pages;
    await visitor.click('#ask');
    await isLive(visitor);
    await say(visitor, 'Is the ridge jacket warm?');
    await agent.getByRole('button', { name: 'Visitor of the shop' }).click();
    await agent.locator('#transcript').getByText('Is the ridge jacket warm?').waitFor();
    await say(agent, 'It is, down to minus five.');
    await visitor.locator('#transcript').getByText('It is, down to minus five.').waitFor();
    await shoot('chat');
  });

  test('all pages heal when the node is killed, without a reload and without a missed event', async () => {
    const { visitor, agent, wallboard } = pages;
    await agent.locator('#inbox li').first().waitFor();
    await node.stop('SIGKILL');
    await wallboard.locator('#status:not([data-state="connected"])').waitFor();
    await say(visitor, 'Written while nobody was there.');
    await say(agent, 'So was this.');
    await node.run();
    await Promise.all(Object.values(pages).map(isLive));
    for (const page of [visitor, agent]) {
      await page.locator('#transcript .message:not(.waiting)').getByText('Written while nobody').waitFor();
      await page.locator('#transcript .message:not(.waiting)').getByText('So was this.').waitFor();
    }
    await transcriptsAgree();
    await wallboardIsRight();
    for (const page of Object.values(pages)) {
      assert.equal(await page.evaluate(() => window.loadedOnce), true);
    }
    assert.equal(await agent.locator('#missed').textContent(), '');
    await shoot('healed');
    assert.equal(simulation.exitCode, null, 'the simulation goes on');
  });

  test('a reloaded desktop goes on where it stopped', async () => {
    const { agent } = pages;
    const before = await messages(agent);
    await agent.reload();
    await isLive(agent);
    await agent.getByRole('button', { name: 'Visitor of the shop' }).click();
    await agent.locator('#transcript').getByText('So was this.').waitFor();
    const after = await messages(agent);
    assert.deepEqual(after.slice(0, before.length), before);
  });

  test('nothing was refused by the content policy, and no script failed', () => {
    assert.deepEqual(complaints, []);
  });
});
