/** A clock that tests move by hand, in place of the timers, the time and the random numbers of Node. */
export class ManualClock {
  #now = Date.UTC(2026, 0, 1);
  #timers = new Map();
  #nextId = 1;
  #real = {};
  #random;

  /** @param {() => number} random What Math.random gives */
  constructor(random = () => 0.5) {
    this.#random = random;
  }

  install() {
    this.#real = { setTimeout, clearTimeout, setInterval, clearInterval, now: Date.now, random: Math.random };
    globalThis.setTimeout = (call, delay = 0) => this.#add(call, delay);
    globalThis.setInterval = (call, delay) => this.#add(call, delay, delay);
    globalThis.clearTimeout = globalThis.clearInterval = (id) => void this.#timers.delete(id);
    Date.now = () => this.#now;
    Math.random = this.#random;
    return this;
  }

  uninstall() {
    const { now, random, ...timers } = this.#real;
    Object.assign(globalThis, timers);
    Date.now = now;
    Math.random = random;
  }

  get now() {
    return this.#now;
  }

  get pending() {
    return this.#timers.size;
  }

  #add(call, delay, every) {
    const id = this.#nextId++;
    this.#timers.set(id, { id, call, due: this.#now + Math.max(0, delay), every });
    return id;
  }

  /** Lets all promises that can go on do so. */
  async settle() {
    for (let round = 0; round < 3; round++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Moves the time, and runs each timer at its moment. */
  async advance(milliseconds) {
    const end = this.#now + milliseconds;
    await this.settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.due);
      this.#run(next);
      await this.settle();
    }
    this.#now = end;
  }

  /** Moves the time as a sleeping machine does: timers run late, all at the end. */
  async sleep(milliseconds) {
    this.#now += milliseconds;
    await this.advance(0);
  }

  #next(end) {
    const due = [...this.#timers.values()].filter((timer) => timer.due <= end);
    return due.sort((a, b) => a.due - b.due || a.id - b.id)[0];
  }

  #run(timer) {
    if (timer.every) {
      timer.due = this.#now + timer.every;
    } else {
      this.#timers.delete(timer.id);
    }
    timer.call();
  }
}

/** Random numbers that a seed repeats (mulberry32). */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
