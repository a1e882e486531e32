import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePorts } from './real-node.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A real nginx or HAProxy with the file of conf/, in front of nodes. */
export class LoadBalancer {
  #process;
  #port;

  constructor(process, port) {
    this.#process = process;
    this.#port = port;
  }

  /**
   * @param {'nginx' | 'haproxy'} program
   * @param {import('./real-node.js').RealNode[]} nodes
   */
  static async start(program, nodes) {
    const folder = `${ROOT}target/client-tests/${program}`;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const [port] = await freePorts(1);
    const command = program === 'nginx' ? nginx(folder, port, nodes) : haproxy(folder, port, nodes);
    const log = openSync(`${folder}/log`, 'w');
    const started = spawn(program, command, { stdio: ['ignore', log, log] });
    const ended = new Promise((resolve, reject) => {
      started.once('error', reject);
      started.once('exit', (code) => reject(new Error(`${program} ended with ${code}; see ${folder}/log`)));
    });
    ended.catch(() => {});
    while (!(await Promise.race([isOpen(port), ended]))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return new LoadBalancer(started, port);
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  close() {
    this.#process.kill();
  }
}

function nginx(folder, port, nodes) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};\n`)
    .join('');
  const config = shipped('nginx.conf', nodes, (node) => `127.0.0.1:${node.port}`)
    .replace('http {\n', `http {\n${temporary}`)
    .replace('listen 8080', `listen 127.0.0.1:${port}`);
  writeFileSync(`${folder}/nginx.conf`, config);
  return ['-e', 'stderr', '-c', `${folder}/nginx.conf`, '-g', `daemon off; pid ${folder}/pid;`];
}

function haproxy(folder, port, nodes) {
  const config = shipped(
    'haproxy.cfg',
    nodes,
    (node) => `127.0.0.1:${node.port} port ${node.managementPort}`,
  ).replace('bind :8080', `bind 127.0.0.1:${port}`);
  writeFileSync(`${folder}/haproxy.cfg`, config);
  copyFileSync(`${ROOT}conf/stream-retry.http`, `${folder}/stream-retry.http`);
  return ['-f', `${folder}/haproxy.cfg`];
}

/** A file of conf/, whose lines for two nodes become lines for `nodes`. */
function shipped(name, nodes, address) {
  return readFileSync(`${ROOT}conf/${name}`, 'utf8')
    .split('\n')
    .filter((line) => !line.includes('node-2'))
    .flatMap((line) =>
      line.includes('node-1')
        ? nodes.map((node, i) =>
            line.replace('node-1:8080', address(node)).replace('node-1', `node-${i + 1}`),
          )
        : [line],
    )
    .join('\n');
}

function isOpen(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
