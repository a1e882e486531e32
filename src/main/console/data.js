/**
 * Reading and polling. Nothing is asked while the tab is hidden.
 *
 * @module
 */
import { Problem, ask, stream } from './api.js';
import { useCallback, useEffect, useRef, useState } from './html.js';

/** How often totals are asked for, in milliseconds. */
export const POLL = 2_000;

/**
 * @template T
 * @typedef {{ data: T | undefined, etag: string | null, error: Problem | undefined, loading: boolean,
 *   reload: () => void, at: number }} Read `at`: when the data came
 */

/**
 * Runs `task` now and `every` ms after its end, while the tab is visible.
 *
 * @param {(signal: AbortSignal) => Promise<unknown>} task
 * @param {{ every?: number | undefined }} options
 * @param {unknown[]} inputs A change ends the task and starts it again
 */
export function useWhileVisible(task, { every }, inputs) {
  const latest = useRef(task);
  latest.current = task;
  useEffect(() => {
    /** @type {AbortController | undefined} */
    let running;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const run = async () => {
      clearTimeout(timer);
      running?.abort();
      const mine = new AbortController();
      running = mine;
      await latest.current(mine.signal).catch(() => {});
      if (!mine.signal.aborted && every && document.visibilityState === 'visible') {
        timer = setTimeout(run, every);
      }
    };
    const changed = () => {
      if (document.visibilityState === 'visible') {
        run();
      } else if (every) {
        clearTimeout(timer);
        running?.abort();
      }
    };
    if (document.visibilityState === 'visible') {
      run();
    }
    const watches = every || document.visibilityState !== 'visible';
    watches && document.addEventListener('visibilitychange', changed);
    return () => {
      document.removeEventListener('visibilitychange', changed);
      clearTimeout(timer);
      running?.abort();
    };
  }, [every, ...inputs]);
}

/**
 * Reads `path`; null reads nothing. Old data stay until new ones come.
 *
 * @param {string | null} path
 * @param {{ every?: number | undefined }} [options]
 * @returns {Read<any>}
 */
export function useRead(path, { every } = {}) {
  const [state, setState] = useState(
    /** @type {{ path: string | null, data: any, etag: string | null, error: Problem | undefined, at: number }} */ ({
      path: null,
      data: undefined,
      etag: null,
      error: undefined,
      at: 0,
    }),
  );
  const [turn, setTurn] = useState(0);
  useWhileVisible(
    async (signal) => {
      if (path === null) {
        return;
      }
      try {
        const { data, etag } = await ask('GET', path, { signal });
        signal.aborted || setState({ path, data, etag, error: undefined, at: Date.now() });
      } catch (/** @type {any} */ error) {
        if (!signal.aborted) {
          setState((before) => ({
            ...(before.path === path ? before : { data: undefined, etag: null, at: 0 }),
            path,
            error: error instanceof Problem ? error : new Problem(0, String(error)),
          }));
        }
      }
    },
    { every },
    [path, turn],
  );
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const mine = state.path === path;
  return {
    data: mine ? state.data : undefined,
    etag: mine ? state.etag : null,
    error: mine ? state.error : undefined,
    loading: path !== null && !(mine && (state.data !== undefined || state.error)),
    at: mine ? state.at : 0,
    reload,
  };
}

/** Reasons to end a stream that another try would meet again. */
const FINAL = new Set([4400, 4401, 4403, 4404, 4409, 4410]);

/**
 * Follows the stream at `path` while the tab is visible, and again after each loss; null follows nothing.
 *
 * @param {string | null} path
 * @param {(name: string, data: any, again: boolean) => void} listener `again`: the stream was lost before
 * @returns {{ node: string | undefined, error: Problem | undefined, retry: () => void }} `node`: which one
 *   sends it, while everything is seen
 */
export function useStream(path, listener) {
  const [node, setNode] = useState(/** @type {string | undefined} */ (undefined));
  const [error, setError] = useState(/** @type {Problem | undefined} */ (undefined));
  const latest = useRef(listener);
  latest.current = listener;
  const lost = useRef(false);
  useEffect(() => {
    lost.current = false;
    setError(undefined);
  }, [path]);
  const listen = (/** @type {string} */ name, /** @type {any} */ data) => {
    if (name === 'ready') {
      setNode(String(data?.node ?? ''));
    } else if (name === 'end' && FINAL.has(data?.code)) {
      setError(new Problem(data.code, String(data.reason ?? ''), { title: 'The node ended the stream' }));
    }
    latest.current(name, data, lost.current);
  };
  const follows = path !== null && !error;
  useWhileVisible(
    async (signal) => {
      if (!follows) {
        return;
      }
      try {
        await stream(path, { signal }, listen);
      } catch (/** @type {any} */ problem) {
        if (!signal.aborted && problem instanceof Problem && problem.status && problem.status < 500) {
          setError(problem);
        }
      }
      lost.current = true;
      setNode(undefined);
    },
    { every: follows ? POLL : undefined },
    [path, error],
  );
  return { node, error, retry: () => setError(undefined) };
}

/**
 * Something a person does: one at a time, with its problem.
 *
 * @param {(...inputs: any[]) => Promise<unknown>} act
 */
export function useAct(act) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {Problem | undefined} */ (undefined));
  const run = async (/** @type {any[]} */ ...inputs) => {
    setBusy(true);
    setError(undefined);
    try {
      return await act(...inputs);
    } catch (/** @type {any} */ problem) {
      setError(problem instanceof Problem ? problem : new Problem(0, String(problem?.message ?? problem)));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, error, clear: () => setError(undefined) };
}

/** Runs `work` on each item, four at a time. */
export async function each(/** @type {any[]} */ items, /** @type {(item: any) => Promise<void>} */ work) {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      await work(item);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}
