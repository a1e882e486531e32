import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const JAR = `${ROOT}target/switchboard.jar`;
/** A process that lives for a minute spends most of its CPU on the optimizing compiler. */
export const JVM_OPTIONS = ['-XX:TieredStopAtLevel=1'];
const TENANT = 'tenant-123';
const JWT_SECRET = 'a-secret-for-tests-alone-0123456789abcdef';

/** A Redis that keeps nothing on disk: a restart loses what it held. */
export class RealRedis {
  #process;

  constructor(port) {
    this.port = port;
    this.start();
  }

  static async onFreePort() {
    const [port] = await freePorts(1);
    return new RealRedis(port);
  }

  start() {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', ''];
    this.#process = spawn('redis-server', options, { stdio: 'ignore', cwd: tmpdir() });
  }

  /** SIGSTOP lets it stand still, SIGCONT lets it go on. */
  signal(signal) {
    this.#process.kill(signal);
  }

  async stop() {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
  }
}

/**
 * A node of its own on ports that are free, with an embedded Postgres. Its Redis is a process of
 * its own: one that restarts with the node may have lost writes, and then nobody recovers.
 */
export class RealNode {
  #folder;
  #config;
  #ports;
  #process;
  #redis;
  #arguments = [];
  #output = '';

  constructor(folder, ports) {
    this.#folder = folder;
    this.#config = `${folder}/config.json`;
    this.#ports = ports;
  }

  /**
   * @param {string} name Of its folder below target/client-tests
   * @param {{ node?: object, sessions?: object, logs?: object, redis?: object, redisPort?: number, development?: boolean }}
   *   [settings] `redisPort`: where a Redis runs; without it the node has one of its own; `development`: as
   *   `scripts/run` starts it
   */
  static async start(name, { redisPort, development = false, ...settings } = {}) {
    if (!existsSync(JAR)) {
      throw new Error('target/switchboard.jar is missing: run mvn -B -ntp -q package -DskipTests');
    }
    const folder = `${ROOT}target/client-tests/${name}`;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const ports = await freePorts(4);
    ports[2] = redisPort ?? ports[2];
    const node = new RealNode(folder, ports);
    node.configure(settings);
    node.#arguments = development ? ['--development'] : [];
    node.#redis = redisPort ? undefined : new RealRedis(ports[2]);
    await node.run();
    return node;
  }

  configure(settings) {
    const [http, management, redis, postgres] = this.#ports;
    const config = {
      node: { dataDirectory: `${this.#folder}/data`, ...settings.node },
      http: { host: '127.0.0.1', port: http, drainTimeout: '2s' },
      management: { host: '127.0.0.1', port: management },
      redis: { mode: 'standalone', nodes: [`127.0.0.1:${redis}`], ...settings.redis },
      postgres: { embeddedPort: postgres },
      auth: { jwtSecret: JWT_SECRET },
      webhooks: { allowHttp: true, allowedCidrs: ['127.0.0.0/8'] },
      sessions: { retryAfter: '500ms', drainWindow: '500ms', ...settings.sessions },
      logs: { ...settings.logs },
    };
    writeFileSync(this.#config, JSON.stringify(config));
  }

  get port() {
    return this.#ports[0];
  }

  get managementPort() {
    return this.#ports[1];
  }

  get url() {
    return `http://127.0.0.1:${this.#ports[0]}`;
  }

  signalRedis(signal) {
    this.#redis.signal(signal);
  }

  /** Ends it for good. */
  async end() {
    await this.stop();
    await this.#redis?.stop();
  }

  /** Starts it, and resolves once it is ready. */
  async run() {
    const command = [...JVM_OPTIONS, '-jar', JAR, 'run', '--config', this.#config, ...this.#arguments];
    this.#process = spawn('java', command, { cwd: this.#folder });
    this.#output = '';
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on('data', (part) => (this.#output = (this.#output + part).slice(-20_000)));
    }
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    const ready = `http://127.0.0.1:${this.#ports[1]}/health/ready`;
    for (;;) {
      const answer = await Promise.race([
        fetch(ready).then(
          (response) => response.status,
          () => 0,
        ),
        ended.then((code) => ({ code })),
      ]);
      if (answer === 200) {
        return;
      }
      if (answer.code !== undefined) {
        throw new Error(`the node ended with ${answer.code}:\n${this.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits until what it wrote to its terminal matches. */
  async written(pattern) {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match) {
        return match;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ends it, by default in order: sockets are closed with 1001 first. */
  async stop(signal = 'SIGTERM') {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill(signal);
    await ended;
  }

  /** Ends the Postgres that a node leaves behind when it is killed. */
  endPostgres() {
    try {
      const lock = readFileSync(`${this.#folder}/data/postgres/data/postmaster.pid`, 'utf8');
      process.kill(Number(lock.split('\n')[0]), 'SIGINT');
    } catch (error) {
      // It had not started, or has ended already.
      if (!['ENOENT', 'ESRCH'].includes(error.code)) {
        throw error;
      }
    }
  }

  token(user, { role = 'agent', seconds = 3_600 } = {}) {
    return jwt({ tenant_id: TENANT, user_id: user, role, jti: randomUUID() }, seconds);
  }

  /** SIGSTOP lets it stand still, SIGCONT lets it go on. */
  signal(signal) {
    this.#process.kill(signal);
  }

  /** Calls the API as a service that may do everything; gives up after `timeout` milliseconds. */
  call(method, path, body, options) {
    return this.callAt(this.url, method, path, body, options);
  }

  /** The same through a load balancer at `url`. */
  async callAt(url, method, path, body, { timeout = 60_000 } = {}) {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${jwt({ svc: true }, 3_600)}`, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(timeout),
    });
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    }
    return response.status === 204 ? undefined : response.json();
  }

  publish(type, payload, members = {}) {
    return this.call('POST', '/events', { tenant_id: TENANT, type, payload, ...members });
  }
}

export async function freePorts(count) {
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

function jwt(claims, seconds) {
  const now = Math.floor(Date.now() / 1000);
  const parts = [
    { alg: 'HS256', typ: 'JWT' },
    { iat: now, exp: now + seconds, ...claims },
  ];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`;
}
