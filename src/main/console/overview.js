/**
 * How the cluster is now, and the course of the last 15 minutes, which this page alone keeps.
 *
 * @module
 * @typedef {import('./types.js').Cluster} Cluster
 * @typedef {import('./types.js').Node} Node
 * @typedef {import('./ui.js').Tone} Tone
 */
import { api } from './api.js';
import { useRead } from './data.js';
import { html, useEffect } from './html.js';
import { href } from './route.js';
import { bytes, count, duration, many, millis, rate, visible } from './text.js';
import { Bar, Empty, Facts, Figure, Head, Loaded, Name, State, Table, Time, announce } from './ui.js';

/** As often as nodes report. */
const EVERY_MS = 4_000;
const KEPT_MS = 15 * 60_000;
/** @type {{ at: number, sessions: number, accepted: number, delivered: number, refused: number, owed: number | null }[]} */
let samples = [];

/** @type {Record<string, [Tone, string]>} */
export const NODE_STATES = {
  ready: ['ok', 'ready'],
  degraded: ['warn', 'degraded'],
  draining: ['info', 'draining'],
  gone: ['bad', 'gone'],
};
/** @type {Record<string, Tone>} */
const STORE_STATES = { up: 'ok', degraded: 'warn', down: 'bad' };

export function Overview() {
  const read = useRead(api('nodes'), { every: EVERY_MS });
  const cluster = /** @type {Cluster | undefined} */ (read.data);
  useEffect(() => {
    cluster && remember(cluster, read.at);
  }, [read.at]);
  const wrong = cluster ? whatFails(cluster) : [];
  const said = wrong.map((one) => one.text).join('. ');
  useEffect(() => announce(said || (cluster ? 'Nothing fails' : '')), [said, !cluster]);
  return html`<${Head} title="Overview" about=${cluster ? html`As of <${Time} at=${cluster.at} exact />, every 4 s while this tab is visible` : 'The cluster now'} />
    <${Loaded} of=${read} lines=${8}>${(/** @type {Cluster} */ data) => html`<${Now} cluster=${data} wrong=${wrong} at=${read.at} />`}</${Loaded}>`;
}

function remember(/** @type {Cluster} */ cluster, /** @type {number} */ at) {
  const { accepted, delivered, refused } = flow(cluster);
  samples = [
    ...samples.filter((one) => one.at > at - KEPT_MS),
    { at, sessions: cluster.totals.sessions, accepted, delivered, refused, owed: cluster.totals.deliveries_owed },
  ];
}

/** Events per second of all nodes. */
function flow(/** @type {Cluster} */ cluster) {
  const sum = (/** @type {'accepted' | 'delivered' | 'refused'} */ name) =>
    cluster.nodes.reduce((all, node) => all + (node.state === 'gone' ? 0 : (node.events_per_second?.[name] ?? 0)), 0);
  return { accepted: sum('accepted'), delivered: sum('delivered'), refused: sum('refused') };
}

/** The samples of the last 15 min; null where the page did not look for more than 12 s. */
function series(/** @type {'sessions' | 'accepted' | 'delivered' | 'refused' | 'owed'} */ name) {
  /** @type {(number | null)[]} */
  const values = [];
  samples.forEach((one, at) => {
    const before = samples[at - 1];
    if (before && one.at - before.at > 3 * EVERY_MS) {
      values.push(null);
    }
    values.push(one[name]);
  });
  return values;
}

/** @typedef {{ tone: Tone, text: string, to?: string, next: string }} Wrong */

/** @returns {Wrong[]} What an operator should look at, the worst first */
function whatFails(/** @type {Cluster} */ { totals, stores, nodes }) {
  /** @type {Wrong[]} */
  const wrong = [];
  for (const [name, state] of Object.entries(stores)) {
    if (state !== 'up') {
      const store = storeName(name);
      wrong.push({
        tone: state === 'down' ? 'bad' : 'warn',
        text: `${store} is ${state}`,
        next: `Look at the nodes below for who can't reach it, and at ${store} itself.`,
      });
    }
  }
  for (const node of nodes) {
    if (node.state === 'gone') {
      wrong.push({
        tone: 'bad',
        text: `Node ${node.name} is gone`,
        next: 'It has sent no report. Its sessions reconnect to other nodes; its deliveries are taken over.',
      });
    } else if (node.state === 'degraded') {
      wrong.push({
        tone: 'warn',
        text: `Node ${node.name} is degraded`,
        next: "It can't reach a store; its sessions stay open and catch up afterwards.",
      });
    }
    if (node.problems?.length) {
      wrong.push({
        tone: 'warn',
        text: `Node ${node.name} reports: ${node.problems.map(problemText).join('; ')}`,
        next: 'Give all nodes the same configuration and start them again.',
      });
    }
  }
  if (totals.webhooks_failing) {
    wrong.push({
      tone: 'warn',
      text:
        totals.webhooks_failing === 1
          ? '1 webhook is failing'
          : `${count(totals.webhooks_failing)} webhooks are failing`,
      to: href(['webhooks'], { state: 'failing' }),
      next: 'See which, and what their receivers answer.',
    });
  }
  if ((totals.oldest_due_seconds ?? 0) > 60) {
    wrong.push({
      tone: 'warn',
      text: `The oldest due delivery waits for ${duration(totals.oldest_due_seconds)}`,
      to: href(['webhooks'], { sort: 'owed' }),
      next: 'Receivers are slow or down, or nodes are overloaded.',
    });
  }
  return wrong.sort((one, other) => Number(other.tone === 'bad') - Number(one.tone === 'bad'));
}

