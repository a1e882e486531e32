import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { event, MemoryStorage, setUp } from './fixture.js';

describe('a page that sleeps, hides and comes back', () => {
  test('a visible page asks after 60 s of silence, and takes any frame for life', async (t) => {
    const { server, clock, make } = setUp(t, { window: true });
    make();
    await clock.settle();
    server.socket.welcome();
    await clock.advance(59_999);
    assert.equal(server.socket.take('ping'), undefined);
    await clock.advance(1);
    assert.ok(server.socket.take('ping'));
    await clock.advance(4_999);
    server.socket.say(event('call.incoming', 'e1:1'));
    await clock.advance(59_999);
    assert.equal(server.sockets.length, 1);
    assert.equal(server.socket.take('ping'), undefined);
    await clock.advance(1);
    assert.ok(server.socket.take('ping'));
  });

  test('silence after a ping is a loss: the client resumes over a new connection', async (t) => {
    const { server, clock, make } = setUp(t, { window: true });
    const client = make();
    await clock.settle();
    server.socket.welcome({ position: 'e1:5' });
    await clock.advance(65_000);
    assert.equal(client.status.reason, 'timeout');
    assert.equal(server.sockets[0].closedWith.code, 1000);
    await clock.advance(1_000);
    assert.equal(server.socket.query.after, 'e1:5');
  });

  test('a hidden page needs no timer', async (t) => {
    const { server, clock, page, make } = setUp(t, { window: true });
    make();
    await clock.settle();
    server.socket.welcome();
    page.show(false);
    await clock.advance(3_600_000);
    assert.equal(server.socket.take('ping'), undefined);
    assert.equal(clock.pending, 0);
    page.show(true);
    await clock.advance(250);
    assert.ok(server.socket.take('ping'));
    await clock.advance(3_000);
    assert.equal(server.socket.closedWith.code, 1000);
  });

  test('many signals of a waking page start one check', async (t) => {
    const { server, clock, page, make } = setUp(t, { window: true });
    make();
    await clock.settle();
    server.socket.welcome();
    for (let i = 0; i < 20; i++) {
      page.signal('online');
      page.signal('pageshow');
      page.show(true);
      page.document.dispatchEvent(new Event('resume'));
    }
    await clock.advance(250);
    assert.ok(server.socket.take('ping'));
    assert.equal(server.socket.take('ping'), undefined);
    page.signal('online');
    await clock.advance(250);
    assert.equal(server.socket.take('ping'), undefined);
    server.socket.say({ type: 'pong', payload: {} });
    await clock.advance(10_000);
    assert.equal(server.sockets.length, 1);
    assert.equal(server.socket.readyState, 1);
  });

  test('a thawed tab reads what queued up before it gives its connection up', async (t) => {
    const { server, clock, page, make } = setUp(t, { window: true });
    const client = make();
    await clock.settle();
    server.socket.welcome();
    page.signal('online');
    await clock.advance(250);
    await clock.sleep(120_000);
    assert.equal(client.status.state, 'connected');
    server.socket.say(event('call.incoming', 'e1:1'));
    await clock.advance(10_000);
    assert.equal(server.sockets.length, 1);
    assert.equal(client.status.state, 'connected');
  });

  test('a machine that slept while the connection died finds out at once', async (t) => {
    const { server, clock, make } = setUp(t, { window: true });
    const client = make();
    await clock.settle();
    server.socket.welcome({ position: 'e1:5' });
    await clock.sleep(8 * 3_600_000);
    assert.ok(server.socket.take('ping'));
    await clock.advance(5_000);
    assert.equal(client.status.reason, 'timeout');
    await clock.advance(1_000);
    assert.equal(server.socket.query.after, 'e1:5');
  });

  test('online shortens the wait for the next attempt to a second at most, and makes one socket', async (t) => {
    const { server, clock, page, make } = setUp(t, { window: true, random: () => 0.9 });
    make();
    await clock.settle();
    for (let i = 0; i < 6; i++) {
      server.socket.end(1006);
      await clock.advance(20_000);
    }
    const before = server.sockets.length;
    server.socket.end(1006);
    page.signal('online');
    page.signal('online');
    await clock.advance(1_250);
    assert.equal(server.sockets.length, before + 1);
    assert.equal(server.openSockets.length, 1);
  });

  test('online does not shorten a wait that the server asked for', async (t) => {
    const { server, clock, page, make } = setUp(t, { window: true });
    make();
    await clock.settle();
    server.socket.welcome();
    server.socket.end(1001, 'retry_after_ms=9000');
    page.signal('online');
    await clock.advance(8_999);
    assert.equal(server.sockets.length, 1);
    await clock.advance(1);
    assert.equal(server.sockets.length, 2);
  });

  test('online shortens a wait of the client that follows one the server asked for', async (t) => {
    const { server, clock, page, make } = setUp(t, { window: true, random: () => 1 });
    const client = make();
    await clock.settle();
    for (let i = 0; i < 5; i++) {
      server.socket.end(4503);
      await clock.advance(client.status.retryAt - clock.now);
    }
    await clock.advance(20_000);
    assert.equal(client.status.reason, 'timeout');
    const before = server.sockets.length;
    page.signal('online');
    await clock.advance(1_250);
    assert.equal(server.sockets.length, before + 1);
  });

  test('pagehide closes the socket for the back-forward cache, pageshow resumes', async (t) => {
    const { server, clock, page, make } = setUp(t, { window: true });
    const client = make();
    await clock.settle();
    server.socket.welcome();
    server.socket.say(event('notification', 'e1:3', { user_id: '456' }));
    client.on('*', () => {});
    server.socket.say(event('notification', 'e1:4', { user_id: '456' }));
    page.signal('pagehide');
    assert.deepEqual(server.socket.take('ack').payload.event_ids, ['event-e1:4']);
    assert.equal(server.socket.closedWith.code, 1000);
    assert.equal(client.status.reason, 'page_hidden');
    assert.equal(clock.pending, 0);
    await clock.advance(3_600_000);
    page.signal('online');
    await clock.advance(10_000);
    assert.equal(server.sockets.length, 1);
    page.signal('pageshow');
    await clock.advance(0);
    assert.equal(server.sockets.length, 2);
    assert.equal(server.socket.query.after, 'e1:0,e1:4');
  });

  test('a client that was left does not hear the page any more', async (t) => {
    const { server, clock, page, make } = setUp(t, { window: true });
    const client = make();
    await clock.settle();
    server.socket.welcome();
    client.disconnect();
    page.signal('pagehide');
    page.signal('pageshow');
    await clock.advance(60_000);
    assert.equal(client.status.state, 'idle');
    assert.equal(server.sockets.length, 1);
  });

  test('a page that is put away while it connects leaves nothing open', async (t) => {
    const { server, clock, page, make } = setUp(t, { window: true });
    make();
    await clock.settle();
    page.signal('pagehide');
    assert.equal(server.openSockets.length, 0);
    page.signal('pageshow');
    page.signal('pageshow');
    await clock.advance(1_000);
    assert.equal(server.openSockets.length, 1);
  });

  test('a tab frozen for longer than the log reaches loads again', async (t) => {
    const { server, clock, page, make } = setUp(t, { window: true });
    const loads = [];
    make({ load: async ({ reason }) => void loads.push(reason) });
    await clock.settle();
    server.socket.welcome({ position: 'e1:5' });
    await clock.sleep(3_600_000);
    page.document.dispatchEvent(new Event('resume'));
    server.socket.end(4408);
    await clock.advance(1_250);
    assert.equal(server.socket.query.after, 'e1:5');
    server.socket.welcome({ recovered: false, position: 'e1:99000' });
    await clock.settle();
    assert.deepEqual(loads, ['start', 'unrecovered']);
  });

  for (const { signals, most } of [
    { signals: false, most: 600 },
    { signals: true, most: 3_601 },
  ]) {
    test(`an hour of losses makes no storm of attempts or timers, ${signals ? 'with' : 'without'} signals`, async (t) => {
      const { server, clock, page, make } = setUp(t, { window: true });
      make();
      await clock.settle();
      for (let second = 0; second < 3_600; second++) {
        if (server.socket.readyState < 2) {
          server.socket.end(1006);
        }
        if (signals) {
          page.signal('online');
          page.show(true);
        }
        assert.ok(clock.pending <= 2, `${clock.pending} timers`);
        await clock.advance(1_000);
      }
      assert.ok(server.sockets.length <= most, `${server.sockets.length} sockets`);
      assert.ok(server.openSockets.length <= 1);
    });
  }
});

