import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Switchboard, Unauthorized } from '../../main/js/switchboard.js';
import { setUp, event } from './fixture.js';

test('a socket brings the token as a subprotocol and the filter in the address', async (t) => {
  const { server, clock, make } = setUp(t);
  make({ events: ['call.*', 'queue.*'], topics: ['callcenter:custom:alerts'] });
  await clock.settle();
  assert.deepEqual(server.socket.protocols, ['switchboard.v1', 'bearer.token-1']);
  assert.equal(server.socket.url.pathname, '/ws');
  assert.deepEqual(server.socket.query, {
    events: 'call.*,queue.*',
    topics: 'callcenter:custom:alerts',
    receipts: 'explicit',
  });
});

test('events reach listeners of their type, of patterns above it, and of everything', async (t) => {
  const { server, clock, make } = setUp(t);
  const client = make();
  const heard = [];
  for (const name of [
    'queue.member.added',
    'queue.member.*',
    'queue.*',
    '*',
    'queue',
    'call.*',
    'queue.member',
  ]) {
    client.on(name, () => heard.push(name));
  }
  await clock.settle();
  server.socket.welcome();
  server.socket.say(event('queue.member.added', 'e1:1'));
  assert.deepEqual(heard.sort(), ['*', 'queue.*', 'queue.member.*', 'queue.member.added']);
});

test('a listener that throws or rejects disturbs nobody', async (t) => {
  const { server, clock, make } = setUp(t);
  const client = make();
  const heard = [];
  const errors = [];
  client.on('error', (error) => errors.push(error.message));
  client.on('*', () => {
    throw new Error('thrown');
  });
  client.on('*', async () => {
    throw new Error('rejected');
  });
  client.on('*', (one) => heard.push(one.id));
  await clock.settle();
  server.socket.welcome();
  server.socket.say(event('call.incoming', 'e1:1'));
  server.socket.say(event('call.incoming', 'e1:2'));
  await clock.settle();
  assert.deepEqual(heard, ['e1:1', 'e1:2']);
  assert.deepEqual(errors.sort(), ['rejected', 'rejected', 'thrown', 'thrown']);
  server.socket.end();
  await clock.advance(20_000);
  assert.equal(server.socket.query.after, 'e1:0,e1:2');
});

test('an ended listener hears nothing more, also when it ends itself', async (t) => {
  const { server, clock, make } = setUp(t);
  const client = make();
  let heard = 0;
  const off = client.on('*', () => {
    heard++;
    off();
  });
  await clock.settle();
  server.socket.welcome();
  server.socket.say(event('call.incoming', 'e1:1'));
  server.socket.say(event('call.incoming', 'e1:2'));
  assert.equal(heard, 1);
});

test('a listener that another one ends meanwhile hears nothing more', async (t) => {
  const { server, clock, make } = setUp(t);
  const client = make();
  let heard = 0;
  const ends = [];
  client.on('*', () => ends.forEach((end) => end()));
  ends.push(client.on('*', () => heard++));
  await clock.settle();
  server.socket.welcome();
  server.socket.say(event('call.incoming', 'e1:1'));
  assert.equal(heard, 0);
});

test('a listener may leave while the client connects', async (t) => {
  const { server, clock, make } = setUp(t);
  const client = make({ users: ['7'] });
  let connected = 0;
  client.attach({ connected: () => connected++ });
  client.on('status', ({ state }) => state === 'connected' && client.disconnect());
  await clock.settle();
  server.socket.welcome();
  assert.deepEqual(server.socket.sent, []);
  assert.equal(client.status.state, 'idle');
  assert.equal(connected, 0);
});

test('the back-off grows with each failure, and begins again after a stable connection', async (t) => {
  const { server, clock, make } = setUp(t, { random: () => 1 });
  const client = make();
  const delays = [];
  await clock.settle();
  const fail = async () => {
    server.socket.end(1006);
    delays.push(client.status.retryAt - clock.now);
    await clock.advance(20_000);
  };
  for (let i = 0; i < 7; i++) {
    await fail();
  }
  server.socket.welcome();
  await clock.advance(9_999);
  await fail();
  server.socket.welcome();
  await clock.advance(10_000);
  await fail();
  assert.deepEqual(delays, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 500]);
});

test('what waits to be published is bounded', async (t) => {
  const { make } = setUp(t);
  const client = make();
  const settled = [];
  const publish = (payload) =>
    client.publish('chat.message', payload).then(settled.push, (error) => settled.push(error.code));
  for (let i = 0; i < 101; i++) {
    publish({});
  }
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(settled, ['queue_full']);
  const other = make();
  other.publish('chat.message', 'x'.repeat(1 << 19)).catch(() => {});
  await assert.rejects(other.publish('chat.message', 'x'.repeat(1 << 19)), {
    code: 'queue_full',
    outcome: 'not_sent',
  });
});

