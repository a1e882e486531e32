import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { payloadFilter } from '../../main/console/payload-filter.js';

/** The same cases as those of the node's filter: what passes, what does not. */
const CASES = [
  [{}, [{}, null, 'text'], []],
  [{ queue: 'support' }, [{ queue: 'support' }, { queue: ['sales', 'support'] }], [{ queue: 'sales' }, {}, null]],
  [{ caller: { vip: true } }, [{ caller: { vip: true, id: 1 } }], [{ caller: { vip: 'true' } }, { caller: 1 }]],
  [{ waited: { $gte: 30, $lt: 60 } }, [{ waited: 30 }, { waited: [1, 45] }], [{ waited: 60 }, { waited: '40' }]],
  [{ state: null }, [{ state: null }, {}], [{ state: 0 }, { state: false }]],
  [{ id: { $in: [1, 'b', { c: 2 }] } }, [{ id: 1 }, { id: 'b' }, { id: { c: 2 } }], [{ id: '1' }, { id: { c: 3 } }]],
  [{ id: { $nin: [1, 2] } }, [{ id: 3 }, {}], [{ id: 1 }, { id: [5, 2] }]],
  [{ id: { $neq: 1 } }, [{ id: 2 }, {}], [{ id: 1 }]],
  [{ name: { $startsWith: 'a', $endsWith: 'z' } }, [{ name: 'abcz' }], [{ name: 'abc' }, { name: 1 }]],
  [{ a: { $exist: true }, b: { $exist: false } }, [{ a: 0 }], [{ a: null }, { a: 1, b: 2 }]],
  [{ $or: [{ a: 1 }, { b: { $gt: 1 } }] }, [{ a: 1 }, { b: 2 }], [{ a: 2, b: 1 }]],
  [{ $and: [{ a: 1 }, { $not: { b: 1 } }] }, [{ a: 1 }, { a: 1, b: 2 }], [{ a: 1, b: 1 }]],
  [{ constructor: { $exist: true } }, [{ constructor: 1 }], [{}]],
];

describe('the filter of a webhook', () => {
  for (const [filter, passing, failing] of CASES) {
    test(JSON.stringify(filter), () => {
      const wants = payloadFilter(filter);
      passing.forEach((one) => assert.ok(wants(one), JSON.stringify(one)));
      failing.forEach((one) => assert.ok(!wants(one), JSON.stringify(one)));
    });
  }

  test('what is wrong is said', () => {
    for (const [filter, words] of [
      [[], /takes a filter/],
      [{ a: { $regex: 'x' } }, /\$regex is not an operator/],
      [{ $or: [] }, /\$or takes a list of filters/],
      [{ a: { $in: 1 } }, /\$in takes a list of values/],
      [{ a: { $startsWith: 1 } }, /\$startsWith takes a string/],
      [{ a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } }, /deeper than 8/],
      [Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`m${at}`, 1])), /more than 100 tests/],
    ]) {
      assert.throws(() => payloadFilter(filter), words);
    }
  });
});
