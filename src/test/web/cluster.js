import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { JVM_OPTIONS, freePorts } from '../js/real-node.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const JAR = `${ROOT}target/switchboard.jar`;
const JWT_SECRET = 'a-secret-for-tests-alone-0123456789abcdef';

/** Two nodes with the console on; they share a Redis, and the first one's Postgres. */
export class Cluster {
  #folder;
  #redis;
  /** The processes of the nodes. */
  #nodes = [];
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

  /** Client ports of the nodes. */
  get ports() {
    return this.#ports.slice(0, 2);
  }

  /** Addresses of the nodes. */
  get urls() {
    return this.ports.map((port) => `http://127.0.0.1:${port}`);
  }

  async #run() {
    const [, , redis] = this.#ports;
    mkdirSync(this.#folder, { recursive: true });
    const options = ['--port', String(redis), '--bind', '127.0.0.1', '--save', '', '--dir', this.#folder];
    this.#redis = spawn('redis-server', options, { stdio: 'ignore' });
    await this.#runNode(0, JAR);
    await this.#runNode(1, JAR);
  }

  /** Stops a node in order, and starts one of another jar in its place. */
  async replace(number, jar) {
    await end(this.#nodes[number], 'SIGTERM');
    await this.#runNode(number, jar);
  }

  /** Copies the jar, with `edit` applied to one of its files: a node that runs it is of another version. */
  anotherVersion(file, edit) {
    const folder = `${this.#folder}/another-version`;
    mkdirSync(folder, { recursive: true });
    const jar = `${folder}/switchboard.jar`;
    copyFileSync(JAR, jar);
    const within = { cwd: folder };
    execFileSync('jar', ['--extract', '--file', jar, file], within);
    writeFileSync(`${folder}/${file}`, edit(readFileSync(`${folder}/${file}`, 'utf8')));
    execFileSync('jar', ['--update', '--file', jar, file], within);
    return jar;
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

  async #runNode(number, jar) {
    const path = `${this.#folder}/config-${number}.json`;
    const config = this.#configuration(number);
    writeFileSync(path, JSON.stringify(config));
    // The first one prints a link to its console, as scripts/run does.
    const options = number ? [] : ['--development'];
    const node = spawn('java', [...JVM_OPTIONS, '-jar', jar, 'run', '--config', path, ...options], {
      cwd: this.#folder,
    });
    this.#nodes[number] = node;
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
    await end(this.#nodes.pop(), 'SIGKILL');
  }

  /** Ends everything. */
  async end() {
    for (const one of [...this.#nodes.reverse(), this.#redis]) {
      await end(one, 'SIGTERM');
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

async function end(running, signal) {
  const ended = new Promise((resolve) => running.once('exit', resolve));
  running.kill(signal);
  await ended;
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