test('events that wait for load are bounded by their length as well', async (t) => {
  const { server, clock, make } = setUp(t);
  const client = make({ load: () => new Promise(() => {}) });
  await clock.settle();
  server.socket.welcome();
  for (let i = 1; i <= 5; i++) {
    server.socket.say(event('call.incoming', `e1:${i}`, { payload: 'x'.repeat(1 << 20) }));
  }
  assert.equal(client.status.reason, 'overflow');
});

test('a client knows its own events, before and after the answer', async (t) => {
  const { server, clock, make } = setUp(t);
  const client = make();
  await clock.settle();
  server.socket.welcome();
  const published = client.publish('chat.message', {}, { event_id: 'mine' });
  const seen = event('chat.message', 'e1:1', { event_id: 's-0123456789abcdef:mine' });
  assert.equal(client.ownId(seen), 'mine');
  const { ref } = server.socket.take('chat.message');
  server.socket.say({ type: 'published', ref, payload: { id: 'e1:1', event_id: seen.event_id } });
  await published;
  assert.equal(client.ownId(seen), 'mine');
  assert.equal(
    client.ownId(event('chat.message', 'e1:2', { event_id: 's-fedcba9876543210:mine' })),
    undefined,
  );
  assert.equal(client.ownId(event('chat.message', 'e1:3', { event_id: undefined })), undefined);
});

test('the last 1,000 ids of the inbox are remembered', async (t) => {
  const { server, clock, make } = setUp(t);
  const client = make();
  const heard = [];
  client.on('*', ({ event_id }) => heard.push(event_id));
  await clock.settle();
  server.socket.welcome();
  const say = (number) =>
    server.socket.say(event('notification', null, { event_id: `n${number}`, user_id: '456' }));
  for (let number = 0; number <= 1_000; number++) {
    say(number);
  }
  say(1);
  say(0);
  assert.equal(heard.length, 1_002);
  assert.equal(heard.at(-1), 'n0');
});

test('what an old connection still brings is ignored', async (t) => {
  const { server, clock, make } = setUp(t);
  const client = make();
  const heard = [];
  client.on('*', (one) => heard.push(one.id));
  await clock.settle();
  const old = server.socket;
  old.welcome();
  old.end(1006);
  await clock.advance(20_000);
  server.socket.welcome({ recovered: true });
  old.say(event('call.incoming', 'e1:9'));
  old.end(4410);
  assert.deepEqual(heard, []);
  assert.equal(client.status.state, 'connected');
});

test('a disconnected client is idle and continues from its place', async (t) => {
  const { server, clock, make } = setUp(t);
  const client = make();
  await clock.settle();
  server.socket.welcome();
  server.socket.say(event('call.incoming', 'e1:4'));
  client.disconnect();
  assert.equal(client.status.state, 'idle');
  assert.equal(server.openSockets.length, 0);
  await clock.advance(600_000);
  assert.equal(server.sockets.length, 1);
  client.connect();
  await clock.settle();
  assert.equal(server.socket.query.after, 'e1:0,e1:4');
});

test('a closed client stays closed, refuses what is asked of it, and leaves no timer', async (t) => {
  const { server, clock, make } = setUp(t);
  const client = make();
  await clock.settle();
  server.socket.welcome();
  const published = assert.rejects(client.publish('chat.message', {}), {
    code: 'closed_by_client',
    outcome: 'unknown',
  });
  const ready = client.ready();
  client.close();
  await ready;
  await published;
  await assert.rejects(client.ready(), { code: 'closed_by_client' });
  await assert.rejects(client.publish('chat.message', {}), { code: 'closed', outcome: 'not_sent' });
  await assert.rejects(client.subscribe({ events: ['*'] }), { code: 'closed' });
  client.connect();
  await clock.settle();
  assert.equal(server.sockets.length, 1);
  assert.equal(server.openSockets.length, 0);
  assert.equal(clock.pending, 0);
});

test('options that contradict each other are refused at once', () => {
  const refused = (options, words, url = 'https://x') =>
    assert.throws(() => new Switchboard(url, { token: 'token', WebSocket: class {}, ...options }), words);
  refused({}, /https:/, 'events.example.com');
  refused({ token: undefined }, /token/);
  refused({ events: 'call.*' }, /events must be a list/);
  refused({ load() {}, resume: { storage: new Map() } }, /exclude each other/);
  if (!globalThis.WebSocket) {
    refused({ WebSocket: undefined }, /give WebSocket/);
  }
});

test('a storage that tabs share is refused', (t) => {
  const { make } = setUp(t, { window: true });
  assert.throws(() => make({ resume: { storage: window.localStorage } }), /sessionStorage/);
});

