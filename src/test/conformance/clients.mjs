// Clients for Node: `ws` in every way to sign in, and `eventsource`. Each signs in, subscribes, publishes,
// is cut off, and resumes without a hole or a repeat. Environment: URL, TOKEN, SERVICE, TENANT.
import assert from 'node:assert';
import { EventSource } from 'eventsource';
import WebSocket from 'ws';

const { URL: base, TOKEN, SERVICE, TENANT } = process.env;
const socketUrl = base.replace('http', 'ws') + '/ws';
const patience = 20_000;

async function call(method, path, body, credential) {
  const answer = await fetch(base + path, {
    method,
    headers: { Authorization: 'Bearer ' + credential, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

const publish = (text) =>
  call('POST', '/api/v1/events', { tenant_id: TENANT, type: 'call.incoming', payload: { text } }, SERVICE);

/** Messages that came, in order; `next` waits for one of a type and refuses an error. */
class Inbox {
  #messages = [];
  #wake = () => {};

  add(message) {
    this.#messages.push(message);
    this.#wake();
  }

  async next(type) {
    const late = AbortSignal.timeout(patience);
    for (;;) {
      while (this.#messages.length > 0) {
        const message = this.#messages.shift();
        if (message.type === type) return message;
        assert.notStrictEqual(message.type, 'error', JSON.stringify(message));
      }
      await new Promise((resolve, reject) => {
        this.#wake = resolve;
        late.onabort = () => reject(new Error(`no ${type} came`));
      });
    }
  }
}

async function open(way, query) {
  const inbox = new Inbox();
  let socket;
  if (way === 'header') {
    socket = new WebSocket(socketUrl + query, { headers: { Authorization: 'Bearer ' + TOKEN } });
  } else if (way === 'subprotocol') {
    socket = new WebSocket(socketUrl + query, ['switchboard.v1', 'bearer.' + TOKEN]);
  } else if (way === 'ticket') {
    const { ticket } = await call('POST', '/api/v1/ws/tickets', { kind: 'connect' }, TOKEN);
    socket = new WebSocket(`${socketUrl}${query}&ticket=${ticket}`);
  } else {
    socket = new WebSocket(socketUrl + query);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'auth', payload: { token: TOKEN } })));
  }
  socket.on('message', (data) => inbox.add(JSON.parse(data)));
  const failed = new Promise((_, reject) => socket.on('error', reject));
  failed.catch(() => {});
  const connected = await Promise.race([inbox.next('connected'), failed]);
  return { socket, inbox, connected };
}

async function webSocket(way) {
  let { socket, inbox } = await open(way, '?events=no.such.type');
  if (way === 'subprotocol') assert.strictEqual(socket.protocol, 'switchboard.v1');
  socket.send(JSON.stringify({ type: 'subscribe', ref: [way], payload: { events: ['call.*', 'chat.*'] } }));
  assert.deepStrictEqual((await inbox.next('subscribed')).ref, [way]);
  socket.send(JSON.stringify({ type: 'chat.message', ref: 1, session_id: 'c', payload: { text: 'Zoë' } }));
  const { payload } = await inbox.next('published');
  assert.ok(payload.id);
  const first = await publish('seen');
  const seen = await inbox.next('call.incoming');
  assert.strictEqual(seen.id, first.id);

  socket.terminate();
  const missed = [];
  for (const text of ['a', 'b', 'c']) missed.push((await publish(text)).id);
  let connected;
  ({ socket, inbox, connected } = await open(way, '?events=call.*&after=' + seen.id));
  assert.strictEqual(connected.payload.recovered, true);
  for (const id of missed) assert.strictEqual((await inbox.next('call.incoming')).id, id);
  const live = await publish('live');
  assert.strictEqual((await inbox.next('call.incoming')).id, live.id);

  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.close(1000, 'done');
  assert.strictEqual(await closed, 1000);
}

/** Reads a stream through `fetch`; the first response is cut off once `cut` is called. */
async function eventSource() {
  const { ticket } = await call('POST', '/api/v1/ws/tickets', { kind: 'stream' }, TOKEN);
  const inbox = new Inbox();
  const lastIds = [];
  let cut = () => {};
  const source = new EventSource(`${base}/api/v1/events/stream?events=call.*&ticket=${ticket}`, {
    fetch: async (url, init) => {
      lastIds.push(init.headers['Last-Event-ID']);
      const answer = await fetch(url, init);
      const reader = answer.body.getReader();
      const body = new ReadableStream({
        start: (controller) => {
          cut = () => {
            reader.cancel();
            controller.close();
          };
        },
        pull: async (controller) => {
          const { done, value } = await reader.read();
          if (done) return;
          controller.enqueue(value);
        },
      });
      return new Response(body, { status: answer.status, headers: answer.headers });
    },
  });
  source.onmessage = ({ data }) => inbox.add(JSON.parse(data));
  await inbox.next('connected');
  const first = await publish('seen');
  assert.strictEqual((await inbox.next('call.incoming')).id, first.id);
  cut();
  const missed = [];
  for (const text of ['a', 'b', 'c']) missed.push((await publish(text)).id);
  assert.strictEqual((await inbox.next('connected')).payload.recovered, true);
  for (const id of missed) assert.strictEqual((await inbox.next('call.incoming')).id, id);
  assert.strictEqual(lastIds.length, 2);
  assert.ok(lastIds[1]);
  source.close();
}

for (const way of ['header', 'subprotocol', 'ticket', 'message']) {
  await webSocket(way);
  console.log(`Node, ws, signed in by ${way}: passed`);
}
await eventSource();
console.log('Node, eventsource: passed');
process.exit(0);
