/** A WebSocket class whose server is the test: it opens, speaks and closes when the test says so. */
export class ScriptedServer {
  /** @type {ScriptedSocket[]} Every socket that was made, oldest first */
  sockets = [];

  constructor() {
    const server = this;
    this.WebSocket = class extends ScriptedSocket {
      constructor(url, protocols) {
        super(url, protocols);
        server.sockets.push(this);
      }
    };
  }

  get socket() {
    return this.sockets.at(-1);
  }

  get openSockets() {
    return this.sockets.filter((socket) => socket.readyState < 2);
  }
}

export class ScriptedSocket {
  readyState = 0;
  /** @type {any[]} Messages of the client that the test has not looked at */
  sent = [];
  /** @type {any[]} All messages of the client */
  history = [];
  closedWith;

  constructor(url, protocols = []) {
    if (protocols.some((protocol) => !/^[!#$%&'*+.^_`|~\w-]+$/.test(protocol))) {
      throw new SyntaxError('a subprotocol is invalid');
    }
    this.url = new URL(url);
    this.protocols = protocols;
  }

  get query() {
    return Object.fromEntries(this.url.searchParams);
  }

  send(text) {
    if (this.readyState === 0) {
      throw new Error('the socket is still being opened');
    }
    if (this.readyState === 1) {
      const message = JSON.parse(text);
      this.sent.push(message);
      this.history.push(message);
      this.onsent?.(message, text);
    }
  }

  close(code, reason) {
    if (this.readyState < 2) {
      this.readyState = 2;
      this.closedWith = { code, reason };
    }
  }

  /** Takes the next message of the client; of that type, if one is given. */
  take(type) {
    const index = this.sent.findIndex((message) => !type || message.type === type);
    return index < 0 ? undefined : this.sent.splice(index, 1)[0];
  }

  open() {
    this.readyState = 1;
    this.onopen?.({});
  }

  /** The server says something. */
  say(message) {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }

  /** The server, or the network, ends it. */
  end(code = 1006, reason = '') {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  /** Opens and signs in. */
  welcome(payload = {}) {
    this.open();
    this.say({ type: 'connected', payload: { ...CONNECTED, ...payload } });
  }
}

const CONNECTED = {
  connection_id: 'c1',
  node: 'node-1',
  tenant_id: 'tenant-123',
  user_id: '456',
  role: 'agent',
  recovered: null,
  position: 'e1:0',
  heartbeat_seconds: 25,
  time: '2026-01-01T00:00:00.000Z',
};
