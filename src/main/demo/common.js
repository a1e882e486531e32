/**
 * What the pages of the demonstration share: signing in by a link, the state of the connection, and
 * building of elements. Everything shown is text.
 */

const STATES = {
  idle: 'Offline',
  connecting: 'Connecting …',
  connected: 'Live',
  degraded: 'Delayed',
  waiting: 'Reconnecting …',
  closed: 'Signed out',
};

/**
 * What the link signs in with. It is taken out of the address, and stays in this tab until that is
 * closed.
 */
export function credential(name) {
  const fragment = decodeURIComponent(location.hash.slice(1));
  if (fragment) {
    sessionStorage.setItem(name, fragment);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(name);
}

/** Shows how to sign in instead of the page. */
export function askForLink() {
  document.body.className = 'sign-in';
  document.body.replaceChildren(
    element(
      'main',
      { className: 'card' },
      element('h1', {}, 'This page needs its link'),
      element(
        'p',
        {},
        'Open it with the link that ',
        element('code', {}, 'scripts/run'),
        ' has printed on its terminal. The link signs you in for twelve hours.',
      ),
      element('p', {}, element('a', { href: './' }, 'All pages of the demonstration')),
    ),
  );
}

/** Makes an element with properties, `data-…` and `aria-…` attributes, and children or texts. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    key.includes('-') ? made.setAttribute(key, value) : (made[key] = value);
  }
  made.append(...children);
  return made;
}

/** Keeps the children of an element in step with a list: each item keeps its own by its key. */
export function keep(parent, items, keyOf, create, update) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = items.map((item) => {
    const key = String(keyOf(item));
    const child = known.get(key) ?? create(item);
    child.dataset.key = key;
    known.delete(key);
    update(child, item);
    return child;
  });
  known.forEach((child) => child.remove());
  wanted.forEach((child, index) => {
    if (parent.children[index] !== child) {
      parent.insertBefore(child, parent.children[index] ?? null);
    }
  });
}

export function setText(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

/** `1:05`, or `1:02:03` above an hour. */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [first, ...others] = parts[0] ? parts : parts.slice(1);
  return [first, ...others.map((part) => String(part).padStart(2, '0'))].join(':');
}

export function time(date) {
  return new Date(date).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

/** Shows the state of the connection, and how long until the next attempt. */
export function showStatus(client, pill) {
  const show = () => {
    const { state, retryAt } = client.status;
    const seconds = retryAt ? Math.ceil((retryAt - Date.now()) / 1_000) : 0;
    pill.dataset.state = state;
    setText(pill, state === 'waiting' && seconds > 1 ? `Reconnecting in ${seconds} s` : STATES[state]);
  };
  client.on('status', show);
  setInterval(show, 1_000);
  show();
}

/** Draws at most once per frame, with each change and each second. */
export function drawing(draw) {
  let asked = false;
  const ask = () => {
    if (!asked) {
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        draw();
      });
    }
  };
  setInterval(ask, 1_000);
  ask();
  return ask;
}

/** A button that changes between light and dark. */
export function themeButton(button) {
  const root = document.documentElement;
  const stored = localStorage.getItem('demo.theme');
  if (stored) {
    root.dataset.theme = stored;
  }
  button.addEventListener('click', () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    localStorage.setItem('demo.theme', root.dataset.theme);
  });
}