function problemText(/** @type {unknown} */ problem) {
  return typeof problem === 'string'
    ? problem
    : String(/** @type {any} */ (problem)?.detail ?? JSON.stringify(problem));
}

function Now(/** @type {{ cluster: Cluster, wrong: Wrong[], at: number }} */ { cluster, wrong }) {
  const { totals, stores, nodes } = cluster;
  const events = flow(cluster);
  return html`<section aria-label="What fails now" class="verdict ${wrong.length ? 'wrong' : ''}">
      ${
        wrong.length
          ? html`<ul>
            ${wrong.map(
              (one) => html`<li>
                <${State} tone=${one.tone}>${one.to ? html`<a href=${one.to}>${visible(one.text)}</a>` : visible(one.text)}</${State}>
                <span class="faint">${one.next}</span>
              </li>`,
            )}
          </ul>`
          : html`<${State} tone="ok">Nothing fails</${State}
            ><span class="faint">Stores are up, all nodes report, no webhook is failing.</span>`
      }
    </section>
    <section class="figures" aria-label="Totals">
      <${Figure} name="Sessions" value=${count(totals.sessions)} series=${series('sessions')} note=${html`${many(totals.users_online, 'user')} online`} />
      <${Figure} name="Events in" value=${html`${rate(events.accepted)}<small>/s</small>`} series=${series('accepted')} label="Events accepted per second" note=${html`${rate(events.refused)}/s refused`} />
      <${Figure} name="Events out" value=${html`${rate(events.delivered)}<small>/s</small>`} series=${series('delivered')} label="Events delivered per second" note="to sockets and streams" />
      <${Figure}
        name="Deliveries owed"
        value=${count(totals.deliveries_owed)}
        series=${series('owed')}
        to=${href(['webhooks'], { sort: 'owed' })}
        note=${totals.oldest_due_seconds === null || totals.oldest_due_seconds === undefined ? 'none is due' : html`oldest due for ${duration(totals.oldest_due_seconds)}`}
      />
    </section>
    <section>
      <h2>Nodes <span class="faint">${nodes.length}</span></h2>
      ${
        nodes.length
          ? html`<${Table}
            label="Nodes"
            heads=${['Node', 'State', ['Sessions', 'right'], ['In /s', 'right'], ['Out /s', 'right'], ['Backlog', 'right'], ['Loop lag', 'right'], 'Heap', 'Stores', ['Breakers', 'right'], ['Up for', 'right']]}
          >
            ${nodes.map((node) => html`<${NodeRow} node=${node} />`)}
          </${Table}>`
          : html`<${Empty} title="No node has reported yet"><p>A node reports every 5 s. If none appears, look whether Redis is reachable.</p></${Empty}>`
      }
    </section>
    <section>
      <h2>Stores</h2>
      <${Facts} of=${Object.entries(stores).map(([name, state]) => [
        storeName(name),
        html`<${State} tone=${STORE_STATES[state] ?? 'plain'}>${visible(state)}</${State}>`,
      ])} />
    </section>`;
}

function NodeRow(/** @type {{ node: Node }} */ { node }) {
  const [tone, word] = NODE_STATES[node.state] ?? ['plain', node.state];
  const { websocket = 0, stream = 0, visitor = 0 } = node.sessions ?? {};
  const heap = node.heap_max_bytes ? node.heap_used_bytes / node.heap_max_bytes : 0;
  return html`<tr class=${node.state === 'gone' ? 'dim' : ''}>
    <th scope="row"><${Name} of=${node.name} /><span class="sub">${visible(node.version ?? '')}</span></th>
    <td class="nowrap"><${State} tone=${tone}>${visible(word)}</${State}><span class="sub">said <${Time} at=${node.last_seen_at} /></span></td>
    <td class="right" title=${`${websocket} sockets, ${stream} streams, ${visitor} visitors`}>${count(websocket + stream + visitor)}</td>
    <td class="right">${rate(node.events_per_second?.accepted)}</td>
    <td class="right">${rate(node.events_per_second?.delivered)}</td>
    <td class="right">${bytes(node.backlog_bytes)}</td>
    <td class="right">${millis(node.loop_lag_ms)}</td>
    <td class="nowrap">${bytes(node.heap_used_bytes)} <span class="faint">of ${bytes(node.heap_max_bytes)}</span><span class="sub"><${Bar} share=${heap} tone=${heap > 0.9 ? 'bad' : heap > 0.75 ? 'warn' : 'info'} /></span></td>
    <td class="nowrap"><${NodeStores} of=${node.stores ?? {}} /></td>
    <td class="right">${node.breakers_open ? html`<${State} tone="warn">${count(node.breakers_open)} open</${State}>` : count(node.breakers_open)}</td>
    <td class="right">${duration((Date.now() - Date.parse(node.started_at)) / 1_000)}</td>
  </tr>`;
}

/** Only what is not up is named. */
function NodeStores(/** @type {{ of: Record<string, string> }} */ { of }) {
  const wrong = Object.entries(of).filter(([, state]) => state !== 'up');
  return wrong.length
    ? wrong.map(
        ([name, state]) =>
          html`<${State} tone=${STORE_STATES[state] ?? 'plain'}>${storeName(name)} ${visible(state)}</${State}> `,
      )
    : html`<${State} tone="ok">up</${State}>`;
}

function storeName(/** @type {string} */ name) {
  return name === 'redis' ? 'Redis' : name === 'postgres' ? 'Postgres' : visible(name);
}