test('a token function that says nobody is signed in closes the client', async (t) => {
  const { clock, make } = setUp(t);
  const client = make({
    token: async () => {
      throw new Unauthorized();
    },
  });
  await clock.settle();
  assert.equal(client.status.state, 'closed');
  assert.equal(client.status.reason, 'unauthorized');
});

test('a token function that fails or hangs is asked again, never twice at once', async (t) => {
  const { server, clock, make } = setUp(t);
  const calls = [];
  let running = 0;
  const client = make({
    token: async ({ reason }) => {
      assert.equal(++running, 1);
      calls.push(reason);
      try {
        if (calls.length === 1) throw new Error('no network');
        if (calls.length === 2) return '';
        return 'good';
      } finally {
        running--;
      }
    },
  });
  const errors = [];
  client.on('error', (error) => errors.push(error));
  await clock.advance(10_000);
  assert.deepEqual(calls, ['connect', 'connect', 'connect']);
  assert.equal(errors.length, 2);
  assert.deepEqual(server.socket.protocols[1], 'bearer.good');
});

test('a token that comes after its attempt was given up counts for nothing', async (t) => {
  const { server, clock, make } = setUp(t);
  const waiting = [];
  const client = make({ token: () => new Promise((resolve) => waiting.push(resolve)) });
  await clock.settle();
  for (let i = 0; i < 3; i++) {
    client.disconnect();
    client.connect();
  }
  await clock.settle();
  assert.equal(waiting.length, 1);
  waiting[0]('old');
  await clock.settle();
  assert.equal(server.sockets.length, 0);
  waiting[1]('new');
  await clock.settle();
  assert.deepEqual(
    server.sockets.map((socket) => socket.protocols[1]),
    ['bearer.new'],
  );
});

test('a ticket is asked for each connection and travels in the address', async (t) => {
  const { server, clock, make } = setUp(t);
  let number = 0;
  make({ token: undefined, ticket: async ({ kind }) => `${kind}-${++number}` });
  await clock.settle();
  assert.equal(server.socket.query.ticket, 'connect-1');
  assert.deepEqual(server.socket.protocols, ['switchboard.v1']);
  server.socket.end();
  await clock.advance(20_000);
  assert.equal(server.socket.query.ticket, 'connect-2');
});

test('a filter too long for an address travels in the first message', async (t) => {
  const { server, clock, make } = setUp(t);
  const topics = Array.from({ length: 100 }, (_, i) => `callcenter:custom:a-rather-long-topic-name-${i}`);
  make({ topics, events: ['call.*'] });
  await clock.settle();
  assert.deepEqual(server.socket.query, { receipts: 'explicit' });
  assert.deepEqual(server.socket.protocols, ['switchboard.v1']);
  server.socket.open();
  assert.deepEqual(server.socket.take(), {
    type: 'auth',
    payload: { token: 'token-1', events: ['call.*'], topics, receipts: 'explicit' },
  });
});

test('a token that can be no subprotocol travels in the first message', async (t) => {
  const { server, clock, make } = setUp(t);
  make({ token: 'not a jwt=' });
  await clock.settle();
  server.socket.open();
  assert.equal(server.socket.take().payload.token, 'not a jwt=');
});

test('messages that are no JSON or that nobody knows are survived', async (t) => {
  const { server, clock, make } = setUp(t);
  const client = make();
  const errors = [];
  client.on('error', (error) => errors.push(error));
  await clock.settle();
  server.socket.welcome();
  server.socket.say('{');
  server.socket.say({ type: 'of.the.future', payload: { position: 'e1:7' } });
  server.socket.say({ type: 'of.the.future' });
  server.socket.say({ type: 'error', payload: { code: 'bad_request', message: 'why' } });
  assert.equal(errors.length, 2);
  assert.equal(errors[1].code, 'bad_request');
  assert.equal(client.status.state, 'connected');
});

test('a connection that does not come about in time is given up', async (t) => {
  const { server, clock, make } = setUp(t);
  const client = make();
  await clock.settle();
  server.socket.open();
  await clock.advance(20_000);
  assert.equal(server.socket.closedWith.code, 1000);
  assert.equal(client.status.reason, 'timeout');
  assert.equal(client.status.state, 'waiting');
});

test('ready waits for load, and status tells each step', async (t) => {
  const { server, clock, make } = setUp(t);
  let finish;
  const client = make({ load: () => new Promise((resolve) => (finish = resolve)) });
  const states = [];
  client.on('status', (status) => states.push(`${status.state}${status.loading ? ' loading' : ''}`));
  let ready = false;
  client.ready().then(() => (ready = true));
  await clock.settle();
  server.socket.welcome();
  await clock.settle();
  assert.equal(ready, false);
  finish();
  await clock.settle();
  assert.equal(ready, true);
  assert.deepEqual(states, ['connected', 'connected loading', 'connected']);
});
