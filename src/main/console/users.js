/**
 * The users of a tenant: who is online, and one of them with sessions and inbox.
 *
 * @module
 * @typedef {{ user_id: string, online: boolean, connections: number, nodes: string[], last_seen: string | null }} Presence
 */
import { address, api, call } from './api.js';
import { useAct, useRead } from './data.js';
import { EventRow, useChosen } from './live.js';
import { html, useState } from './html.js';
import { go, href, inPortal, useRoute, userHref } from './route.js';
import { may, tenant } from './session.js';
import { bytes, count, many, visible } from './text.js';
import {
  Button,
  Dialog,
  Empty,
  Facts,
  Field,
  Filter,
  Head,
  Loaded,
  Name,
  Pager,
  Refusal,
  State,
  Table,
  Time,
  area,
  confirm,
  input,
  sending,
  toast,
} from './ui.js';

const USERS_PER_PAGE = 100;

export function Users() {
  const { query } = useRoute();
  const { text = '', from = '0' } = query;
  const read = useRead(api('tenants', tenant(), 'presence'));
  const [exact, setExact] = useState('');
  const known = /** @type {string[]} */ (read.data?.users ?? [])
    .filter((one) => one.toLowerCase().includes(text.toLowerCase()))
    .sort();
  const start = Number(from) || 0;
  const page = known.slice(start, start + USERS_PER_PAGE);
  const states = useRead(page.length ? address(api('tenants', tenant(), 'presence'), { users: page.join(',') }) : null);
  const presence = new Map(/** @type {Presence[]} */ (states.data?.users ?? []).map((one) => [one.user_id, one]));
  return html`<${Head} title="Users" about=${html`${count(read.data?.count)} online, on any node`}>
      <${Button} onClick=${read.reload}>Read again</${Button}>
    </${Head}>
    <div class="filters">
      <${Filter} label="Online, with this in the id" mono of="text" clears="from" />
      <form class="filter" onSubmit=${sending(() => exact.trim() && go(userHref(exact.trim())))}>
        <label for="exact">Any user, by the exact id</label>
        <div class="row">
          ${input(exact, setExact, { class: 'mono' })('exact', undefined)}
          <${Button} type="submit">Open</${Button}>
        </div>
      </form>
    </div>
    <${Loaded} of=${read}>
      ${() =>
        page.length
          ? html`<${Table} label="Users online" heads=${['User', 'State', ['Sessions', 'right'], 'Nodes', ['Last seen', 'right']]}>
                ${page.map((user) => {
                  const one = presence.get(user);
                  return html`<tr key=${user}>
                    <th scope="row"><a class="main mono" href=${userHref(user)}>${visible(user)}</a></th>
                    <td><${Online} presence=${one} /></td>
                    <td class="right">${one ? count(one.connections) : ''}</td>
                    <td>${one?.nodes.map((node) => html`<code class="tag">${visible(node)}</code> `)}</td>
                    <td class="right nowrap">${one && html`<${Time} at=${one.last_seen} />`}</td>
                  </tr>`;
                })}
              </${Table}>
              <${Pager}
                first=${start ? href(['users'], { ...query, from: undefined }) : undefined}
                next=${start + USERS_PER_PAGE < known.length ? href(['users'], { ...query, from: start + USERS_PER_PAGE }) : undefined}
                shown=${page.length}
                of=${`of ${count(known.length)} users`}
              />`
          : html`<${Empty} title=${text ? 'Nobody online has this in the id' : 'Nobody is online'}>
              <p>A user is online while a page or a device of theirs is connected. Open a user by the exact id to see when they were seen last, and their inbox.</p>
            </${Empty}>`}
    </${Loaded}>
    <${Refusal} error=${states.error} />`;
}

function Online(/** @type {{ presence: Presence | undefined }} */ { presence }) {
  if (!presence) {
    return html`<span class="faint">…</span>`;
  }
  return html`<${State} tone=${presence.online ? 'ok' : 'plain'}>${presence.online ? 'online' : 'offline'}</${State}>`;
}

