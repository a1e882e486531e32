/**
 * The operators' console: signs in and shows the screen that the address names.
 *
 * @module
 */
import { Problem, call, onExpired } from './api.js';
import { attemptsScreen, keptScreen, logScreen, userScreen, webhookScreen } from './screens.js';
import { html, render, useEffect, useState } from './html.js';
import { lazy } from './lazy.js';
import { Overview } from './overview.js';
import { href, interceptLinks, useRoute } from './route.js';
import {
  may,
  ofAllTenants,
  setSession,
  setTheme,
  storedTheme,
  signedInAsPerson,
  tenant,
  useSession,
} from './session.js';
import { ChooseTenant, Shell } from './shell.js';
import { SignIn } from './signin.js';
import { visible } from './text.js';
import { Button, Empty, Head, Questions, Voice, confirm } from './ui.js';

const SESSION = '/api/v1/console/session';

/** @returns {Promise<void>} Once the first screen is shown */
export async function run(/** @type {string | undefined} */ ticket) {
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
      text: html`<p>You are signed in as <strong>${visible(who)}</strong>. The link that you opened signs you in as somebody else.</p>
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
        session ? html`<${Screens} session=${session} />` : html`<${SignIn} problem=${refused ?? problem} />`}
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

const modules = {
  live: () => import('./live.js'),
  publish: () => import('./publish.js'),
  access: () => import('./access.js'),
  system: () => import('./system.js'),
  tools: () => import('./tools.js'),
};

/** Services need the scope `admin` to read events; a user reads what the role may see. */
const reads = () => may('admin') || !ofAllTenants();
const operates = () => ofAllTenants() && may('admin');

/**
 * Address, name, whether the caller may see it, and what it shows if it is about one tenant.
 *
 * @typedef {{ key: string, name: string, shown: () => boolean, of?: string, page: (path: string[]) => any }} Screen
 * @type {{ title: string, screens: Screen[] }[]}
 */
const SCREENS = [
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
        page: () => lazy(modules.live, 'Live'),
      },
      {
        key: 'publish',
        name: 'Publish',
        shown: () => may('events:write'),
        of: 'Events are published in the name',
        page: () => lazy(modules.publish, 'Publish'),
      },
      { key: 'log', name: 'Log', shown: reads, of: 'The log holds events', page: logScreen },
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
      { key: 'keys', name: 'API keys', shown: () => may('admin'), page: () => lazy(modules.access, 'Keys') },
      { key: 'widgets', name: 'Widget keys', shown: () => may('admin'), page: () => lazy(modules.access, 'Widgets') },
      {
        key: 'portals',
        name: 'Tenant portal',
        shown: () => !signedInAsPerson() && may('webhooks', 'admin'),
        of: 'A portal shows the webhooks and events',
        page: () => lazy(modules.access, 'Portals'),
      },
      {
        key: 'sessions',
        name: 'Console sessions',
        shown: () => may('admin'),
        page: () => lazy(modules.access, 'ConsoleSessions'),
      },
    ],
  },
  {
    title: 'System',
    screens: [
      { key: 'refusals', name: 'Refusals', shown: () => may('admin'), page: () => lazy(modules.system, 'Refusals') },
      {
        key: 'configuration',
        name: 'Configuration',
        shown: operates,
        page: () => lazy(modules.system, 'Configuration'),
      },
      { key: 'tools', name: 'Tools', shown: () => true, page: () => lazy(modules.tools, 'Tools') },
    ],
  },
];

function Screens(/** @type {{ session: Session }} */ { session }) {
  const { path } = useRoute();
  const groups = SCREENS.map(({ title, screens }) => ({ title, screens: screens.filter((one) => one.shown()) })).filter(
    ({ screens }) => screens.length,
  );
  const all = groups.flatMap(({ screens }) => screens);
  const [key = ''] = path;
  const screen =
    all.find((one) => one.key === key) ??
    (key === '' ? (all.find((one) => one.key === 'webhooks') ?? all[0]) : undefined);
  return html`<${Shell}
    groups=${groups.map(({ title, screens }) => ({ title, screens: screens.map((one) => [one.key, one.name]) }))}
    now=${screen?.key ?? ''}
    brand=${html`<${Brand} />`}
    person=${html`<${Person} session=${session} />`}
  >
    ${screen ? html`<${Shown} key=${`${screen.key} ${tenant()}`} screen=${screen} path=${path.slice(1)} />` : html`<${Nowhere} />`}
  </${Shell}>`;
}

function Shown(/** @type {{ screen: Screen, path: string[] }} */ { screen, path }) {
  if (screen.of && !tenant()) {
    return html`<${Head} title=${screen.name} /><${ChooseTenant} what=${screen.of} />`;
  }
  return screen.page(path);
}

function Nowhere() {
  return html`<${Head} title="Not found" />
    <${Empty} title="There is no such screen, or you may not see it">
      <p>Start again from <a href=${href([])}>the first screen</a>.</p>
    </${Empty}>`;
}

function Brand() {
  return html`<a href=${href([])}><svg class="logo" viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M9 11h3c5 0 4 10 9 10h2M9 21h3c5 0 4-10 9-10h2" />
    </svg><span>Switchboard</span></a>`;
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
