import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
// So that loading it takes no time of the real clock.
import '../../main/js/sse.js';
import { event, setUp } from './fixture.js';

/** A server of streams: the test answers each request, and writes to the stream. */
class StreamServer {
  streams = [];
  posts = [];
  probes = 0;
  reachable = true;
  answerPost = () =>
    Response.json({ id: 'e1:9', event_id: 's-1:x', channel: 'c', deliveries: 0 }, { status: 202 });

  fetch = async (url, options = {}) => {
    if (!this.reachable) {
      throw new TypeError('fetch failed');
    }
    if (options.method === 'POST') {
      this.posts.push({ url, ...options, body: JSON.parse(options.body) });
      return this.answerPost();
    }
    if (!url.includes('/stream')) {
      this.probes++;
      await this.probe?.();
      return new Response('');
    }
    const stream = { query: Object.fromEntries(new URL(url).searchParams), headers: options.headers };
    this.streams.push(stream);
    return new Promise((resolve, reject) => {
      options.signal.addEventListener('abort', () => {
        stream.aborted = true;
        stream.controller?.error(new Error('aborted'));
        reject(new Error('aborted'));
      });
      stream.refuse = (status) => resolve(new Response('{}', { status }));
      stream.open = () => {
        resolve(
          new Response(new ReadableStream({ start: (controller) => (stream.controller = controller) })),
        );
      };
    });
  };

  get stream() {
    return this.streams.at(-1);
  }

  write(text) {
    this.stream.controller.enqueue(new TextEncoder().encode(text));
  }

  say(message, id) {
    this.write(`${id ? `id: ${id}\n` : ''}data: ${JSON.stringify(message)}\n\n`);
  }

  welcome(payload = {}) {
    this.stream.open();
    this.say(
      {
        type: 'connected',
        payload: {
          connection_id: 'c',
          node: 'n',
          tenant_id: 'tenant-123',
          user_id: '456',
          role: 'agent',
          recovered: null,
          position: 'e1:0',
          heartbeat_seconds: 25,
          ...payload,
        },
      },
      payload.position ?? 'e1:0',
    );
  }
}

function scene(t, options = {}) {
  const all = setUp(t);
  const streams = new StreamServer();
  const client = all.make({ transport: 'sse', fetch: streams.fetch, ...options });
  const heard = [];
  client.on('*', (one) => heard.push(one.id));
  client.on('error', () => {});
  return { ...all, streams, client, heard };
}

describe('server-sent events', () => {
  test('bring events whose block ids are the cursor', async (t) => {
    const { clock, streams, client, heard } = scene(t);
    await clock.settle();
    assert.equal(streams.stream.headers.Authorization, 'Bearer token-1');
    streams.welcome();
    await clock.settle();
    assert.equal(client.status.state, 'connected');
    streams.say(event('call.incoming', 'e1:1'), 'e1:1.z:5');
    streams.write('id: e1:7.z:5\n\n');
    streams.write(': a comment\n\n');
    streams.write('data: {"id":"e1:8","type":"call.en');
    await clock.settle();
    streams.write('ded","tenant_id":"tenant-123","payload":{"text":"ü"}}\n\n');
    await clock.settle();
    assert.deepEqual(heard, ['e1:1', 'e1:8']);
    streams.stream.controller.close();
    await clock.advance(20_000);
    assert.equal(streams.stream.query.after, 'e1:7.z:5,e1:8');
  });

  test('end with the code of a close', async (t) => {
    const { clock, streams, client } = scene(t);
    await clock.settle();
    streams.welcome();
    await clock.settle();
    streams.write('event: end\ndata: {"code":1001,"reason":"retry_after_ms=700"}\n\n');
    await clock.settle();
    assert.equal(client.status.reason, 'server_restart');
    await clock.advance(700);
    streams.welcome();
    await clock.settle();
    streams.write('event: end\ndata: {"code":4410,"reason":"disconnected"}\n\n');
    await clock.settle();
    assert.equal(client.status.state, 'closed');
  });

  for (const [status, reason, state] of [
    [400, 'bad_request', 'closed'],
    [401, 'not_authenticated', 'waiting'],
    [403, 'forbidden', 'closed'],
    [429, 'limit_reached', 'waiting'],
    [500, 'network', 'waiting'],
    [503, 'no_capacity', 'waiting'],
  ]) {
    test(`the answer ${status} means ${reason}`, async (t) => {
      const { clock, streams, client } = scene(t);
      await clock.settle();
      streams.stream.refuse(status);
      await clock.settle();
      assert.equal(client.status.reason, reason);
      assert.equal(client.status.state, state);
    });
  }

  test('publishing goes by HTTP, repeated under the same id', async (t) => {
    const { clock, streams, client } = scene(t);
    await clock.settle();
    streams.welcome();
    await clock.settle();
    streams.answerPost = () => Response.json({ detail: 'busy' }, { status: 503 });
    const published = client.publish('chat.message', { text: 'hi' }, { event_id: 'm1', session_id: 's' });
    await clock.settle();
    streams.answerPost = () => {
      throw new TypeError('network');
    };
    await clock.advance(500);
    streams.answerPost = () => Response.json({ id: 'e1:5', event_id: 's-1:m1' }, { status: 202 });
    await clock.advance(20_000);
    assert.deepEqual(await published, { id: 'e1:5', event_id: 's-1:m1' });
    assert.equal(streams.posts.length, 3);
    assert.deepEqual(streams.posts.at(-1).body, {
      type: 'chat.message',
      event_id: 'm1',
      session_id: 's',
      payload: { text: 'hi' },
      tenant_id: 'tenant-123',
    });
    streams.answerPost = () => Response.json({ detail: 'your role may not' }, { status: 403 });
    await assert.rejects(client.publish('call.incoming', {}), {
      code: 'forbidden',
      message: 'your role may not',
    });
  });

  test('subscribing opens the stream again with the new filter, from the same place', async (t) => {
    const { clock, streams, client } = scene(t, { events: ['call.*'] });
    await clock.settle();
    streams.welcome();
    await clock.settle();
    const subscribed = client.subscribe({ events: ['queue.*'] });
    await clock.advance(0);
    assert.deepEqual(streams.stream.query, { events: 'call.*,queue.*', after: 'e1:0', receipts: 'explicit' });
    assert.equal(streams.streams[0].aborted, true);
    streams.welcome({ recovered: true });
    await subscribed;
    assert.equal(client.status.attempt, 0);
  });

  test('comments are signs of life', async (t) => {
    const { clock, streams, client } = scene(t);
    await clock.settle();
    streams.welcome();
    for (let i = 0; i < 10; i++) {
      await clock.advance(25_000);
      streams.write(':\n\n');
    }
    await clock.settle();
    assert.equal(client.status.state, 'connected');
    await clock.advance(65_000);
    assert.equal(client.status.reason, 'timeout');
  });

  test('a client that is left while the stream is being asked for leaves none open', async (t) => {
    const signals = [];
    const { clock, client } = scene(t, {
      fetch: (url, { signal }) => {
        client.disconnect();
        signals.push(signal);
        return new Promise(() => {});
      },
    });
    await clock.settle();
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true],
    );
  });

  test('a tail is refused', async (t) => {
    const { clock, streams, client } = scene(t);
    await clock.settle();
    streams.welcome();
    await clock.settle();
    await assert.rejects(client.request({ type: 'tail' }), { code: 'unsupported' });
  });
});

