/**
 * Kept state: the collections of a tenant, and the keys of one of them.
 *
 * @module
 * @typedef {import('./types.js').Event} Event
 * @typedef {{ since: string, time: string }} Times
 */
import { address, api, call } from './api.js';
import { useAct, useRead } from './data.js';
import { html, useEffect, useState } from './html.js';
import { href, inPortal, keptHref, useRoute } from './route.js';
import { may, tenant } from './session.js';
import { bytes, clock, count, duration, many, moment, visible } from './text.js';
import {
  Button,
  Empty,
  Facts,
  Filter,
  Head,
  Icon,
  Loaded,
  Name,
  Pager,
  Refusal,
  State,
  Table,
  Time,
  Tree,
  confirm,
  toast,
} from './ui.js';

/** `since` of each tenant and topic as seen first: if it moves, state was lost. @type {Map<string, string>} */
const firstSince = new Map();

function Since(/** @type {{ of: Times, topic: string | undefined }} */ { of, topic }) {
  const key = `${tenant()} ${topic ?? ''}`;
  const [before] = useState(firstSince.get(key));
  useEffect(() => void (firstSince.has(key) || firstSince.set(key, of.since)), [of.since]);
  const moved = before !== undefined && before !== of.since;
  return moved
    ? html`<p><${State} tone="warn">State was reset: it was complete since ${clock(before)}, now only since ${clock(of.since)}. Sources must publish their state again.</${State}></p>`
    : html`<p class="hint">Complete since <time datetime=${of.since}>${clock(of.since)}</time>; read at ${clock(of.time)}.</p>`;
}

export function Kept() {
  const { query } = useRoute();
  const { topic } = query;
  const read = useRead(address(api('tenants', tenant(), 'kept'), { topic }), { every: 5_000 });
  return html`<${Head} title="Kept state" about="The last event of each key, for screens that open now." />
    <div class="filters">
      <${Filter} label="Topic" mono placeholder="the tenant's own" of="topic" />
    </div>
    <${Loaded} of=${read}>
      ${(/** @type {Times & { collections: { name: string, keys: number }[], keys: number, bytes: number }} */ data) =>
        data.collections.length
          ? html`<${Facts} of=${[
              ['Keys', count(data.keys)],
              ['Size', bytes(data.bytes)],
            ]} />
              <${Since} of=${data} topic=${topic} />
              <${Table} label="Collections" heads=${['Collection', ['Keys', 'right']]}>
                ${data.collections.map(
                  (one) => html`<tr key=${one.name}>
                    <th scope="row"><a class="main mono" href=${keptHref(one.name, { topic })}>${visible(one.name)}</a></th>
                    <td class="right">${count(one.keys)}</td>
                  </tr>`,
                )}
              </${Table}>`
          : html`<${Since} of=${data} topic=${topic} /><${Empty} title="Nothing is kept">
              <p>An event with <code>keep</code>, such as <code>queues/support</code>, stays as the state of that key until the next one.</p>
              ${!inPortal && html`<p><a href=${href(['publish'], { type: 'queue.stats' })}>Publish one</a></p>`}
            </${Empty}>`}
    </${Loaded}>`;
}

export function KeptCollection(/** @type {{ name: string }} */ { name }) {
  const { query } = useRoute();
  const { topic, after, text = '' } = query;
  const read = useRead(address(api('tenants', tenant(), 'kept', name), { topic, after, limit: 100 }));
  const [open, setOpen] = useState(/** @type {string | undefined} */ (undefined));
  const forgets = may('events:write') && !inPortal;
  const forgetAll = useAct(async () => {
    const yes = await confirm({
      title: 'Forget this collection?',
      text: html`<p>Every key of <strong>${visible(name)}</strong> that is not written after this moment is forgotten, and screens drop it. Sources must publish their state again to bring it back.</p>`,
      verb: 'Forget the collection',
      typed: name,
    });
    if (yes) {
      const { forgotten } = await call('DELETE', address(api('tenants', tenant(), 'kept', name), { topic }));
      toast(`${many(forgotten, 'key')} forgotten`);
      read.reload();
    }
  });
  const forget = useAct(async (/** @type {string} */ key) => {
    const yes = await confirm({
      title: 'Forget this key?',
      text: html`<p><code>${visible(`${name}/${key}`)}</code> is forgotten, and screens drop it.</p>`,
      verb: 'Forget the key',
    });
    if (yes) {
      await call('DELETE', address(api('tenants', tenant(), 'kept', name, key), { topic }));
      toast('Forgotten');
      read.reload();
    }
  });
  return html`<${Head} title=${visible(name)} back=${[href(['kept'], { topic }), 'Kept state']} about=${topic && html`On the topic <code>${visible(topic)}</code>`}>
      <${Button} onClick=${read.reload}>Read again</${Button}>
      ${forgets && html`<${Button} kind="danger" busy=${forgetAll.busy} onClick=${() => forgetAll.run()}>Forget the collection</${Button}>`}
    </${Head}>
    <${Refusal} error=${forgetAll.error ?? forget.error} />
    <div class="filters">
      <${Filter} label="Key or payload on this page" of="text" />
    </div>
    <${Loaded} of=${read}>
      ${(/** @type {Times & { events: Event[], unreadable: number, next: string | null }} */ page) => {
        const shown = page.events.filter(
          (one) => !text || JSON.stringify([one.keep, one.payload]).toLowerCase().includes(text.toLowerCase()),
        );
        return html`<${Since} of=${page} topic=${topic} />
          ${page.unreadable > 0 && html`<p><${State} tone="warn">${page.unreadable === 1 ? 'One key' : `${count(page.unreadable)} keys`} can't be read: no configured key decrypts what is kept</${State}></p>`}
          ${
            shown.length
              ? html`<${Table} label="Keys" heads=${['Key', 'State', ['Age', 'right'], ['Ends', 'right'], '']}>
                ${shown.map((event) => {
                  const key = (event.keep ?? '').slice(name.length + 1);
                  const isOpen = open === key;
                  return html`<tr key=${key} class="top-aligned">
                    <th scope="row">
                      <button type="button" class="link mono" aria-expanded=${String(isOpen)} onClick=${() => setOpen(isOpen ? undefined : key)}><${Icon} name=${isOpen ? 'down' : 'next'} />${visible(key)}</button>
                    </th>
                    <td class="grow">
                      <span class="sub">${visible(event.type)} <${Name} of=${event.event_id} short /></span>
                      ${isOpen ? html`<div class="tree-box"><${Tree} value=${event.payload} /></div>` : html`<code class="cut">${visible((JSON.stringify(event.payload) ?? '').slice(0, 200))}</code>`}
                    </td>
                    <td class="right nowrap">${duration(((moment(page.time) ?? Date.now()) - (moment(event.timestamp) ?? Date.now())) / 1_000)}</td>
                    <td class="right nowrap"><${Time} at=${event.keep_until} /></td>
                    <td class="right">${forgets && html`<${Button} kind="quiet small" icon="close" label=${`Forget ${visible(key)}`} onClick=${() => forget.run(key)} />`}</td>
                  </tr>`;
                })}
              </${Table}>`
              : html`<${Empty} title=${text ? 'No key on this page has this text' : 'This collection is empty'}><p><a href=${href(['kept'], { topic })}>See all collections</a></p></${Empty}>`
          }
          <${Pager}
            first=${after ? keptHref(name, { ...query, after: undefined }) : undefined}
            next=${page.next ? keptHref(name, { ...query, after: page.next }) : undefined}
            shown=${shown.length}
            of="keys"
          />`;
      }}
    </${Loaded}>`;
}