describe('a reload of the page', () => {
  const scene = (t) => {
    const all = setUp(t, { window: true });
    const storage = new MemoryStorage();
    const open = (options = {}) => {
      const client = all.make({ resume: { storage }, ...options });
      client.resyncs = [];
      client.heard = [];
      client.on('resync', (resync) => client.resyncs.push(resync.reason));
      client.on('*', (one) => client.heard.push(one.id));
      return client;
    };
    const leave = () => {
      all.page.signal('pagehide');
      all.server.socket.end(1000);
    };
    return { ...all, storage, open, leave };
  };

  test('continues behind the last event that was handed to listeners', async (t) => {
    const { server, clock, open, leave } = scene(t);
    open();
    await clock.settle();
    assert.ok(!('after' in server.socket.query));
    server.socket.welcome({ position: 'e1:5' });
    server.socket.say(event('call.incoming', 'e1:6'));
    leave();
    const client = open();
    await clock.settle();
    assert.equal(server.socket.query.after, 'e1:5,e1:6');
    server.socket.welcome({ recovered: true, position: 'e1:6' });
    server.socket.say(event('call.incoming', 'e1:7'));
    assert.deepEqual(client.heard, ['e1:7']);
    assert.deepEqual(client.resyncs, []);
  });

  test('a crash loses no event: the entry is written with each', async (t) => {
    const { server, clock, storage, open } = scene(t);
    open();
    await clock.settle();
    server.socket.welcome({ position: 'e1:5' });
    server.socket.say(event('call.incoming', 'e1:6'));
    const entry = storage.getItem('switchboard');
    assert.equal(JSON.parse(entry).after, 'e1:5,e1:6');
    assert.ok(!entry.includes('token'));
  });

  test('another filter, an old entry and a broken one are not continued, and that is told', async (t) => {
    for (const spoil of [
      (storage) => storage.setItem('switchboard', '{'),
      (storage) =>
        storage.setItem('switchboard', storage.getItem('switchboard').replace(/"time":\d+/, '"time":1')),
      (storage) =>
        storage.setItem('switchboard', storage.getItem('switchboard').replace('call.*', 'queue.*')),
    ]) {
      await t.test('', async (t) => {
        const { server, clock, storage, open, leave } = scene(t);
        open({ events: ['call.*'] });
        await clock.settle();
        server.socket.welcome({ position: 'e1:5' });
        leave();
        spoil(storage);
        const client = open({ events: ['call.*'] });
        client.on('error', () => {});
        await clock.settle();
        assert.ok(!('after' in server.socket.query));
        server.socket.welcome({ position: 'e1:90' });
        assert.deepEqual(client.resyncs, ['storage']);
      });
    }
  });

  test('another person is not given what the one before missed', async (t) => {
    const { server, clock, open, leave } = scene(t);
    open();
    await clock.settle();
    server.socket.welcome({ position: 'e1:5', user_id: 'ann' });
    leave();
    const client = open();
    await clock.settle();
    server.socket.welcome({ recovered: true, position: 'e1:5', user_id: 'bob' });
    await clock.advance(0);
    assert.ok(!('after' in server.socket.query));
    server.socket.welcome({ position: 'e1:9', user_id: 'bob' });
    assert.deepEqual(client.resyncs, ['identity']);
    assert.deepEqual(client.heard, []);
  });

  test('a storage that is full or forbidden is reported and harms nothing', async (t) => {
    const { server, clock, make } = setUp(t, { window: true });
    const storage = {
      getItem: () => null,
      setItem: () => {
        throw new Error('full');
      },
      removeItem() {},
    };
    const client = make({ resume: { storage } });
    const errors = [];
    client.on('error', (error) => errors.push(error.message));
    await clock.settle();
    server.socket.welcome();
    server.socket.say(event('call.incoming', 'e1:1'));
    assert.ok(errors.includes('full'));
    assert.equal(client.status.state, 'connected');
  });

  test('kept collections do not survive it', async (t) => {
    const { server, clock, open, leave } = scene(t);
    open({ kept: ['queues'] });
    await clock.settle();
    server.socket.welcome({ position: 'e1:5' });
    const names = { kept: ['queues'], position: 'e1:5' };
    server.socket.say({ type: 'kept.begin', payload: { ...names, since: '2026-01-01T00:00:00Z' } });
    server.socket.say({ type: 'kept.end', payload: { ...names, count: 0, unreadable: 0 } });
    leave();
    const client = open({ kept: ['queues'] });
    await clock.settle();
    assert.equal(server.socket.query.after, 'e1:5');
    assert.ok(!('held' in server.socket.query));
    assert.equal(client.kept('queues').complete, false);
  });
});