describe('falling back', () => {
  test('after two sockets that did not open while the host answers, and back once sockets open', async (t) => {
    const { clock, server, streams, client } = scene(t, { transport: 'auto' });
    await clock.settle();
    server.socket.end(1006);
    await clock.advance(20_000);
    server.socket.end(1006);
    await clock.advance(20_000);
    assert.equal(server.sockets.length, 2);
    streams.welcome();
    await clock.settle();
    assert.equal(client.status.transport, 'sse');
    assert.deepEqual(client.status.missing, ['inbox', 'presence', 'users', 'tail']);
    streams.say(event('call.incoming', 'e1:3'), 'e1:3');
    for (let time = 0; time < 300_000; time += 25_000) {
      await clock.advance(25_000);
      streams.write(':\n\n');
    }
    assert.equal(server.sockets.length, 3);
    server.socket.open();
    await clock.advance(0);
    assert.equal(streams.stream.aborted, true);
    assert.equal(server.sockets.length, 4);
    assert.equal(server.socket.query.after, 'e1:3');
    server.socket.welcome({ recovered: true });
    assert.equal(client.status.transport, 'websocket');
    assert.deepEqual(client.status.missing, []);
  });

  test('not if a socket opens while the host is being asked', async (t) => {
    const { clock, server, streams, client } = scene(t, { transport: 'auto' });
    const answers = [];
    streams.probe = () => new Promise((resolve) => answers.push(resolve));
    await clock.settle();
    server.socket.end(1006);
    await clock.advance(20_000);
    server.socket.end(1006);
    await clock.advance(20_000);
    server.socket.open();
    answers.forEach((answer) => answer());
    await clock.settle();
    server.socket.end(1006);
    await clock.advance(20_000);
    assert.equal(client.status.transport, 'websocket');
    assert.equal(streams.streams.length, 0);
  });

  test('not while the host does not answer, and not after a socket that opened', async (t) => {
    const { clock, server, streams, client } = scene(t, { transport: 'auto' });
    streams.reachable = false;
    await clock.settle();
    for (let i = 0; i < 5; i++) {
      server.socket.end(1006);
      await clock.advance(20_000);
    }
    assert.equal(client.status.transport, 'websocket');
    streams.reachable = true;
    server.socket.open();
    server.socket.end(1006);
    await clock.advance(20_000);
    server.socket.end(1006);
    await clock.advance(20_000);
    assert.equal(client.status.transport, 'websocket');
  });
});