export function UserPage(/** @type {{ user: string }} */ { user }) {
  const read = useRead(api('tenants', tenant(), 'presence', user), { every: 5_000 });
  const presence = /** @type {Presence | undefined} */ (read.data);
  const sees = may('admin') && !inPortal;
  const disconnect = useAct(async () => {
    const yes = await confirm({
      title: 'Disconnect this user?',
      text: html`<p>All sessions of <strong>${visible(user)}</strong> on all nodes are closed with 4410 and stay away until the page is loaded again. Tokens stay valid.</p>`,
      verb: 'Disconnect',
    });
    if (yes) {
      await call('POST', api('tenants', tenant(), 'users', user, 'disconnect'));
      toast('Sent to every node');
    }
  });
  const revoke = useAct(async () => {
    const yes = await confirm({
      title: 'Revoke all tokens of this user?',
      text: html`<p>Every token of <strong>${visible(user)}</strong> issued until now becomes invalid; the sessions are closed with 4401. A token issued later is valid: the user must sign in again.</p>`,
      verb: 'Revoke',
      typed: user,
    });
    if (yes) {
      await call('POST', api('tenants', tenant(), 'users', user, 'revoke'));
      toast('Tokens revoked');
    }
  });
  return html`<${Head}
      title=${html`${visible(user)} ${presence && html`<${Online} presence=${presence} />`}`}
      name=${user}
      back=${[href(['users']), 'Users']}
    >
      ${
        sees &&
        html`<${Button} kind="danger" busy=${disconnect.busy} onClick=${() => disconnect.run()}>Disconnect</${Button}>
        <${Button} kind="danger" busy=${revoke.busy} onClick=${() => revoke.run()}>Revoke tokens</${Button}>`
      }
    </${Head}>
    <${Refusal} error=${disconnect.error ?? revoke.error} />
    <${Loaded} of=${read} lines=${2}>
      ${(/** @type {Presence} */ one) => html`<${Facts}
        of=${[
          ['Sessions and devices', count(one.connections)],
          [
            'Nodes',
            one.nodes.length ? one.nodes.map((node) => html`<code class="tag">${visible(node)}</code> `) : 'none',
          ],
          ['Last seen', html`<${Time} at=${one.last_seen} />`],
        ]}
      />`}
    </${Loaded}>
    ${sees && html`<${Sessions} user=${user} />`}
    ${may('inbox') && !inPortal && html`<${Inbox} user=${user} />`}`;
}

const TRANSPORTS = /** @type {Record<string, string>} */ ({
  websocket: 'WebSocket',
  stream: 'event stream',
  visitor: 'visitor',
});

/** @typedef {{ id: string, node: string, transport: string, connected_at: string, address: string, user_agent: string, role: string, patterns: string[], topics: string[], kept: string[], queued_bytes: number, last_seen_at: string }} OneSession */

function Sessions(/** @type {{ user: string }} */ { user }) {
  const read = useRead(api('tenants', tenant(), 'users', user, 'sessions'), { every: 5_000 });
  const end = useAct(async (/** @type {OneSession} */ session) => {
    const yes = await confirm({
      title: 'End this session?',
      text: html`<p>The session from <strong>${visible(session.address)}</strong> on node <strong>${visible(session.node)}</strong> is closed with 4410; its page must be loaded again. Others stay.</p>`,
      verb: 'End the session',
    });
    if (yes) {
      await call('DELETE', api('tenants', tenant(), 'users', user, 'sessions', session.id));
      toast('Sent to the node');
      setTimeout(read.reload, 1_000);
    }
  });
  return html`<section>
    <h2>Sessions</h2>
    <${Refusal} error=${end.error} />
    <${Loaded} of=${read} lines=${3}>
      ${(
        /** @type {{ sessions: OneSession[], silent_nodes: string[], truncated: boolean }} */ {
          sessions,
          silent_nodes,
          truncated,
        },
      ) => html`
        ${silent_nodes?.length > 0 && html`<p><${State} tone="warn">No answer within 2 s from ${visible(silent_nodes.join(', '))}: its sessions are missing here</${State}></p>`}
        ${truncated && html`<p><${State} tone="info">Only the first 50 sessions of each node are shown</${State}></p>`}
        ${
          sessions.length
            ? html`<${Table} label="Sessions" heads=${['Session', 'Node', 'From', 'Receives', ['Queue', 'right'], ['Connected', 'right'], ['Last word', 'right'], '']}>
              ${sessions.map(
                (one) => html`<tr key=${one.id}>
                  <th scope="row">${TRANSPORTS[one.transport] ?? visible(one.transport)}<span class="sub">${visible(one.role ?? '')} <${Name} of=${one.id} short /></span></th>
                  <td><code>${visible(one.node)}</code></td>
                  <td>${visible(one.address ?? '')}<span class="sub cut agent" title=${visible(one.user_agent ?? '')}>${visible(one.user_agent ?? '')}</span></td>
                  <td><span class="tags">${[...(one.patterns ?? []), ...(one.topics ?? []), ...(one.kept ?? []).map((kept) => `kept ${kept}`)].map((name) => html`<code class="tag">${visible(name)}</code>`)}</span></td>
                  <td class="right nowrap">${bytes(one.queued_bytes)}</td>
                  <td class="right nowrap"><${Time} at=${one.connected_at} /></td>
                  <td class="right nowrap"><${Time} at=${one.last_seen_at} /></td>
                  <td class="right"><${Button} kind="quiet small" icon="close" label="End this session" onClick=${() => end.run(one)} /></td>
                </tr>`,
              )}
            </${Table}>`
            : html`<${Empty} title="No session"><p>The user is not connected to any node that answered.</p></${Empty}>`
        }`}
    </${Loaded}>
  </section>`;
}

