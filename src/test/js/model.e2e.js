import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { seeded } from './clock.js';
import { FaultyProxy } from './faulty-proxy.js';
import { COLLECTIONS, JavaFollower, JsFollower, TOPIC } from './followers.js';
import { RealNode, RealRedis } from './real-node.js';

const SEED = Number(process.env.CLIENT_MODEL_SEED ?? Date.now() % 100_000);
const SECONDS = Number(process.env.CLIENT_MODEL_SECONDS ?? 15);
const LONG = SECONDS > 60;
const NODES = 3;
const TICK = 100;
const KEYS = 'abcdefgh';
/** So short that a client that is away for some seconds can't resume. */
const LOG = { maxEvents: 150 };
const REFUSED_FOR_NOW = /: (503|429) |fetch failed|aborted|terminated/;

/** What was accepted, as the answers said. */
class Truth {
  /** By topic ('' for the log of the tenant), then by epoch: the type and offset of each event. */
  #logs = new Map([
    ['', new Map()],
    [TOPIC, new Map()],
  ]);
  #lastEpoch = new Map();
  /** The id of the last event of each kept key, and its log. */
  #kept = new Map();
  /** Ids of events of which nobody knows whether they were published. */
  unknown = new Set();
  count = 0;

  accept({ id }, { type, topic = '', keep, forget }) {
    const [epoch, offset] = id.split(':');
    const log = this.#logs.get(topic);
    log.set(epoch, (log.get(epoch) ?? new Map()).set(Number(offset), { id, type, keep }));
    this.#lastEpoch.set(topic, epoch);
    this.count++;
    if (keep) {
      this.#kept.set(`${topic && `${topic}/`}${keep}`, { id, topic, forget });
    }
  }

  /** Ids of what follows a position, as far as the follower wants it; null if that can't be said. */
  after(position, topic, wants) {
    const epoch = this.#lastEpoch.get(topic);
    const from = position.get(epoch);
    const events = [...(this.#logs.get(topic).get(epoch) ?? [])].sort(([a], [b]) => a - b);
    return from === undefined
      ? null
      : events
          .filter(([offset, event]) => offset > from && (topic || wants(event)))
          .map(([, event]) => event.id);
  }

  /** The state: what was kept before Redis lost everything is gone. */
  kept() {
    const lasting = [...this.#kept].filter(
      ([, { id, topic, forget }]) => !forget && id.startsWith(`${this.#lastEpoch.get(topic)}:`),
    );
    return Object.fromEntries(lasting.map(([name, { id }]) => [name, id]).sort());
  }
}

describe(`three nodes and random faults (--seed ${SEED})`, () => {
  const random = seeded(SEED);
  const truth = new Truth();
  const nodes = [];
  const down = new Set();
  const redisProxies = [];
  const clientProxies = [];
  const followers = [];
  const faults = { cuts: 0, freezes: 0, blackouts: 0, kills: 0, losses: 0 };
  let redis;
  let published = 0;

  const pick = (list) => list[Math.floor(random() * list.length)];
  const clientProxy = async () => {
    const proxy = await FaultyProxy.before(() => pick(nodes).port);
    clientProxies.push(proxy);
    return proxy;
  };

  before(
    async () => {
      redis = await RealRedis.onFreePort();
      for (let number = 1; number <= NODES; number++) {
        redisProxies.push(await FaultyProxy.before(() => redis.port));
      }
      nodes.push(
        ...(await Promise.all(
          redisProxies.map((proxy, index) =>
            RealNode.start(`model-${index + 1}`, {
              redisPort: proxy.port,
              redis: { timeout: '2s', subscriptionSilence: '1s' },
              sessions: { heartbeat: '1s', idleTimeout: '5s' },
              logs: LOG,
            }),
          ),
        )),
      );
      const token = (user, seconds) => nodes[0].token(user, { seconds });
      const follow = async (name, options) =>
        followers.push(new JsFollower(name, await clientProxy(), { token, random, ...options }));
      await follow('loads', { load: true });
      await follow('is told', { load: false });
      await follow('loads, publishes', { load: true, publishes: true });
      await follow('kept only, publishes', { load: false, events: [], publishes: true });
      await follow('stream', { load: true, transport: 'sse' });
      followers.push(new JavaFollower('Java', await clientProxy(), token('java', 86_400)));
      await Promise.all(followers.map((follower) => follower.ready()));
    },
    { timeout: 120_000 },
  );
  after(async () => {
    followers.forEach((follower) => follower.close());
    [...clientProxies, ...redisProxies].forEach((proxy) => proxy.close());
    await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
    nodes.forEach((node) => node.endPostgres());
    await redis?.stop();
  });

  test(
    'every client has each event once and in order, or loaded, and the state of each key',
    { timeout: SECONDS * 1_000 + 150_000 },
    async () => {
      const end = Date.now() + SECONDS * 1_000;
      await Promise.all([publishUntil(end), breakUntil(end), ...followers.map((one) => chatUntil(one, end))]);
      await heal();
      for (const event of [
        ...COLLECTIONS.map((name) => keptEvent(name, 'last')),
        { type: 'order.made' },
        { type: 'note', topic: TOPIC },
      ]) {
        await publish(event);
      }
      await Promise.all(followers.map(awaitTruth));
      assert.deepEqual(await stateOfServer(), truth.kept());
      const loads = followers.reduce((sum, follower) => sum + follower.begins, 0);
      console.log(`# ${truth.count} events, ${loads} times from anew, ${JSON.stringify(faults)}`);
      assert.ok(truth.count > SECONDS * 5, `only ${truth.count} events were accepted`);
    },
  );

  // ---- What is published

  function keptEvent(collection, key, forget = false) {
    const at = collection.lastIndexOf('/');
    return {
      type: 'queue.stats',
      keep: `${collection.slice(at + 1)}/${key}`,
      ...(at > 0 && { topic: collection.slice(0, at) }),
      ...(forget && { forget }),
    };
  }

  async function publishUntil(end) {
    while (Date.now() < end) {
      const event =
        random() < 0.4
          ? keptEvent(pick(COLLECTIONS), pick(KEYS), random() < 0.2)
          : random() < 0.3
            ? { type: 'note', topic: TOPIC }
            : { type: 'order.made' };
      await publish(event);
      await pause(random() * 30);
    }
  }

  /** Repeats an event under its id, at any node, until it is settled, as a producer must. */
  async function publish(event) {
    const number = ++published;
    const body = {
      tenant_id: 'tenant-123',
      event_id: `e-${SEED}-${number}`,
      payload: { queue_name: 'q', number },
      ...event,
    };
    for (;;) {
      try {
        truth.accept(await pick(nodes).call('POST', '/events', body, { timeout: 5_000 }), event);
        return;
      } catch (error) {
        assert.match(error.message, REFUSED_FOR_NOW);
        await pause(50);
      }
    }
  }

  async function chatUntil(follower, end) {
    const published = [];
    while (follower.publishes && Date.now() < end) {
      published.push(
        follower.publish().then(
          (answer) => truth.accept(answer, { type: 'chat.message' }),
          ({ outcome, eventId }) => outcome !== 'not_sent' && truth.unknown.add(eventId),
        ),
      );
      await pause(random() * 600);
    }
    await Promise.all(published);
  }

  // ---- What breaks

  async function breakUntil(end) {
    const begun = Date.now();
    const due = [
      [0.3, () => killNode(pick(nodes))],
      [0.6, loseRedis],
    ];
    const restarts = [];
    while (Date.now() < end) {
      await pause(TICK);
      if (due.length && Date.now() - begun > due[0][0] * Math.min(SECONDS, 60) * 1_000) {
        restarts.push(due.shift()[1]());
      }
      restarts.push(breakSomething());
    }
    await Promise.all(restarts);
  }

  function breakSomething() {
    const faultsByWeight = [
      [4, () => (faults.cuts++, pick(clientProxies).cut())],
      [3, () => disturb('freezes', pick(clientProxies), 'freeze', 3_000)],
      [1.5, () => disturb('blackouts', pick(clientProxies), 'block', LONG ? 20_000 : 3_000)],
      [LONG ? 0.05 : 0, () => disturb('blackouts', pick(clientProxies), 'block', 180_000)],
      [1.5, () => (faults.cuts++, pick(redisProxies).cut())],
      [1, () => disturb('freezes', pick(redisProxies), 'freeze', 3_000)],
      [0.5, () => disturb('blackouts', pick(redisProxies), 'block', 3_000)],
      [0.4, () => stall(redis, 2_000)],
      [0.4, () => stall(pick(nodes), 4_000)],
      [LONG ? 0.1 : 0, () => killNode(pick(nodes))],
      [LONG ? 0.05 : 0, loseRedis],
      [30, () => {}],
    ];
    let at = random() * faultsByWeight.reduce((sum, [weight]) => sum + weight, 0);
    const [, act] = faultsByWeight.find(([weight]) => (at -= weight) < 0);
    return act();
  }

  function disturb(name, proxy, how, longest) {
    faults[name]++;
    proxy[how]();
    setTimeout(() => proxy.heal(), random() * longest);
  }

  function stall(process, longest) {
    faults.freezes++;
    process.signal('SIGSTOP');
    setTimeout(() => process.signal('SIGCONT'), random() * longest);
  }

  async function killNode(node) {
    if (!down.has(node)) {
      faults.kills++;
      down.add(node);
      await node.stop('SIGKILL');
      await node.run();
      down.delete(node);
    }
  }

  /** All that Redis held is lost; a new one takes its place. */
  async function loseRedis() {
    if (!down.has(redis)) {
      faults.losses++;
      down.add(redis);
      await redis.stop();
      redis.start();
      down.delete(redis);
    }
  }

  async function heal() {
    [...clientProxies, ...redisProxies].forEach((proxy) => proxy.heal());
    [...nodes, redis].forEach((process) => process.signal('SIGCONT'));
  }

  // ---- What must hold

  async function awaitTruth(follower) {
    const giveUp = Date.now() + 90_000;
    for (;;) {
      const problem = await problemOf(follower);
      if (!problem) {
        return;
      }
      assert.ok(Date.now() < giveUp, `${follower.name}: ${problem}`);
      await pause(TICK);
    }
  }

  async function problemOf(follower) {
    for (const topic of ['', TOPIC]) {
      const expected = truth.after(follower.position, topic, follower.wants);
      const got = follower
        .heard(topic)
        .filter((event) => (topic || follower.wants(event)) && !isUnknown(event.event_id));
      const ids = got.map(({ id }) => id);
      if (expected === null) {
        return `does not know of the epoch of ${topic || 'the tenant'}`;
      }
      if (String(ids) !== String(expected)) {
        return `of ${topic || 'the tenant'} got ${ids.length}: ${difference(ids, expected)}`;
      }
    }
    const kept = JSON.stringify(await follower.kept());
    const expected = JSON.stringify(truth.kept());
    return kept === expected ? null : `holds ${kept} instead of ${expected}`;
  }

  function isUnknown(eventId) {
    return [...truth.unknown].some((own) => eventId?.endsWith(own));
  }

  function difference(got, expected) {
    const at = expected.findIndex((id, index) => got[index] !== id);
    const first = at < 0 ? expected.length : at;
    return `${got[first]} where ${expected[first]} of ${expected.length} was due`;
  }

  async function stateOfServer() {
    const state = {};
    for (const collection of COLLECTIONS) {
      const at = collection.lastIndexOf('/');
      const topic = at > 0 ? `?topic=${collection.slice(0, at)}` : '';
      const path = `/tenants/tenant-123/kept/${collection.slice(at + 1)}${topic}`;
      const { events } = await nodes[0].call('GET', path);
      events.forEach(({ id, keep }) => (state[`${at > 0 ? `${TOPIC}/` : ''}${keep}`] = id));
    }
    return Object.fromEntries(Object.entries(state).sort());
  }
});

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
