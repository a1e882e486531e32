import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { bytes, curl, duration, linkable, shellQuote, visible, webhookMatches } from '../../main/console/text.js';

describe('text from elsewhere', () => {
  test('characters that hide or reorder others are written out', () => {
    assert.equal(visible('a\u202eb\u0007c\u200bd'), 'a⟨U+202E⟩b⟨U+0007⟩c⟨U+200B⟩d');
    assert.equal(visible('two\nlines\tand a tab, ü and 漢'), 'two\nlines\tand a tab, ü and 漢');
  });

  test('links lead to http and https only', () => {
    assert.equal(linkable('https://example.com/a?b=c'), 'https://example.com/a?b=c');
    for (const other of ['javascript:alert(1)', 'data:text/html,x', 'no address', '//example.com', null]) {
      assert.equal(linkable(other), undefined);
    }
  });
});

describe('commands for a shell', () => {
  const texts = [
    'plain',
    "it's",
    'a "b" $HOME `id` \\ !',
    'two\nlines',
    "tab\t and 'quote' and % and \\n",
    'ü 漢 \u202e',
    '\u0001\u001b[31m',
    '',
    '-n',
  ];
  for (const text of texts) {
    test(`the shell reads back ${JSON.stringify(text)}`, () => {
      const quoted = shellQuote(text);
      assert.doesNotMatch(quoted, /[\u0000-\u001f\u007f]/);
      assert.equal(execFileSync('sh', ['-c', `printf '%s' ${quoted}`], { encoding: 'utf8' }), text);
    });
  }

  test('a command holds no credential and passes its body on unchanged', () => {
    const body = { text: "it's\na 'test' \u202e", tags: ['$(id)'] };
    const command = curl('POST', 'https://events.example.com/api/v1/events', body);
    assert.match(command, /"Authorization: Bearer \$TOKEN"/);
    assert.equal(command, visible(command));
    const script = `curl() { for one in "$@"; do last=$one; done; printf '%s' "$last"; }; ${command}`;
    assert.deepEqual(JSON.parse(execFileSync('sh', ['-c', script], { encoding: 'utf8' })), body);
  });
});

test('sizes and durations have two digits or two units', () => {
  assert.equal(bytes(1_536), '1.5 KiB');
  assert.equal(bytes(12_400_000), '12 MiB');
  assert.equal(duration(3), '3 s');
  assert.equal(duration(90_061), '1 d 1 h');
  assert.equal(duration(60), '1 min');
});

test('all events leave out those about webhooks', () => {
  assert.ok(webhookMatches(['*'], 'call.ended'));
  assert.ok(!webhookMatches(['*'], 'webhook.disabled'));
  assert.ok(webhookMatches(['*', 'webhook.*'], 'webhook.disabled'));
  assert.ok(webhookMatches(['call.*'], 'call.ended'));
  assert.ok(!webhookMatches(['call.*'], 'callback.made'));
});
