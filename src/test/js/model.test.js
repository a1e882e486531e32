import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Switchboard } from '../../main/js/switchboard.js';
import { ManualClock, seeded } from './clock.js';
import { ModelServer } from './model-server.js';
import { MemoryStorage } from './fixture.js';

const SEEDS = Number(process.env.CLIENT_MODEL_SEEDS ?? 120);
const FIRST_SEED = Number(process.env.CLIENT_MODEL_SEED ?? 1);
const STEPS = 500;
const TOPIC = 'callcenter:custom:a';
const LATE_TOPIC = 'callcenter:custom:b';
const CLOSE_CODES = [1001, 1006, 1006, 4008, 4401, 4408, 4429, 4503];

/** A page that notes what it is given, and holds each log to: in order, once, without a hole. */
class Witness {
  /** The offset that must come next, by epoch. */
  next = new Map();
  seen = new Set();
  delivered = 0;
  loads = 0;

  /** From here on nothing may be missing. */
  startAt(position) {
    this.next = new Map(
      position.split('.').map((place) => {
        const [epoch, offset] = place.split(':');
        return [epoch, Number(offset) + 1];
      }),
    );
  }

  event({ id, event_id }) {
    const [epoch, offset] = id.split(':');
    const next = this.next.get(epoch);
    assert.ok(next === undefined || next === Number(offset), `${id} came where ${next} was due`);
    this.next.set(epoch, Number(offset) + 1);
    this.seen.add(event_id);
    this.delivered++;
  }
}

class Scene {
  constructor(seed, { load = true, kept = true, storage } = {}) {
    this.random = seeded(seed);
    this.clock = new ManualClock(this.random).install();
    this.server = new ModelServer();
    this.server.isBusy = () => this.random() < 0.2;
    this.witness = new Witness();
    this.storage = storage;
    this.withLoad = load;
    this.names = { events: ['*'], topics: [TOPIC], ...(kept && { kept: ['queues'] }) };
    this.sent = [];
    this.open();
  }

  open() {
    const { server, witness } = this;
    const { storage } = this;
    this.client = new Switchboard('https://events.example.com', {
      token: 'token',
      WebSocket: server.WebSocket,
      transport: 'websocket',
      ...this.names,
      ...(this.withLoad && { load: (request) => this.load(request) }),
      ...(storage && { resume: { storage } }),
    });
    let fresh = !this.withLoad && !storage?.getItem('switchboard');
    this.client.attach({
      connected: ({ position }) => {
        if (fresh) {
          fresh = false;
          this.begin(position);
        }
      },
    });
    this.client.on('*', (event) => witness.event(event));
    this.client.on('resync', ({ position }) => {
      if (!this.withLoad) {
        this.begin(position);
      }
    });
    this.client.on('error', (error) => {
      if (!/load failed/.test(error.message)) {
        this.failure ??= error;
      }
    });
  }

  /** As an application does that reads its own database: the truth as it is when the answer comes. */
  async load({ position, signal }) {
    this.witness.loads++;
    await new Promise((resolve) => setTimeout(resolve, Math.floor(this.random() * 3_000)));
    if (this.random() < 0.2) {
      throw new Error('load failed');
    }
    if (!signal.aborted) {
      this.begin(position);
    }
  }

