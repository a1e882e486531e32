import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { before, beforeEach, afterEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { JSDOM } from 'jsdom';
import { ScriptedServer } from './scripted-server.js';
import { event } from './fixture.js';

const FOLDER = fileURLToPath(new URL('../../../target/client/react/', import.meta.url));
const SOURCES = fileURLToPath(new URL('../../main/js/', import.meta.url));
const MODULES = fileURLToPath(new URL('node_modules', import.meta.url));

describe('React hooks', () => {
  let React;
  let createRoot;
  let hooks;
  let server;
  let root;
  let container;

  before(async () => {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    cpSync(SOURCES, `${FOLDER}client`, { recursive: true });
    symlinkSync(MODULES, `${FOLDER}node_modules`, 'dir');
    const dom = new JSDOM('<!doctype html><div id="root"></div>');
    globalThis.window = dom.window;
    globalThis.document = dom.window.document;
    globalThis.navigator ??= dom.window.navigator;
    globalThis.IS_REACT_ACT_ENVIRONMENT = true;
    React = (await import('react')).default;
    ({ createRoot } = await import('react-dom/client'));
    hooks = await import(`${FOLDER}client/react.js`);
  });

  beforeEach(() => {
    server = new ScriptedServer();
    container = document.createElement('div');
    root = createRoot(container);
  });

  afterEach(async () => {
    await act(() => root.unmount());
  });

  const act = async (run) => {
    await React.act(async () => {
      await run();
      await new Promise((resolve) => setTimeout(resolve, 5));
    });
  };
  const h = (...args) => React.createElement(...args);

  const render = (Page, { strict = true } = {}) => {
    const options = { token: 'token', WebSocket: server.WebSocket, transport: 'websocket' };
    const provider = h(hooks.SwitchboardProvider, { url: 'https://events.example.com', options }, h(Page));
    return act(() => root.render(strict ? h(React.StrictMode, null, provider) : provider));
  };

  test('without StrictMode there is one socket as well', async () => {
    await render(() => h('p', null, hooks.useStatus().state), { strict: false });
    assert.equal(server.sockets.length, 1);
  });

  test('StrictMode makes one socket, and unmounting closes it', async () => {
    await render(() => h('p', null, hooks.useStatus().state));
    assert.equal(server.sockets.length, 1);
    assert.equal(container.textContent, 'connecting');
    await act(() => server.socket.welcome());
    assert.equal(container.textContent, 'connected');
    await act(() => root.render(null));
    while (server.openSockets.length) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(server.sockets.length, 1);
  });

  test('events reach the listener of the last rendering, once', async () => {
    const heard = [];
    const Page = () => {
      const [count, setCount] = React.useState(0);
      hooks.useEvent('call.*', ({ id }) => {
        heard.push(`${id} at ${count}`);
        setCount(count + 1);
      });
      return h('p', null, count);
    };
    await render(Page);
    await act(() => server.socket.welcome());
    await act(() => server.socket.say(event('call.incoming', 'e1:1')));
    await act(() => server.socket.say(event('call.ended', 'e1:2')));
    await act(() => server.socket.say(event('queue.left', 'e1:3')));
    assert.deepEqual(heard, ['e1:1 at 0', 'e1:2 at 1']);
    assert.equal(container.textContent, '2');
  });

  test('the last events are a list', async () => {
    await render(() =>
      h(
        'p',
        null,
        hooks
          .useEvents('*', { max: 2 })
          .map(({ id }) => id)
          .join(),
      ),
    );
    await act(() => server.socket.welcome());
    for (const id of ['e1:1', 'e1:2', 'e1:3']) {
      await act(() => server.socket.say(event('call.incoming', id)));
    }
    assert.equal(container.textContent, 'e1:2,e1:3');
  });

  test('a kept collection renders with each change, and is asked for once', async () => {
    await render(() => {
      const queues = hooks.useKept('queues');
      return h(
        'p',
        null,
        queues.complete ? [...queues].map(([key, { payload }]) => `${key}=${payload}`).join() : 'loading',
      );
    });
    assert.equal(server.socket.query.kept, 'queues');
    await act(() => server.socket.welcome());
    assert.equal(container.textContent, 'loading');
    const names = { kept: ['queues'], position: 'e1:0' };
    await act(() => {
      server.socket.say({ type: 'kept.begin', payload: { ...names, since: '2026-01-01T00:00:00Z' } });
      server.socket.say({
        type: 'kept.page',
        payload: { events: [event('queue.stats', 'e1:0', { keep: 'queues/a', payload: 1 })] },
      });
      server.socket.say({ type: 'kept.end', payload: names });
    });
    assert.equal(container.textContent, 'a=1');
    await act(() => server.socket.say(event('queue.stats', 'e1:1', { keep: 'queues/b', payload: 2 })));
    assert.equal(container.textContent, 'a=1,b=2');
    assert.equal(server.socket.take('subscribe'), undefined);
  });

  test('presence is asked for while the component is there', async () => {
    await render(() => h('p', null, String(hooks.usePresence(['7'])('7')?.online)));
    await act(() => server.socket.welcome());
    const message = server.socket.history.findLast(({ type }) => type === 'subscribe');
    await act(() =>
      server.socket.say({
        type: 'subscribed',
        ref: message.ref,
        payload: {
          events: [],
          topics: [],
          recovered: null,
          presence: [{ user_id: '7', online: true, last_seen: null }],
        },
      }),
    );
    assert.equal(container.textContent, 'true');
    await act(() => server.socket.say(event('presence.offline', 'e1:1', { payload: { user_id: '7' } })));
    assert.equal(container.textContent, 'false');
  });

  test('without a provider the hooks say what is missing', async () => {
    await assert.rejects(
      act(() => root.render(h(() => h('p', null, hooks.useStatus().state)))),
      /SwitchboardProvider/,
    );
  });
});
