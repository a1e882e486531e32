import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, test as testWithoutLimit } from 'node:test';
import WebSocket from 'ws';
import { presence } from '../../main/js/presence.js';
import { Switchboard } from '../../main/js/switchboard.js';
import { tail } from '../../main/js/tail.js';
import { visitor } from '../../main/js/visitors.js';
import { RealNode } from './real-node.js';

/** What does not happen within a minute never will: then the test fails instead of waiting on. */
const test = (name, run) => testWithoutLimit(name, { timeout: 60_000 }, run);

describe('against a real node', () => {
  /** @type {RealNode} */
  let node;
  const clients = [];
  const sockets = [];
  /** As the class it extends; the tests can cut its connections. */
  class TestSocket extends WebSocket {
    constructor(...args) {
      super(...args);
      sockets.push(this);
    }
  }

  before(async () => (node = await RealNode.start('node')));
  after(async () => {
    clients.forEach((client) => client.close());
    await node?.end();
  });

  const connect = (user, options = {}) => {
    const { role, ...others } = options;
    const client = new Switchboard(node.url, {
      token: () => node.token(user, { role }),
      WebSocket: TestSocket,
      transport: 'websocket',
      ...others,
    });
    client.heard = [];
    client.resyncs = [];
    client.on('*', (event) => client.heard.push(event));
    client.on('resync', (resync) => client.resyncs.push(resync));
    client.on('error', (error) => (client.lastError = error));
    clients.push(client);
    return client;
  };

  /** Resolved once the condition holds; looked at with each message and status. */
  const until = (client, condition) =>
    new Promise((resolve) => {
      const look = () => condition() && resolve();
      client.on('*', look);
      client.on('status', look);
      client.attach({ received: look });
      look();
    });

  const cut = () => sockets.forEach((socket) => socket.terminate());
  const numbers = (client, type) =>
    client.heard.filter((event) => event.type === type).map((event) => event.payload.number);
  const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

  test('events come in order, and none is missed while connections are cut', async () => {
    const client = connect('1', { events: ['order.*'] });
    await client.ready();
    for (let number = 1; number <= 60; number++) {
      await node.publish('order.made', { number });
      if (number % 15 === 0) {
        cut();
      }
    }
    await until(client, () => numbers(client, 'order.made').includes(60));
    assert.deepEqual(numbers(client, 'order.made'), range(1, 60));
    assert.deepEqual(client.resyncs, []);
    client.close();
  });

  test('a client that received nothing yet recovers what came while it was away', async () => {
    const client = connect('1', { events: ['early.*'] });
    await client.ready();
    client.disconnect();
    await node.publish('early.one', { number: 1 });
    client.connect();
    await until(client, () => client.heard.length === 1);
    assert.deepEqual(client.resyncs, []);
    client.close();
  });

  test('a restart of the node loses nothing', async () => {
    const client = connect('1', { events: ['restart.*'] });
    await client.ready();
    await node.publish('restart.made', { number: 1 });
    await until(client, () => client.heard.length === 1);
    const reasons = new Set();
    client.on('status', ({ reason }) => reasons.add(reason));
    await node.stop();
    await node.run();
    await node.publish('restart.made', { number: 2 });
    await until(client, () => client.heard.length === 2);
    assert.ok(reasons.has('server_restart'), [...reasons].join());
    assert.deepEqual(numbers(client, 'restart.made'), [1, 2]);
    assert.deepEqual(client.resyncs, []);
    client.close();
  });

  test('published events arrive once and in order, though connections are cut', async () => {
    const listener = connect('2', { events: ['chat.message'] });
    const client = connect('1', { events: ['nothing'] });
    await Promise.all([listener.ready(), client.ready()]);
    const answers = range(1, 40).map((number) => client.publish('chat.message', { text: '', number }));
    await until(listener, () => listener.heard.length >= 5);
    cut();
    await Promise.all(answers);
    await until(listener, () => numbers(listener, 'chat.message').includes(40));
    assert.deepEqual(numbers(listener, 'chat.message'), range(1, 40));
    const own = listener.heard.map((event) => client.ownId(event));
    assert.ok(own.every(Boolean));
    [listener, client].forEach((one) => one.close());
  });

  test('more events than a client may send in a second arrive all the same, in order', async () => {
    const listener = connect('2', { events: ['chat.message'] });
    const client = connect('1', { events: [] });
    await Promise.all([listener.ready(), client.ready()]);
    for (const from of [1, 101]) {
      await Promise.all(range(from, from + 99).map((number) => client.publish('chat.message', { number })));
    }
    await until(listener, () => numbers(listener, 'chat.message').includes(200));
    assert.deepEqual(numbers(listener, 'chat.message'), range(1, 200));
    assert.equal(client.status.attempt, 0);
    [listener, client].forEach((one) => one.close());
  });

  test('a killed node loses nothing that it answered for', async () => {
    const client = connect('1', { events: ['killed.*'] });
    await client.ready();
    await node.publish('killed.made', { number: 1 });
    await node.stop('SIGKILL');
    await node.run();
    await node.publish('killed.made', { number: 2 });
    await until(client, () => numbers(client, 'killed.made').includes(2));
    assert.deepEqual(numbers(client, 'killed.made'), [1, 2]);
    assert.deepEqual(client.resyncs, []);
    client.close();
  });

  test('a refused event rejects', async () => {
    const client = connect('1');
    await assert.rejects(client.publish('call.incoming', { unique_id: '1', caller_id: '2' }), {
      code: 'forbidden',
      outcome: 'rejected',
    });
    client.close();
  });

  test('a message larger than the node takes is refused, and the next one goes', async () => {
    const client = connect('1');
    await client.ready();
    const big = client.publish('chat.message', { text: 'x'.repeat(100_000) });
    const small = client.publish('chat.message', { text: 'small' });
    await assert.rejects(big, { code: 'too_large' });
    assert.ok((await small).id);
    client.close();
  });

  test('the inbox comes, is acknowledged after listeners ran, and is empty then', async () => {
    const inbox = () => node.call('GET', '/tenants/tenant-123/users/77/inbox');
    await node.publish('notification', { text: 'call me' }, { user_id: '77' });
    assert.equal((await inbox()).messages.length, 1);
    const client = connect('77');
    await until(client, () => client.heard.some((event) => event.type === 'notification'));
    for (let left = 1; left; left = (await inbox()).messages.length) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.close();
  });

  test('topics and patterns change while it is connected, and resume with the next connection', async () => {
    const topic = 'callcenter:custom:alerts';
    const client = connect('1', { role: 'admin', events: ['one.*'] });
    await client.ready();
    const answer = await client.subscribe({ topics: [topic], events: ['two.*'] });
    assert.deepEqual(answer.topics, [topic]);
    await client.unsubscribe({ events: ['one.*'] });
    client.disconnect();
    await node.publish('note', { number: 1 }, { topic });
    await node.publish('one.made', { number: 2 });
    await node.publish('two.made', { number: 3 });
    client.connect();
    await until(client, () => client.heard.length === 2);
    assert.deepEqual(client.heard.map(({ payload }) => payload.number).sort(), [1, 3]);
    assert.deepEqual(client.resyncs, []);
    client.close();
  });

  test('a hundred topics resume by the first message', async () => {
    const topics = range(1, 100).map(
      (number) => `callcenter:custom:a-topic-with-quite-a-long-name-${number}`,
    );
    const client = connect('1', { role: 'admin', events: ['none'], topics });
    await client.ready();
    client.disconnect();
    await node.publish('note', { number: 1 }, { topic: topics[99] });
    client.connect();
    await until(client, () => client.heard.length === 1);
    assert.deepEqual(client.resyncs, []);
    client.close();
  });

  test('load runs first, and again when the place is lost', async () => {
    const loads = [];
    const client = connect('1', {
      events: ['load.*'],
      load: ({ reason, position }) => void loads.push({ reason, position }),
    });
    await client.ready();
    assert.equal(loads[0].reason, 'start');
    assert.equal(loads[0].position, client.session.position);
    client.close();
  });

  /** What the API says of a collection, as `key=number`. */
  const stateOf = async (collection) => {
    const { events } = await node.call('GET', `/tenants/tenant-123/kept/${collection}`);
    return events.map(({ keep, payload }) => `${keep.split('/')[1]}=${payload.number}`).sort();
  };
  const mapOf = (collection) =>
    [...collection].map(([key, { payload }]) => `${key}=${payload.number}`).sort();

  for (const transport of ['websocket', 'sse']) {
    test(`a kept collection is a live map over ${transport}, while connections are cut`, async () => {
      const name = `queues-${transport}`;
      const keep = (key, number, members) =>
        node.publish('queue.stats', { queue_name: key, number }, { keep: `${name}/${key}`, ...members });
      await keep('before', 0);
      const client = connect('1', { events: [], kept: [name], transport });
      const map = client.kept(name);
      await until(client, () => map.complete);
      assert.deepEqual(mapOf(map), ['before=0']);
      for (let number = 1; number <= 40; number++) {
        await keep(`k${number % 7}`, number, number % 5 ? {} : { forget: true });
        if (number % 13 === 0) {
          cut();
        }
      }
      await keep('last', 41);
      await until(client, () => map.complete && map.has('last'));
      assert.deepEqual(mapOf(map), await stateOf(name));
      await node.call('DELETE', `/tenants/tenant-123/kept/${name}`);
      await until(client, () => map.size === 0);
      assert.deepEqual(client.resyncs, []);
      client.close();
    });
  }

  test('a state ends by itself at the same moment for the server and the client', async () => {
    const client = connect('1', { events: [], kept: ['ending'] });
    const map = client.kept('ending');
    await until(client, () => map.complete);
    const removed = new Promise((resolve) =>
      map.on('change', ({ key, event }) => key === 'a' && !event && resolve()),
    );
    await node.publish('queue.stats', { queue_name: 'a' }, { keep: 'ending/a', keep_for: 2 });
    await until(client, () => map.has('a'));
    await removed;
    assert.deepEqual(await stateOf('ending'), []);
    client.close();
  });

  test('presence tells how users stand, and their changes, also after a cut', async () => {
    const supervisor = connect('9', { role: 'supervisor', events: [] });
    const watched = presence(supervisor, ['31', '32']);
    await watched.ready;
    assert.equal(watched.get('31').online, false);
    const agent = connect('31');
    await until(supervisor, () => watched.get('31').online);
    assert.deepEqual(watched.online(), ['31']);
    cut();
    await until(supervisor, () => supervisor.status.state === 'waiting');
    await supervisor.ready();
    assert.equal(watched.get('31').online, true);
    watched.stop();
    [supervisor, agent].forEach((one) => one.close());
  });

  test('presence that the role may not see rejects', async () => {
    const client = connect('1');
    await assert.rejects(presence(client, ['2']).ready, { code: 'forbidden' });
    client.close();
  });

  test('attempts at webhooks are tailed, also after a cut', async () => {
    const receiver = createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const url = `http://127.0.0.1:${receiver.address().port}/`;
    const { id } = await node.call('POST', '/webhooks', {
      tenant_id: 'tenant-123',
      name: 'mine',
      url,
      events: ['tailed.*'],
    });
    const client = connect('1', { role: 'admin', events: [] });
    const attempts = [];
    await client.ready();
    const stop = tail(client, { webhook_id: id }, (item) => attempts.push(item.attempt));
    await until(client, () => attempts.length || !node.publish('tailed.event', {}).catch(() => {}));
    const tailed = new Promise((resolve) =>
      client.attach({ received: ({ type }) => type === 'tailing' && resolve() }),
    );
    cut();
    await tailed;
    const before = attempts.length;
    await node.publish('tailed.event', {});
    await until(client, () => attempts.length > before);
    assert.equal(attempts.at(-1).outcome, 'delivered');
    stop();
    client.close();
    receiver.close();
  });

  test('attempts are refused to those who may not see them', async () => {
    const client = connect('1');
    await client.ready();
    const error = await new Promise((resolve) => tail(client, { onError: resolve }, () => {}));
    assert.equal(error.code, 'forbidden');
    client.close();
  });

  test('a visitor chats with an agent, and resumes', async () => {
    const { widget_key: widgetKey } = await node.call('POST', '/widgets', {
      tenant_id: 'tenant-123',
      name: 'shop',
      origins: ['*'],
    });
    const chat = `chat-${Date.now()}-unguessable`;
    const guest = visitor(node.url, { widgetKey, chat, WebSocket: TestSocket });
    clients.push(guest);
    const said = [];
    guest.on('chat.message', (event) => said.push(event.payload.text));
    const agent = connect('1', { events: ['chat.*'] });
    await Promise.all([guest.ready(), agent.ready()]);
    await guest.publish('chat.message', { text: 'hello' });
    await until(agent, () => agent.heard.some((event) => event.session_id === chat));
    guest.disconnect();
    await agent.publish('chat.message', { text: 'how can I help?' }, { session_id: chat });
    guest.connect();
    await until(guest, () => said.includes('how can I help?'));
    assert.deepEqual(said, ['hello', 'how can I help?']);
    [guest, agent].forEach((one) => one.close());
  });

  test('an unknown widget key is tried once more, then closes the client', async () => {
    const guest = visitor(node.url, { widgetKey: 'wk_unknown', chat: 'c', WebSocket: TestSocket });
    clients.push(guest);
    await assert.rejects(guest.ready(), { code: 'unknown_widget' });
  });

  test('a token that ends is renewed over the running session', async () => {
    const reasons = [];
    const client = connect('1', {
      token: ({ reason }) => node.token('1', { seconds: reasons.push(reason) === 1 ? 3 : 3_600 }),
    });
    await client.ready();
    const { connection_id } = client.session;
    await until(client, () => reasons.includes('expiring'));
    await node.publish('after.renewal', {});
    await until(client, () => client.heard.some(({ type }) => type === 'after.renewal'));
    assert.equal(client.session.connection_id, connection_id);
    client.close();
  });

  test('a token that ends without renewal is replaced with the next connection', async () => {
    const reasons = [];
    const client = connect('1', {
      events: ['expired.*'],
      token: async ({ reason }) => {
        reasons.push(reason);
        if (reason === 'expiring') {
          throw new Error('not now');
        }
        return node.token('1', { seconds: reason === 'connect' ? 2 : 3_600 });
      },
    });
    await client.ready();
    await until(client, () => reasons.includes('expired') && client.status.state === 'connected');
    await node.publish('expired.event', {});
    await until(client, () => client.heard.length === 1);
    assert.deepEqual(client.resyncs, []);
    client.close();
  });

  test('a token that is never valid closes the client', async () => {
    const client = connect('1', { token: 'not.a.token' });
    await assert.rejects(client.ready(), { code: 'not_authenticated' });
  });

  test('a ticket admits one connection', async () => {
    const client = connect('1', {
      token: undefined,
      events: ['ticket.*'],
      ticket: async ({ kind }) => {
        const response = await fetch(`${node.url}/api/v1/ws/tickets`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${node.token('1')}`, 'Content-Type': 'application/json' },
          body: JSON.stringify({ kind }),
        });
        return (await response.json()).ticket;
      },
    });
    await client.ready();
    cut();
    await until(client, () => client.status.state === 'waiting');
    await client.ready();
    await node.publish('ticket.used', {});
    await until(client, () => client.heard.length === 1);
    client.close();
  });

  test('an administrator who disconnects the user closes the client', async () => {
    const client = connect('55');
    await client.ready();
    await node.call('POST', '/tenants/tenant-123/users/55/disconnect');
    await until(client, () => client.status.state === 'closed');
    assert.equal(client.status.reason, 'disconnected');
  });

  describe('over server-sent events', () => {
    test('events resume, publishing goes by HTTP, and what is missing is told', async () => {
      const client = connect('1', { transport: 'sse', events: ['stream.*', 'chat.*'] });
      await client.ready();
      assert.equal(client.status.transport, 'sse');
      assert.deepEqual(client.status.missing, ['inbox', 'presence', 'users', 'tail']);
      const answer = await client.publish('chat.message', { text: 'by post' });
      await until(client, () => client.heard.some(({ id }) => id === answer.id));
      await assert.rejects(client.publish('call.incoming', { unique_id: '1', caller_id: '2' }), {
        code: 'forbidden',
      });
      client.disconnect();
      await node.publish('stream.made', { number: 1 });
      client.connect();
      await until(client, () => client.heard.length === 2);
      await client.subscribe({ events: ['more.*'] });
      await node.publish('more.made', { number: 2 });
      await until(client, () => client.heard.length === 3);
      assert.deepEqual(client.resyncs, []);
      client.close();
    });

    test('it is fallen back to where sockets fail, and a client may refuse it', async () => {
      class Blocked extends WebSocket {
        constructor() {
          super('ws://127.0.0.1:1/');
        }
      }
      const client = connect('1', { WebSocket: Blocked, transport: 'auto', events: ['fallback.*'] });
      const refusing = connect('1', { WebSocket: Blocked, transport: 'websocket' });
      await client.ready();
      assert.equal(client.status.transport, 'sse');
      await node.publish('fallback.made', {});
      await until(client, () => client.heard.length === 1);
      assert.equal(refusing.status.transport, 'websocket');
      assert.notEqual(refusing.status.state, 'connected');
      [client, refusing].forEach((one) => one.close());
    });
  });
});
