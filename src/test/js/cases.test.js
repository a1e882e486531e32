import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CLOSE_ACTIONS } from '../../main/js/switchboard.js';
import { CasePlayer, readCaseFile, readCases } from './cases.js';
import { setUp } from './fixture.js';

describe('client cases', () => {
  for (const { file, name, steps, ...options } of readCases()) {
    test(`${file}: ${name}`, async () => {
      const player = new CasePlayer(options);
      try {
        await player.play(steps);
      } finally {
        player.end();
      }
    });
  }
});

describe('closes.json', () => {
  const { closes } = readCaseFile('closes.json');

  test('has a row for each code that the client knows', () => {
    const codes = new Set(closes.map(({ code }) => code));
    assert.deepEqual(
      Object.keys(CLOSE_ACTIONS).filter((code) => !codes.has(Number(code))),
      [],
    );
  });

  for (const row of closes) {
    for (const [index, random] of [0, 0.999999].entries()) {
      test(`${row.code} "${row.text}" with the random number ${random}`, (t) =>
        closeLive(t, row, index, random));
    }
  }

  async function closeLive(t, row, index, random) {
    const reasons = [];
    const { server, clock, make } = setUp(t, { random: () => random });
    const client = make({ token: ({ reason }) => `t-${reasons.push(reason)}` });
    await clock.settle();
    server.socket.welcome({ position: 'k:4' });
    await clock.advance(10_000);
    server.socket.end(row.code, row.text);
    assert.equal(client.status.state, row.state);
    assert.equal(client.status.reason, row.reason);
    if (row.delay_ms === null) {
      await clock.advance(3_600_000);
      assert.equal(server.sockets.length, 1);
      return;
    }
    const delay = client.status.retryAt - clock.now;
    assert.ok(Math.abs(delay - row.delay_ms[index]) < 1, `${delay} ms`);
    await clock.advance(row.delay_ms[1]);
    assert.equal(server.sockets.length, 2);
    assert.equal(server.socket.query.after, 'k:4');
    assert.equal(reasons[1], row.token_reason ?? 'connect');
  }
});
