import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const JAR = `${ROOT}target/switchboard.jar`;
const JWT_SECRET = 'a-secret-for-tests-alone-0123456789abcdef';

/** Two nodes with the console on; they share a Redis, and the first one's Postgres. */
export class Cluster {
  #folder;
  #processes = [];
  #output = ['', ''];
  // The links of the first node, however much it logs later.
  #firstOutput = ['', ''];
  #ports;

  static async start(name) {
    if (!existsSync(JAR)) {
      throw new Error('target/switchboard.jar is missing: run mvn -B -ntp -q package -DskipTests');
    }
    const cluster = new Cluster();
    cluster.#folder = `${ROOT}target/console-tests/${name}`;
    rmSync(cluster.#folder, { recursive: true, force: true });
    cluster.#ports = await freePorts(6);
    await cluster.#run();
    return cluster;
  }

  /** Addresses of the nodes. */
  get urls() {
    return this.#ports.slice(0, 2).map((port) => `http://127.0.0.1:${port}`);
  }

  async #run() {
    const [, , redis] = this.#ports;
    mkdirSync(this.#folder, { recursive: true });
    const options = ['--port', String(redis), '--bind', '127.0.0.1', '--save', '', '--dir', this.#folder];
    this.#processes.push(spawn('redis-server', options, { stdio: 'ignore' }));
    await this.#runNode(0);
    await this.#runNode(1);
  }

  #configuration(number) {
    const [, , redis, postgres, ...management] = this.#ports;
    return {
      node: { name: `node-${number + 1}`, dataDirectory: `${this.#folder}/data-${number}` },
      http: { host: '127.0.0.1', port: this.#ports[number], drainTimeout: '2s' },
      management: { host: '127.0.0.1', port: management[number] },
      redis: { mode: 'standalone', nodes: [`127.0.0.1:${redis}`] },
      postgres: number ? { mode: 'server', port: postgres } : { embeddedPort: postgres },
      auth: { jwtSecret: JWT_SECRET },
      webhooks: { allowHttp: true, allowedCidrs: ['127.0.0.0/8'] },
      console: { enabled: true },
      portal: { enabled: true },
    };
  }

  async #runNode(number) {
    const path = `${this.#folder}/config-${number}.json`;
    const config = this.#configuration(number);
    writeFileSync(path, JSON.stringify(config));
    // The first one prints a link to its console, as scripts/run does.
    const options = number ? [] : ['--development'];
    const node = spawn('java', ['-jar', JAR, 'run', '--config', path, ...options], { cwd: this.#folder });
    this.#processes.push(node);
    for (const stream of [node.stdout, node.stderr]) {
      stream.on('data', (part) => {
        this.#output[number] = (this.#output[number] + part).slice(-20_000);
        this.#firstOutput[number] = (this.#firstOutput[number] + part).slice(0, 20_000);
      });
    }
    const ended = new Promise((resolve) => node.once('exit', resolve));
    const ready = `http://127.0.0.1:${config.management.port}/health/ready`;
    for (;;) {
      const status = await Promise.race([
        fetch(ready).then(
          (response) => response.status,
          () => 0,
        ),
        ended.then(() => 'ended'),
      ]);
      if (status === 200) {
        return;
      }
      if (status === 'ended') {
        throw new Error(`node ${number} ended:\n${this.#output[number]}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** What the first node prints once it is up: the first group of the expression. */
  async printed(expression) {
    for (;;) {
      const [, found] = expression.exec(this.#firstOutput[0]) ?? [];
      if (found) {
        return found;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The ticket of the link to its console. */
  ticket() {
    return this.printed(/\/console\/#ticket=(\S+)/);
  }

  /** Ends the second node as a crash does. */
  async kill() {
    const node = this.#processes.pop();
    const ended = new Promise((resolve) => node.once('exit', resolve));
    node.kill('SIGKILL');
    await ended;
  }

  /** Ends everything. */
  async end() {
    for (const one of this.#processes.reverse()) {
      const ended = new Promise((resolve) => one.once('exit', resolve));
      one.kill();
      await ended;
    }
  }

  /** Calls the API as a service that may do everything. */
  async call(method, path, body) {
    const response = await fetch(`${this.urls[0]}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${token({ svc: true })}`, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    }
    return response.status === 204 ? undefined : response.json();
  }
}

/** A token that nodes of the cluster accept for an hour. */
export function token(claims) {
  const now = Math.floor(Date.now() / 1000);
  const parts = [
    { alg: 'HS256', typ: 'JWT' },
    { iat: now, exp: now + 3_600, ...claims },
  ];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`;
}

async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
