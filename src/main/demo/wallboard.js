import { Switchboard } from '/client/switchboard.js';
import {
  askForLink,
  credential,
  drawing,
  duration,
  element,
  keep,
  setText,
  showStatus,
  themeButton,
  time,
} from './common.js';

const STATES = [
  ['available', 'Available'],
  ['ringing', 'Ringing'],
  ['talking', 'Talking'],
  ['wrap_up', 'Wrap-up'],
  ['paused', 'Paused'],
];
const byId = (id) => document.getElementById(id);

const token = credential('demo.wallboard');
if (token) {
  start(token);
} else {
  askForLink();
}

function start(token) {
  themeButton(byId('theme'));
  const client = new Switchboard(location.origin, { token, events: [], kept: ['queues', 'agents'] });
  const queues = client.kept('queues');
  const agents = client.kept('agents');
  showStatus(client, byId('status'));
  const draw = drawing(() => {
    const now = client.serverTime();
    const all = payloadsOf(queues).sort((a, b) => a.title.localeCompare(b.title));
    const team = payloadsOf(agents).sort((a, b) => a.username.localeCompare(b.username));
    drawFigures(all, team, now);
    drawQueues(all, now);
    drawAgents(team, now);
    setText(byId('clock'), time(Date.now()));
    setText(byId('since'), queues.since ? `complete since ${time(queues.since)}` : '');
  });
  queues.on('change', draw);
  agents.on('change', draw);
}

function payloadsOf(collection) {
  return [...collection.values()].map(({ payload }) => payload);
}

/** Milliseconds that the caller waits who waits longest; 0 if nobody does. */
function longestWait(queues, now) {
  const since = queues.map((queue) => queue.longest_since).filter(Boolean);
  return Math.max(0, ...since.map((date) => now - Date.parse(date)));
}

function sum(queues, member) {
  return queues.reduce((total, queue) => total + queue[member], 0);
}

/** `good` up to the target, `bad` beyond the limit; with a target above the limit, the other way. */
function verdict(value, target, limit) {
  const higherIsBetter = target > limit;
  const beats = (bound) => (higherIsBetter ? value >= bound : value <= bound);
  return beats(target) ? 'good' : beats(limit) ? 'warn' : 'bad';
}

const percent = (part, whole) => (whole ? Math.round((100 * part) / whole) : null);

function serviceLevel(queues) {
  return percent(sum(queues, 'answered_in_target'), sum(queues, 'answered') + sum(queues, 'abandoned'));
}

function drawFigures(queues, team, now) {
  const waiting = sum(queues, 'waiting');
  const longest = longestWait(queues, now);
  const answered = sum(queues, 'answered');
  const level = serviceLevel(queues);
  const speed = answered ? Math.round(sum(queues, 'waited_seconds') / answered) : null;
  const abandoned = percent(sum(queues, 'abandoned'), answered + sum(queues, 'abandoned'));
  const available = team.filter(({ state }) => state === 'available').length;
  const known = queues.length > 0;
  keep(
    byId('figures'),
    [
      figure('Callers waiting', known ? waiting : null, '', 'target at most 4', [4, 8]),
      figure(
        'Longest wait',
        known ? longest / 1_000 : null,
        '',
        'target at most 0:30',
        [30, 60],
        duration(longest),
      ),
      figure('Service level', level, '%', 'target 80 % in 20 s', [80, 65]),
      figure('Average answer', speed, 's', 'target at most 15 s', [15, 30]),
      figure('Abandoned', abandoned, '%', 'target at most 5 %', [5, 10]),
      figure(
        'Agents available',
        team.length ? available : null,
        `of ${team.length}`,
        'target at least 2',
        [2, 1],
      ),
    ],
    ({ label }) => label,
    ({ label }) =>
      element(
        'dl',
        { className: 'card figure' },
        element('dt', {}, label),
        element('dd', { className: 'value' }, element('span'), element('small')),
        element('dd', { className: 'target' }),
      ),
    (card, { value, unit, target, verdict: how }) => {
      card.dataset.verdict = how;
      setText(card.querySelector('.value span'), value);
      setText(card.querySelector('.value small'), unit);
      setText(card.querySelector('.target'), { good: '✓ ', warn: '! ', bad: '✕ ' }[how] + target);
    },
  );
}

function figure(label, number, unit, target, [good, bad], text = String(number)) {
  return number === null
    ? { label, value: '–', unit: '', target, verdict: 'good' }
    : { label, value: text, unit, target, verdict: verdict(number, good, bad) };
}

function drawQueues(queues, now) {
  byId('no-queues').hidden = queues.length > 0;
  const most = Math.max(8, ...queues.map(({ waiting }) => waiting));
  keep(
    byId('queues'),
    queues,
    (queue) => queue.queue_name,
    () =>
      element(
        'tr',
        {},
        element('td', { className: 'title' }),
        element(
          'td',
          {},
          element(
            'div',
            { className: 'waiting' },
            element('b'),
            element('span', { className: 'meter' }, element('i')),
          ),
        ),
        ...['longest', 'level', 'answered', 'abandoned'].map((name) =>
          element('td', { className: `number ${name}` }),
        ),
      ),
    (row, queue) => {
      const longest = longestWait([queue], now);
      const level = serviceLevel([queue]);
      row.dataset.verdict = verdict(longest / 1_000, 30, 60);
      row.dataset.waiting = queue.waiting;
      setText(row.querySelector('.title'), queue.title);
      setText(row.querySelector('b'), String(queue.waiting));
      row.querySelector('.meter i').style.width = `${(100 * queue.waiting) / most}%`;
      setText(row.querySelector('.longest'), queue.waiting ? duration(longest) : '–');
      setText(row.querySelector('.level'), level === null ? '–' : `${level} %`);
      setText(row.querySelector('.answered'), String(queue.answered));
      setText(row.querySelector('.abandoned'), String(queue.abandoned));
    },
  );
}

function drawAgents(team, now) {
  const counts = STATES.map(([state, label]) => ({
    state,
    label,
    count: team.filter((agent) => agent.state === state).length,
  }));
  setText(byId('signed-in'), team.length ? `${team.length} signed in` : 'nobody has signed in yet');
  keep(
    byId('share'),
    counts,
    ({ state }) => state,
    () => element('i'),
    (part, { count }) => {
      part.style.flexGrow = String(count);
      part.hidden = count === 0;
    },
  );
  keep(
    byId('legend'),
    counts,
    ({ state }) => state,
    ({ label }) => element('li', {}, element('span', { className: 'dot' }), element('b'), label),
    (item, { count }) => setText(item.querySelector('b'), String(count)),
  );
  keep(
    byId('agents'),
    team,
    (agent) => agent.user_id,
    () =>
      element(
        'li',
        { className: 'tile' },
        element('span', { className: 'dot' }),
        element('span', { className: 'name' }),
        element('span', { className: 'time' }),
        element('span', { className: 'what' }),
      ),
    (tile, agent) => {
      tile.dataset.state = agent.state;
      setText(tile.querySelector('.name'), agent.username);
      setText(tile.querySelector('.time'), duration(now - Date.parse(agent.since)));
      setText(tile.querySelector('.what'), whatOf(agent));
    },
  );
}

function whatOf({ state, reason, queue_name }) {
  const label = STATES.find(([name]) => name === state)?.[1] ?? state;
  const detail = reason ?? queue_name;
  return detail ? `${label} · ${detail}` : label;
}
