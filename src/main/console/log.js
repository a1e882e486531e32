/**
 * The log of recent events of a tenant or of a topic.
 *
 * @module
 * @typedef {import('./types.js').Event} Event
 */
import { address, api } from './api.js';
import { EventRow } from './live.js';
import { useRead } from './data.js';
import { html } from './html.js';
import { href, useRoute } from './route.js';
import { tenant } from './session.js';
import { matches, visible } from './text.js';
import { Button, Empty, Filter, FilterChoice, Head, Loaded, Pager, State } from './ui.js';

export function Log() {
  const { query } = useRoute();
  const { topic, after, limit = '100' } = query;
  const read = useRead(address(api('tenants', tenant(), 'events'), { topic, after, limit }));
  return html`<${Head} title="Log" about="Recent events, which sessions catch up from. Older ones are gone: the log is short by design.">
      <${Button} onClick=${read.reload}>Read again</${Button}>
    </${Head}>
    <div class="filters">
      <${Filter} label="Topic" mono placeholder="the tenant's own log" of="topic" clears="after" />
      <${Filter} label="After the id" mono placeholder="the newest" of="after" />
      <${Filter} label="Type" mono placeholder="call.*" of="type" />
      <${Filter} label="Text" of="text" />
      <${FilterChoice} label="Per page" of="limit" otherwise="100" options=${['50', '100', '250', '500'].map((one) => [one, one])} />
    </div>
    <${Loaded} of=${read}>
      ${(/** @type {{ events: Event[], position: string, complete: boolean, more: boolean }} */ page) => html`<${LogPage} page=${page} />`}
    </${Loaded}>`;
}

function LogPage(
  /** @type {{ page: { events: Event[], position: string, complete: boolean, more: boolean } }} */ { page },
) {
  const { query } = useRoute();
  const { type, text } = query;
  const shown = page.events
    .filter((one) => !type || matches(type, one.type))
    .filter((one) => !text || JSON.stringify(one).toLowerCase().includes(text.toLowerCase()))
    .reverse();
  return html`${query.after && !page.complete && html`<p><${State} tone="warn">Events between this id and the page are lost: the log no longer holds them.</${State}></p>`}
    ${
      shown.length
        ? html`<ol class="events" aria-label="Events, the newest first">
            ${shown.map(
              (event) => html`<${EventRow}
                key=${event.id ?? event.event_id}
                event=${event}
                open=${query.open === event.event_id}
                to=${href(['log'], { ...query, open: query.open === event.event_id ? undefined : event.event_id })}
              />`,
            )}
          </ol>
          <${Pager}
            first=${query.after ? href(['log'], { ...query, after: undefined }) : undefined}
            next=${href(['log'], { ...query, after: page.position })}
            shown=${shown.length}
            of=${shown.length === page.events.length ? 'events' : `of ${page.events.length} events on this page`}
          />`
        : html`<${Empty} title=${page.events.length ? 'No event on this page passes the filters' : query.after ? 'Nothing came after it yet' : 'The log is empty'}>
          ${
            page.events.length
              ? html`<p>Type and text look at one page only. <a href=${href(['log'], { ...query, type: undefined, text: undefined })}>Leave them out</a>.</p>`
              : html`<p>${query.topic ? html`Nothing was published on <code>${visible(query.topic)}</code> lately.` : 'Nothing was published lately.'}
                <a href=${href(['publish'])}>Publish an event</a> or <a href=${href(['live'])}>watch for one</a>.</p>`
          }
        </${Empty}>`
    }`;
}
