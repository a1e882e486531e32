/**
 * The operators' console: signs in and shows the screen that the address names.
 *
 * @module
 */
import { ConsoleSessions, Keys, Portals, Widgets } from './access.js';
import { Problem, call, onExpired } from './api.js';
import { html, render, useEffect, useState } from './html.js';
import { Live } from './live.js';
import { Log } from './log.js';
import { Overview } from './overview.js';
import { Publish } from './publish.js';
import { href, interceptLinks } from './route.js';
import { attemptsScreen, keptScreen, userScreen, webhookScreen } from './screens.js';
import { may, ofAllTenants, setSession, setTheme, storedTheme, signedInAsPerson, useSession } from './session.js';
import { Screens } from './shell.js';
import { SignIn } from './signin.js';
import { Configuration, Refusals } from './system.js';
import { visible } from './text.js';
import { Tools } from './tools.js';
import { Button, Logo, Questions, Voice, confirm } from './ui.js';

const SESSION = '/api/v1/console/session';

/** @returns {Promise<void>} Once the first screen is shown */
export async function openConsole(/** @type {string | undefined} */ ticket) {
  setTheme(storedTheme(), { keep: false });
  const root = /** @type {HTMLElement} */ (document.getElementById('root'));
  onExpired(() => setSession(undefined));
  interceptLinks();
  const present = await call('GET', SESSION).catch((error) => (error.status === 401 ? undefined : error));
  const problem = present instanceof Problem ? present : undefined;
  if (present && !problem) {
    setSession(present.session);
  }
  root.replaceChildren();
  render(html`<${Console} problem=${problem} ticket=${ticket} />`, root);
}

/** A ticket from a link may replace a session only if the person says so: anybody can make a link. */
async function redeem(/** @type {string} */ ticket, /** @type {string | undefined} */ who) {
  if (who !== undefined) {
    const yes = await confirm({
      title: 'Replace your session?',
      text: html`<p>You are signed in as <strong>${visible(who)}</strong>. The link that you opened signs you in as another user.</p>
        <p>Go on only if you asked for this link.</p>`,
      verb: 'Replace the session',
    });
    if (!yes) {
      return;
    }
  }
  const { session } = await call('POST', SESSION, { body: { ticket } });
  setSession(session);
}

function Console(/** @type {{ problem: Problem | undefined, ticket: string | undefined }} */ { problem, ticket }) {
  const session = useSession();
  return html`<${Voice} />
    <${Questions} />
    <${Ticket} ticket=${ticket} who=${session && nameOf(session)}>
      ${(/** @type {Problem | undefined} */ refused) =>
        session
          ? html`<${Screens} groups=${CONSOLE_GROUPS} brand=${html`<${Brand} />`} person=${html`<${Person} session=${session} />`} />`
          : html`<${SignIn} problem=${refused ?? problem} />`}
    </${Ticket}>`;
}

/** Redeems the ticket of the address, once. */
function Ticket(
  /** @type {{ ticket: string | undefined, who: string | undefined, children: (refused: Problem | undefined) => any }} */ {
    ticket,
    who,
    children,
  },
) {
  const [waiting, setWaiting] = useState(ticket !== undefined);
  const [refused, setRefused] = useState(/** @type {Problem | undefined} */ (undefined));
  useEffect(() => {
    if (ticket) {
      redeem(ticket, who)
        .catch(setRefused)
        .finally(() => setWaiting(false));
    }
  }, []);
  return waiting && who === undefined ? html`<p class="starting">Signing in …</p>` : children(refused);
}

/** @typedef {import('./types.js').Session} Session */

function nameOf(/** @type {Session} */ session) {
  return session.name ?? session.user ?? session.kind;
}

/** Services need the scope `admin` to read events; a user reads what the role may see. */
const reads = () => may('admin') || !ofAllTenants();
const operates = () => ofAllTenants() && may('admin');

/** @type {import('./shell.js').Group[]} */
const CONSOLE_GROUPS = [
  {
    title: '',
    screens: [{ key: '', name: 'Overview', shown: operates, page: () => html`<${Overview} />` }],
  },
  {
    title: 'Events',
    screens: [
      {
        key: 'live',
        name: 'Live',
        shown: () => may('admin'),
        of: 'The live trace shows events',
        page: () => html`<${Live} />`,
      },
      {
        key: 'publish',
        name: 'Publish',
        shown: () => may('events:write'),
        of: 'Events are published in the name',
        page: () => html`<${Publish} />`,
      },
      { key: 'log', name: 'Log', shown: reads, of: 'The log holds events', page: () => html`<${Log} />` },
      { key: 'kept', name: 'Kept state', shown: reads, of: 'Kept events are the state', page: keptScreen },
    ],
  },
  {
    title: 'Delivery',
    screens: [
      { key: 'webhooks', name: 'Webhooks', shown: () => may('webhooks'), page: webhookScreen },
      { key: 'attempts', name: 'Attempts', shown: () => may('webhooks'), page: attemptsScreen },
    ],
  },
  {
    title: 'People',
    screens: [
      {
        key: 'users',
        name: 'Users',
        shown: () => may('presence:read'),
        of: 'This screen shows the users',
        page: userScreen,
      },
    ],
  },
  {
    title: 'Access',
    screens: [
      { key: 'keys', name: 'API keys', shown: () => may('admin'), page: () => html`<${Keys} />` },
      { key: 'widgets', name: 'Widget keys', shown: () => may('admin'), page: () => html`<${Widgets} />` },
      {
        key: 'portals',
        name: 'Tenant portal',
        shown: () => !signedInAsPerson() && may('webhooks', 'admin'),
        of: 'A portal shows the webhooks and events',
        page: () => html`<${Portals} />`,
      },
      {
        key: 'sessions',
        name: 'Console sessions',
        shown: () => may('admin'),
        page: () => html`<${ConsoleSessions} />`,
      },
    ],
  },
  {
    title: 'System',
    screens: [
      { key: 'refusals', name: 'Refusals', shown: () => may('admin'), page: () => html`<${Refusals} />` },
      { key: 'configuration', name: 'Configuration', shown: operates, page: () => html`<${Configuration} />` },
      { key: 'tools', name: 'Tools', shown: () => true, page: () => html`<${Tools} />` },
    ],
  },
];

function Brand() {
  return html`<a href=${href([])}><${Logo} size=${22} /><span>Switchboard</span></a>`;
}

function Person(/** @type {{ session: Session }} */ { session }) {
  const leave = async () => {
    await call('DELETE', SESSION).catch(() => {});
    setSession(undefined);
  };
  const role = session.role ?? (session.all_tenants ? 'all tenants' : session.tenant);
  return html`<div class="who">
    <div>
      <strong>${visible(nameOf(session))}</strong>
      <span class="faint">${visible(role ?? '')}</span>
    </div>
    <${Button} kind="quiet" icon="out" label="Sign out" onClick=${leave} />
  </div>`;
}
