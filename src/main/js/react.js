/**
 * Hooks for React 18 and newer.
 *
 * @module
 * @typedef {import('./switchboard.js').SwitchboardEvent} SwitchboardEvent
 */
import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { presence } from './presence.js';
import { Switchboard } from './switchboard.js';

const Context = createContext(/** @type {Switchboard | null} */ (null));
/** @type {WeakMap<Switchboard, number>} How many mounted providers use a client */
const mounts = new WeakMap();

/**
 * StrictMode takes every component down and up again at once: a client is left only if nobody has
 * come back by the next task.
 */
function retain(/** @type {Switchboard} */ client) {
  const count = (/** @type {number} */ by) => mounts.set(client, (mounts.get(client) ?? 0) + by);
  count(1);
  client.connect();
  return () => {
    count(-1);
    setTimeout(() => mounts.get(client) || client.disconnect());
  };
}

/** @type {typeof import('./react.js').SwitchboardProvider} */
export function SwitchboardProvider({ client, url, options, children }) {
  const [own] = useState(() =>
    client ? null : new Switchboard(String(url), { .../** @type {any} */ (options), connect: false }),
  );
  useEffect(() => (own ? retain(own) : undefined), [own]);
  return createElement(Context.Provider, { value: client ?? own }, children);
}

/** @returns {Switchboard} */
export function useSwitchboard() {
  const client = useContext(Context);
  if (!client) {
    throw new Error('wrap the page in <SwitchboardProvider>');
  }
  return client;
}

export function useStatus() {
  const client = useSwitchboard();
  const [subscribe] = useCallbacks(
    client,
    () => (/** @type {() => void} */ changed) => client.on('status', changed),
  );
  return useSyncExternalStore(
    subscribe,
    () => client.status,
    () => client.status,
  );
}

/** @type {(pattern: string, listener: (event: any) => unknown) => void} */
export function useEvent(pattern, listener) {
  const client = useSwitchboard();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => client.on(pattern, (event) => latest.current(event)), [client, pattern]);
}

/** @type {(pattern: string, options?: { max?: number }) => SwitchboardEvent[]} */
export function useEvents(pattern, { max = 100 } = {}) {
  const [events, setEvents] = useState(/** @type {SwitchboardEvent[]} */ ([]));
  useEvent(pattern, (event) => setEvents((before) => [...before, event].slice(-max)));
  return events;
}

/** @type {(name: string) => import('./switchboard.js').KeptCollection<any>} */
export function useKept(name) {
  const collection = useSwitchboard().kept(name);
  const [subscribe] = useCallbacks(
    collection,
    () => (/** @type {() => void} */ changed) => collection.on('change', changed),
  );
  useSyncExternalStore(
    subscribe,
    () => collection.version,
    () => collection.version,
  );
  return collection;
}

/** @type {(users: readonly string[]) => (user: string) => import('./presence.js').UserPresence | undefined} */
export function usePresence(users) {
  const client = useSwitchboard();
  const followed = useRef(/** @type {import('./presence.js').Presence | null} */ (null));
  const [, setVersion] = useState(0);
  const list = users.join();
  useEffect(() => {
    const one = presence(client, list ? list.split(',') : []);
    followed.current = one;
    const off = one.on('change', () => setVersion((version) => version + 1));
    return () => {
      off();
      one.stop();
    };
  }, [client, list]);
  return (user) => followed.current?.get(user);
}

/**
 * The same function until the source changes: a new one would subscribe again.
 *
 * @template T
 * @param {object} source
 * @param {() => T} make
 * @returns {[T]}
 */
function useCallbacks(source, make) {
  const kept = useRef(/** @type {{ source: object, value: T } | null} */ (null));
  if (kept.current?.source !== source) {
    kept.current = { source, value: make() };
  }
  return [kept.current.value];
}
