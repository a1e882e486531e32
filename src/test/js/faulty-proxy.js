import { once } from 'node:events';
import net from 'node:net';

/** Stands before servers: takes each connection to one of them, and breaks, freezes or refuses it. */
export class FaultyProxy {
  #connections = new Set();
  #pick;
  #server;
  #frozen = false;
  #blocked = false;

  /** @param {() => number} pick The port of the server that the next connection goes to */
  constructor(pick) {
    this.#pick = pick;
    this.#server = net.createServer((socket) => this.#accept(socket));
  }

  static async before(pick) {
    const proxy = new FaultyProxy(pick);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port() {
    return this.#server.address().port;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  #accept(client) {
    client.on('error', () => {});
    if (this.#blocked) {
      client.destroy();
      return;
    }
    const upstream = net.connect(this.#pick(), '127.0.0.1');
    const connection = [client, upstream];
    this.#connections.add(connection);
    for (const [from, to] of [connection, connection.toReversed()]) {
      from.pipe(to);
      from.on('error', () => {});
      from.on('close', () => {
        to.destroy();
        this.#connections.delete(connection);
      });
    }
    this.#frozen && connection.forEach((socket) => socket.pause());
  }

  /** Ends every connection; new ones are taken. */
  cut() {
    this.#connections.forEach((connection) => connection.forEach((socket) => socket.destroy()));
  }

  /** Carries nothing more, without an end. */
  freeze() {
    this.#frozen = true;
    this.#connections.forEach((connection) => connection.forEach((socket) => socket.pause()));
  }

  /** Ends every connection and takes no new one. */
  block() {
    this.#blocked = true;
    this.cut();
  }

  /** Everything works again; what was held back goes on. */
  heal() {
    this.#blocked = this.#frozen = false;
    this.#connections.forEach((connection) => connection.forEach((socket) => socket.resume()));
  }

  close() {
    this.cut();
    this.#server.close();
  }
}
