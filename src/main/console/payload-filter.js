/**
 * The filter of a webhook, with the node's rules: names with an expected value, a nested filter or
 * operators. Only for trying one out: the node decides.
 *
 * @module
 * @typedef {(value: unknown) => boolean} Test
 */

const MAX_DEPTH = 8;
const MAX_TESTS = 100;

/**
 * @returns {Test} Whether a payload is wanted
 * @throws {Error} If the filter is invalid, with what is wrong
 */
export function payloadFilter(/** @type {unknown} */ json) {
  const counter = { tests: 0 };
  return filterOf(objectOf('the filter', json), 1, counter);
}

/** @returns {Test} */
function filterOf(
  /** @type {Record<string, unknown>} */ json,
  /** @type {number} */ depth,
  /** @type {{ tests: number }} */ counter,
) {
  const parts = Object.entries(json);
  counter.tests += parts.length;
  if (depth > MAX_DEPTH) {
    throw new Error(`is nested deeper than ${MAX_DEPTH} levels`);
  }
  if (counter.tests > MAX_TESTS) {
    throw new Error(`has more than ${MAX_TESTS} tests; list alternatives of one member in $in`);
  }
  const tests = parts.map(([name, wanted]) => partOf(name, wanted, depth, counter));
  return (value) => tests.every((test) => test(value));
}

/** @returns {Test} */
function partOf(
  /** @type {string} */ name,
  /** @type {unknown} */ wanted,
  /** @type {number} */ depth,
  /** @type {{ tests: number }} */ counter,
) {
  const filters = () => listOf(name, wanted, 'filters').map((one) => filterOf(objectOf(name, one), depth + 1, counter));
  switch (name) {
    case '$and': {
      const all = filters();
      return (value) => all.every((test) => test(value));
    }
    case '$or': {
      const any = filters();
      return (value) => any.some((test) => test(value));
    }
    case '$not': {
      const inner = filterOf(objectOf(name, wanted), depth + 1, counter);
      return (value) => !inner(value);
    }
    default:
      return name.startsWith('$') ? operator(name, wanted) : member(name, wanted, depth, counter);
  }
}

/** @returns {Test} */
function member(
  /** @type {string} */ name,
  /** @type {unknown} */ wanted,
  /** @type {number} */ depth,
  /** @type {{ tests: number }} */ counter,
) {
  const inner = isObject(wanted) ? filterOf(wanted, depth + 1, counter) : equalTo(wanted);
  return (value) => inner(isObject(value) && Object.hasOwn(value, name) ? value[name] : null);
}

/** @returns {Test} */
function operator(/** @type {string} */ name, /** @type {any} */ wanted) {
  switch (name) {
    case '$eq':
      return equalTo(wanted);
    case '$neq':
      return not(equalTo(wanted));
    case '$gt':
      return ordered(wanted, (value) => value > wanted);
    case '$gte':
      return ordered(wanted, (value) => value >= wanted);
    case '$lt':
      return ordered(wanted, (value) => value < wanted);
    case '$lte':
      return ordered(wanted, (value) => value <= wanted);
    case '$in':
      return among(name, wanted);
    case '$nin':
      return not(among(name, wanted));
    case '$startsWith':
      return onText(name, wanted, (value) => value.startsWith(wanted));
    case '$endsWith':
      return onText(name, wanted, (value) => value.endsWith(wanted));
    case '$exist':
      return (value) => (value !== null && value !== undefined) === (wanted === true);
    default:
      throw new Error(`${name} is not an operator`);
  }
}

/** A test on a list holds if it holds for one of its items. */
function oneOf(/** @type {Test} */ test) {
  return (/** @type {unknown} */ value) => test(value) || (Array.isArray(value) && value.some(test));
}

function not(/** @type {Test} */ test) {
  return (/** @type {unknown} */ value) => !test(value);
}

function equalTo(/** @type {unknown} */ wanted) {
  return oneOf((value) => same(value, wanted));
}

function among(/** @type {string} */ name, /** @type {unknown} */ wanted) {
  if (!Array.isArray(wanted)) {
    throw new Error(`${name} takes a list of values`);
  }
  return oneOf((value) => wanted.some((one) => same(value, one)));
}

function ordered(/** @type {unknown} */ wanted, /** @type {(value: any) => boolean} */ accepts) {
  const kind = typeof wanted;
  return oneOf((value) => typeof value === kind && (kind === 'number' || kind === 'string') && accepts(value));
}

function onText(
  /** @type {string} */ name,
  /** @type {unknown} */ wanted,
  /** @type {(value: string) => boolean} */ accepts,
) {
  if (typeof wanted !== 'string') {
    throw new Error(`${name} takes a string`);
  }
  return oneOf((value) => typeof value === 'string' && accepts(value));
}

/** @returns {boolean} */
function same(/** @type {any} */ one, /** @type {any} */ other) {
  if (one === other || (one ?? null) === (other ?? null)) {
    return true;
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, at) => same(item, other[at]));
  }
  if (isObject(one) && isObject(other)) {
    const names = Object.keys(one);
    return (
      names.length === Object.keys(other).length &&
      names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]))
    );
  }
  return false;
}

/** @returns {value is Record<string, unknown>} */
function isObject(/** @type {unknown} */ value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(/** @type {string} */ name, /** @type {unknown} */ value) {
  if (isObject(value)) {
    return value;
  }
  throw new Error(`${name} takes a filter, which is an object`);
}

function listOf(/** @type {string} */ name, /** @type {unknown} */ value, /** @type {string} */ what) {
  if (Array.isArray(value) && value.length) {
    return value;
  }
  throw new Error(`${name} takes a list of ${what}`);
}
