import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { presence } from '../../main/js/presence.js';
import { tail } from '../../main/js/tail.js';
import { visitor } from '../../main/js/visitors.js';
import { event, setUp } from './fixture.js';

describe('presence', () => {
  const answer = (socket, message, users) =>
    socket.say({
      type: 'subscribed',
      ref: message.ref,
      payload: { events: [], topics: [], position: 'e1:0', recovered: null, presence: users },
    });

  test('is known from the answer on, follows changes, and is asked for again on each connection', async (t) => {
    const { server, clock, make } = setUp(t);
    const client = make({ events: [] });
    await clock.settle();
    server.socket.welcome();
    const watched = presence(client, ['7', '8']);
    const changes = [];
    watched.on('change', ({ user_id }) => changes.push(user_id));
    assert.equal(watched.get('7'), undefined);
    answer(server.socket, server.socket.take('subscribe'), [
      { user_id: '7', online: true, last_seen: 'a' },
      { user_id: '8', online: false, last_seen: null },
    ]);
    await watched.ready;
    server.socket.say(event('presence.online', 'e1:1', { payload: { user_id: '8', state: 'online' } }));
    assert.deepEqual(watched.online(), ['7', '8']);
    server.socket.end(1006);
    await clock.advance(20_000);
    server.socket.welcome({ recovered: true });
    const again = server.socket.take('subscribe');
    assert.deepEqual(again.payload.users, ['7', '8']);
    answer(server.socket, again, [
      { user_id: '7', online: false, last_seen: 'b' },
      { user_id: '8', online: true, last_seen: null },
    ]);
    assert.deepEqual(watched.online(), ['8']);
    assert.deepEqual(changes, ['7', '8', '8', '7']);
  });

  test('is not put back by changes that waited for load', async (t) => {
    const { server, clock, make } = setUp(t);
    let finish;
    const client = make({ load: () => new Promise((resolve) => (finish = resolve)) });
    await clock.settle();
    server.socket.welcome();
    const watched = presence(client, ['7']);
    server.socket.say(event('presence.offline', 'e1:1', { payload: { user_id: '7' } }));
    answer(server.socket, server.socket.take('subscribe'), [{ user_id: '7', online: true, last_seen: null }]);
    finish();
    await clock.settle();
    assert.equal(watched.get('7').online, true);
  });

  test('a user is let go when nobody follows it any more', async (t) => {
    const { server, clock, make } = setUp(t);
    const client = make({ events: [] });
    await clock.settle();
    server.socket.welcome();
    const one = presence(client, ['7', '8']);
    answer(server.socket, server.socket.take('subscribe'), []);
    await one.ready;
    const two = presence(client, ['8']);
    answer(server.socket, server.socket.take('subscribe'), []);
    await two.ready;
    one.stop();
    const message = server.socket.take('unsubscribe');
    assert.deepEqual(message.payload.users, ['7']);
    server.socket.say({ type: 'unsubscribed', ref: message.ref, payload: { position: 'e1:0' } });
    await clock.settle();
    two.stop();
    assert.deepEqual(server.socket.take('unsubscribe').payload.users, ['8']);
  });

  test('what the role may not see rejects', async (t) => {
    const { server, clock, make } = setUp(t);
    const watched = presence(make(), ['7']);
    await clock.settle();
    server.socket.welcome();
    const { ref } = server.socket.take('subscribe');
    server.socket.say({ type: 'error', ref, payload: { code: 'forbidden', message: 'no' } });
    await assert.rejects(watched.ready, { code: 'forbidden' });
  });
});

describe('tail', () => {
  const attempt = (webhook_id) => ({ type: 'webhook.attempt', payload: { webhook_id } });

  test('asks on each connection, and hands on attempts and how many were missed', async (t) => {
    const { server, clock, make } = setUp(t);
    const items = [];
    tail(make(), { webhook_id: 42 }, (item) => items.push(item));
    await clock.settle();
    server.socket.welcome();
    assert.deepEqual(server.socket.take('tail').payload, { webhook_id: 42 });
    server.socket.say(attempt(42));
    server.socket.say({ type: 'webhook.attempts_missed', payload: { count: 3 } });
    server.socket.end(1006);
    await clock.advance(20_000);
    server.socket.welcome({ recovered: true });
    assert.ok(server.socket.take('tail'));
    assert.deepEqual(items, [{ attempt: { webhook_id: 42 } }, { missed: 3 }]);
  });

  test('several followers share the one tail of a session', async (t) => {
    const { server, clock, make } = setUp(t);
    const client = make();
    await clock.settle();
    server.socket.welcome();
    const heard = [];
    const stopOne = tail(client, { webhook_id: 1 }, () => heard.push('one'));
    const stopAll = tail(client, {}, () => {
      heard.push('all');
    });
    assert.deepEqual(server.socket.take('tail').payload, { webhook_id: 1 });
    assert.deepEqual(server.socket.take('tail').payload, {});
    server.socket.say(attempt(1));
    server.socket.say(attempt(2));
    assert.deepEqual(heard, ['one', 'all', 'all']);
    stopAll();
    assert.deepEqual(server.socket.take('tail').payload, { webhook_id: 1 });
    stopOne();
    stopOne();
    assert.ok(server.socket.take('untail'));
    assert.equal(server.socket.take(), undefined);
  });

  test('a refusal is told, and what is out of reach is asked for again', async (t) => {
    const { server, clock, make } = setUp(t);
    const errors = [];
    tail(make(), { onError: (error) => errors.push(error.code) }, () => {});
    await clock.settle();
    server.socket.welcome();
    const refuse = (code) =>
      server.socket.say({
        type: 'error',
        ref: server.socket.take('tail').ref,
        payload: { code, message: '' },
      });
    refuse('unavailable');
    await clock.advance(5_000);
    refuse('forbidden');
    await clock.settle();
    assert.deepEqual(errors, ['forbidden']);
  });
});

test('a visitor connects to its chat with the widget key', async (t) => {
  const { server, clock } = setUp(t);
  const client = visitor('https://events.example.com', {
    widgetKey: 'wk',
    chat: 'a/b',
    WebSocket: server.WebSocket,
  });
  t.after(() => client.close());
  await clock.settle();
  assert.equal(server.socket.url.pathname, '/ws/public/a%2Fb');
  assert.equal(server.socket.query.widget_key, 'wk');
  assert.deepEqual(server.socket.protocols, ['switchboard.v1']);
  assert.throws(() => visitor('https://events.example.com', { chat: 'c' }), /widgetKey/);
});