function Inbox(/** @type {{ user: string }} */ { user }) {
  const { query } = useRoute();
  const { inbox_after } = query;
  const read = useRead(address(api('tenants', tenant(), 'users', user, 'inbox'), { after: inbox_after }));
  const [chosen, toggle] = useChosen();
  const [writing, setWriting] = useState(false);
  const clear = useAct(async () => {
    const yes = await confirm({
      title: 'Clear the inbox?',
      text: html`<p>The messages that <strong>${visible(user)}</strong> has not received yet are removed for good.</p>`,
      verb: 'Clear the inbox',
      typed: user,
    });
    if (yes) {
      const { removed } = await call('DELETE', api('tenants', tenant(), 'users', user, 'inbox'));
      toast(`${many(removed, 'message')} removed`);
      read.reload();
    }
  });
  return html`<section>
    <div class="row">
      <h2>Inbox</h2>
      <span class="spring"></span>
      <${Button} kind="small" onClick=${() => setWriting(true)}>Send a notification</${Button}>
      ${read.data?.messages.length > 0 && html`<${Button} kind="danger small" busy=${clear.busy} onClick=${() => clear.run()}>Clear</${Button}>`}
    </div>
    <${Refusal} error=${clear.error} />
    <${Loaded} of=${read} lines=${2}>
      ${(/** @type {{ messages: any[], next: string | null }} */ { messages, next }) =>
        messages.length
          ? html`<ol class="events" aria-label="Messages, the oldest first">
                ${messages.map((one) => html`<${EventRow} key=${one.event_id} event=${one} open=${chosen === one.event_id} onOpen=${() => toggle(one.event_id)} />`)}
              </ol>
              <${Pager}
                first=${inbox_after ? userHref(user, { ...query, inbox_after: undefined }) : undefined}
                next=${next ? userHref(user, { ...query, inbox_after: next }) : undefined}
                shown=${messages.length}
                of="messages"
              />`
          : html`<${Empty} title=${inbox_after ? 'No more messages' : 'Nothing waits in the inbox'}>${inbox_after && html`<p><a href=${userHref(user, { ...query, inbox_after: undefined })}>First page</a></p>`}<p>Messages for an offline user wait here until a session of theirs has received them.</p></${Empty}>`}
    </${Loaded}>
    ${
      writing &&
      html`<${Notify} user=${user} onClose=${() => {
        setWriting(false);
        read.reload();
      }} />`
    }
  </section>`;
}

function Notify(/** @type {{ user: string, onClose: () => void }} */ { user, onClose }) {
  const [text, setText] = useState('');
  const act = useAct(async () => {
    await call('POST', api('tenants', tenant(), 'users', user, 'inbox'), {
      body: { type: 'notification', payload: { text } },
    });
    toast('Sent');
    onClose();
  });
  return html`<${Dialog} title="Send a notification" onClose=${onClose}>
    <form onSubmit=${sending(() => act.run())}>
      <${Field} label="Text" hint="Live sessions of the user receive it at once; without any, the next session does.">
        ${area(text, setText, { class: '', rows: 3, required: true, spellcheck: true })}
      </${Field}>
      <${Refusal} error=${act.error} />
      <footer>
        <${Button} onClick=${onClose}>Cancel</${Button}>
        <${Button} type="submit" kind="primary" busy=${act.busy}>Send</${Button}>
      </footer>
    </form>
  </${Dialog}>`;
}