  /** The page shows the truth of this moment; from the position on nothing may be missing. */
  begin(position) {
    this.witness.startAt(position);
    this.server.truth.forEach(({ event_id }) => this.witness.seen.add(event_id));
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  async step() {
    const { server, random } = this;
    const live = server.connections.filter((one) => one.readyState < 2);
    assert.ok(live.length <= 1, 'a second socket');
    const [connection] = live;
    const actions = [
      [6, () => server.publish({ type: 'call.incoming', payload: 1 })],
      [3, () => server.publish({ type: 'note', payload: 1, topic: TOPIC })],
      [2, () => server.publish({ type: 'note', payload: 1, topic: LATE_TOPIC })],
      [
        4,
        () =>
          server.publish({
            type: 'queue.stats',
            payload: random(),
            keep: `queues/${this.pick('abcd')}`,
            ...(random() < 0.2 && { forget: true }),
          }),
      ],
      [28, () => connection?.deliver()],
      [8, () => connection?.begin()],
      [10, () => connection?.take()],
      [4, () => this.publish()],
      [2, () => connection?.tellPosition()],
      [1, () => connection?.confirm()],
      [1, () => connection?.isOpen && connection.cut(this.closeCode())],
      [0.5, () => this.followMore()],
      [0.5, () => connection && (connection.frozen = !connection.frozen)],
      [0.4, () => server.loseEpoch(this.pick(['', TOPIC]))],
      [0.4, () => (server.reachable = !server.reachable)],
      [4, () => this.clock.advance(Math.floor(random() * 2_000))],
      [0.3, () => this.clock.sleep(Math.floor(random() * 90_000))],
      [this.storage ? 0.6 : 0, () => this.reload()],
    ];
    const total = actions.reduce((sum, [weight]) => sum + weight, 0);
    let at = random() * total;
    const [, act] = actions.find(([weight]) => (at -= weight) < 0);
    await act();
    await this.clock.settle();
  }

  /** A second refusal of a token in a row would rightly close the client. */
  closeCode() {
    const code = this.pick(CLOSE_CODES);
    return code === 4401 && this.client.status.state === 'connecting' ? 1006 : code;
  }

  /** Follows one more topic; its events count from the answer on. */
  followMore() {
    if (!this.more && this.client.session && !this.storage) {
      this.more = true;
      this.client.subscribe({ topics: [LATE_TOPIC] }).then(
        ({ position }) => {
          const place = position
            .split('.')
            .find((one) => one.startsWith(`${this.server.log(LATE_TOPIC).epoch}:`));
          this.late = { ...this.late, after: Number(place?.split(':')[1] ?? 0) };
        },
        () => {},
      );
    }
  }

  publish() {
    const event_id = `m-${this.sent.length}`;
    const message = { event_id };
    this.sent.push(message);
    this.client.publish('chat.message', {}, { event_id }).then(
      (answer) => (message.answer = answer),
      (error) => (message.error = error),
    );
  }

  /** The tab crashes or is reloaded: what it was given stays, its socket dies. */
  reload() {
    const old = this.client;
    this.server.connections.forEach((connection) => connection.readyState < 2 && connection.cut(1006));
    const entry = this.storage.getItem('switchboard');
    old.close();
    entry && this.storage.setItem('switchboard', entry);
    this.open();
  }

  /** No more faults: everything that is on its way arrives. */
  async quiet() {
    this.server.reachable = true;
    for (let round = 0; round < 400; round++) {
      if (round === 100) {
        this.server.isBusy = () => false;
      }
      for (const connection of this.server.connections.filter((one) => one.readyState < 2)) {
        connection.frozen = false;
        connection.begin();
        connection.take();
        connection.confirm();
        connection.deliver();
      }
      await this.clock.advance(round % 10 ? 0 : 5_000);
    }
  }

  checkEnd() {
    if (this.failure) {
      throw this.failure;
    }
    assert.equal(this.client.status.state, 'connected');
    const missing = this.server.truth.filter(
      (event) => this.isDue(event) && !this.witness.seen.has(event.event_id),
    );
    assert.deepEqual(missing, [], 'events that neither came nor were loaded');
    if (this.names.kept) {
      this.checkKept();
    }
    this.checkPublished();
  }

  isDue({ id, topic }) {
    const offset = Number(id.split(':')[1]);
    return topic !== LATE_TOPIC || (this.late !== undefined && offset > this.late.after);
  }

  checkKept() {
    const collection = this.client.kept('queues');
    assert.equal(collection.complete, true);
    const map = Object.fromEntries([...collection].map(([key, { id }]) => [key, id]));
    const truth = Object.fromEntries(
      this.server.kept('queues').map(({ keep, id }) => [keep.split('/')[1], id]),
    );
    assert.deepEqual(map, truth);
  }

  checkPublished() {
    const ids = this.server.truth.map(({ event_id }) => event_id).filter((id) => id.startsWith('s-0:'));
    assert.equal(new Set(ids).size, ids.length, 'an event was published twice');
    const order = ids.map((id) => Number(id.split('-').at(-1)));
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
      'events overtook each other',
    );
    for (const { event_id, answer, error } of this.sent) {
      assert.ok(answer || error, `${event_id} was never settled`);
      assert.ok(!answer || ids.includes(answer.event_id), `${event_id} was not published`);
    }
  }

  end() {
    this.client.close();
    this.clock.uninstall();
  }
}

async function play(seed, options) {
  const scene = new Scene(seed, options);
  try {
    for (let step = 0; step < STEPS; step++) {
      await scene.step();
    }
    await scene.quiet();
    scene.checkEnd();
    return scene.witness;
  } catch (error) {
    error.message = `seed ${seed} (CLIENT_MODEL_SEED=${seed} CLIENT_MODEL_SEEDS=1): ${error.message}`;
    throw error;
  } finally {
    scene.end();
  }
}

describe('random faults, with a seed', () => {
  for (const { name, options } of [
    { name: 'with load: every event came once and in order, or load ran', options: () => ({ load: true }) },
    {
      name: 'without load: every event came once and in order, or resync was told',
      options: () => ({ load: false }),
    },
  ]) {
    test(name, async () => {
      let delivered = 0;
      let loads = 0;
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
        const witness = await play(seed, options());
        delivered += witness.delivered;
        loads += witness.loads;
      }
      assert.ok(delivered > SEEDS * 20, `only ${delivered} events were delivered`);
      assert.ok(!options().load || loads > SEEDS, `load ran only ${loads} times`);
    });
  }

  test('with reloads of the page: every event came, or resync was told', async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      await play(seed, { load: false, kept: false, storage: new MemoryStorage() });
    }
  });
});
