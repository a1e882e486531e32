import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import WebSocket from 'ws';
import { Switchboard } from '../../main/js/switchboard.js';
import { seeded } from './clock.js';
import { RealNode } from './real-node.js';

const SEED = Number(process.env.CLIENT_FAULTS_SEED ?? Date.now() % 100_000);
const SECONDS = Number(process.env.CLIENT_FAULTS_SECONDS ?? 30);
const CLIENTS = 4;

/** Stands before the nodes: takes each connection to one of them, and breaks or freezes it at random. */
class FaultyProxy {
  #connections = new Set();
  #nodes;
  #random;

  constructor(nodes, random) {
    this.#nodes = nodes;
    this.#random = random;
    this.server = net.createServer((socket) => this.#accept(socket));
  }

  async listen() {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${this.server.address().port}`;
  }

  #accept(client) {
    const node = this.#nodes[Math.floor(this.#random() * this.#nodes.length)];
    const upstream = net.connect(node.port, '127.0.0.1');
    const connection = { client, upstream };
    this.#connections.add(connection);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      from.pipe(to);
      from.on('error', () => {});
      from.on('close', () => {
        to.destroy();
        this.#connections.delete(connection);
      });
    }
  }

  cut() {
    for (const { client, upstream } of this.#connections) {
      if (this.#random() < 0.5) {
        client.destroy();
        upstream.destroy();
      }
    }
  }

  /** Nothing passes for a while, without an end. */
  freeze(frozen) {
    for (const { client, upstream } of this.#connections) {
      for (const socket of [client, upstream]) {
        frozen ? socket.pause() : socket.resume();
      }
    }
  }
}

describe(`two nodes, faulty connections, a node that is killed (CLIENT_FAULTS_SEED=${SEED})`, () => {
  const random = seeded(SEED);
  const nodes = [];
  let proxy;

  before(async () => {
    nodes.push(await RealNode.start('faults-1'));
    nodes.push(await RealNode.start('faults-2', { redisOf: nodes[0] }));
    proxy = new FaultyProxy(nodes, random);
    await proxy.listen();
  });
  after(async () => {
    proxy?.server.close();
    await nodes[1]?.end();
    await nodes[0]?.end();
  });

  const follow = (number, withLoad, truth) => {
    const seen = new Set();
    const order = [];
    let proofs = 0;
    const restart = () => {
      proofs++;
      order.length = 0;
      truth.forEach((one) => seen.add(one));
    };
    const client = new Switchboard(proxy.url, {
      token: () => nodes[0].token(String(number)),
      WebSocket,
      transport: 'websocket',
      events: ['order.*', 'chat.message'],
      ...(withLoad && { load: restart }),
    });
    client.on('error', () => {});
    client.on('resync', () => withLoad || restart());
    client.on('order.*', ({ payload }) => {
      assert.ok(
        !order.length || order.at(-1) < payload.number,
        `${payload.number} came behind ${order.at(-1)}`,
      );
      order.push(payload.number);
      seen.add(payload.number);
    });
    return { client, seen, order, proofs: () => proofs };
  };

  test('every client has every event, in order and once, or loaded', { timeout: 180_000 }, async () => {
    const truth = [];
    const followers = Array.from({ length: CLIENTS }, (_, index) => follow(index, index % 2 === 0, truth));
    await Promise.all(followers.map(({ client }) => client.ready()));
    const end = Date.now() + SECONDS * 1_000;
    const killAt = Date.now() + SECONDS * 400;
    let killed;
    while (Date.now() < end) {
      await publish(truth);
      if (random() < 0.03) {
        proxy.cut();
      } else if (random() < 0.02) {
        proxy.freeze(true);
        setTimeout(() => proxy.freeze(false), random() * 1_500);
      }
      if (!killed && Date.now() > killAt) {
        killed = nodes[1].stop('SIGKILL').then(() => nodes[1].run());
      }
    }
    await killed;
    proxy.freeze(false);
    await publish(truth);
    const last = truth.at(-1);
    await Promise.all(followers.map((one) => waitFor(one, () => one.seen.has(last))));
    for (const { seen } of followers) {
      assert.deepEqual(
        truth.filter((number) => !seen.has(number)),
        [],
      );
    }
    followers.forEach(({ client }) => client.close());
  });

  /** Repeats an event under its id until it is settled, as a producer must. */
  async function publish(truth) {
    const number = truth.length + 1;
    for (;;) {
      try {
        await nodes[0].publish('order.made', { number }, { event_id: `order-${SEED}-${number}` });
        truth.push(number);
        return;
      } catch (error) {
        assert.match(error.message, /503|429|fetch failed/);
      }
    }
  }

  function waitFor({ client }, condition) {
    return new Promise((resolve) => {
      const look = () => condition() && resolve();
      client.attach({ received: look });
      client.on('order.*', look);
      look();
    });
  }
});
