// Parses a document with AsyncAPI's own parser; fails at any error or warning, not at advice.
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';

const file = process.argv[2];
const { document, diagnostics } = await new Parser().parse(readFileSync(file, 'utf8'), { source: file });
for (const { code, message, path, range, severity } of diagnostics) {
  const kind = ['error', 'warning', 'information', 'hint'][severity];
  console.error(`${file}:${range.start.line + 1}: ${kind} ${code}: ${message} (${path.join('.')})`);
}
const WARNING = 1;
process.exit(document && diagnostics.every(({ severity }) => severity > WARNING) ? 0 : 1);
