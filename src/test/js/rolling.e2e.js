import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LoadBalancer } from './load-balancer.js';
import { Pages } from './pages.js';
import { RealNode, RealRedis } from './real-node.js';

const NODES = 2;
const PERIOD = 50;

describe('in Chromium behind real load balancers, while nodes are restarted one after the other', () => {
  let redis;
  let nodes;
  let pages;

  before(async () => {
    redis = await RealRedis.onFreePort();
    nodes = await Promise.all(
      Array.from({ length: NODES }, (_, i) =>
        RealNode.start(`rolling-${i}`, {
          redisPort: redis.port,
          node: { warmup: '0s' },
          sessions: { drainWindow: '1s', retryAfter: '1s' },
        }),
      ),
    );
    pages = await Pages.start();
  });
  after(async () => {
    await pages?.close();
    await Promise.all(nodes?.map((node) => node.end()) ?? []);
    await redis?.stop();
  });

  let last = 0;
  let publishing = false;

  /** Publishes numbered orders through the load balancer, each with its id until it is accepted. */
  async function publishAll(url, accepted) {
    while (publishing) {
      const number = last + 1;
      const order = {
        tenant_id: 'tenant-123',
        type: 'order.made',
        event_id: `order-${number}`,
        payload: { number },
      };
      const done = await nodes[0].callAt(url, 'POST', '/events', order).then(
        () => true,
        () => false,
      );
      if (done) {
        accepted.push(++last);
      }
      await new Promise((resolve) => setTimeout(resolve, PERIOD));
    }
  }

  for (const program of ['nginx', 'haproxy']) {
    test(
      `pages behind ${program} miss no event, and no stream ends for good`,
      { timeout: 120_000 },
      async (t) => {
        const balancer = await LoadBalancer.start(program, nodes);
        t.after(() => {
          publishing = false;
          balancer.close();
        });
        const url = balancer.url;
        const open = (user, transport) =>
          pages.openClient({ url, token: nodes[0].token(user), events: ['order.*'], transport });
        const opened = [
          await open('1', 'websocket'),
          await open('2', 'websocket'),
          await open('3', 'sse'),
          await pages.openEventSource(url, nodes[0].token('4')),
          await pages.openEventSource(url, nodes[0].token('5')),
        ];
        const accepted = [];
        publishing = true;
        const published = publishAll(url, accepted);

        for (const node of nodes) {
          await node.stop();
          await node.run();
          const before = last;
          while (last < before + 10) {
            await new Promise((resolve) => setTimeout(resolve, PERIOD));
          }
        }
        publishing = false;
        await published;

        for (const { page, context } of opened) {
          await page.waitForFunction((number) => window.heard.includes(number), last);
          assert.deepEqual(await page.evaluate(() => window.heard), accepted);
          assert.deepEqual(await page.evaluate(() => window.resyncs), []);
          assert.notEqual(await page.evaluate(() => window.stream?.readyState), 2);
          await context.close();
        }
      },
    );
  }
});
