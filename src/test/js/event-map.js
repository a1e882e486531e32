/**
 * Makes the TypeScript types of event payloads from the schemas that the server checks payloads
 * with: `node event-map.js` writes them, `node event-map.js --print` prints them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SCHEMAS = new URL('../../main/resources/event-payloads.json', import.meta.url);
const TARGET = new URL('../../main/js/event-map.d.ts', import.meta.url);
/** Types whose payload has members of the producer's choice, as their description says. */
const OPEN_TYPES = new Set(['queue.stats']);
const SCALARS = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null' };

export function eventMap() {
  const schemas = JSON.parse(readFileSync(SCHEMAS, 'utf8'));
  const entries = Object.entries(schemas).map(([type, schema]) => entry(type, schema));
  return [
    '// Written from event-payloads.json by `scripts/client types`; do not edit.',
    '',
    '/** The payload of each event type that the server knows. */',
    'export interface GeneratedEventMap {',
    ...entries,
    '}',
    '',
  ].join('\n');
}

function entry(type, schema) {
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const optional = schema.required?.includes(name) ? '' : '?';
    return `${doc(member, '    ')}    ${name}${optional}: ${scalar(type, name, member)};`;
  });
  const open = OPEN_TYPES.has(type) ? ['    [member: string]: unknown;'] : [];
  return [`${doc(schema, '  ')}  '${type}': {`, ...members, ...open, '  };'].join('\n');
}

function doc({ description }, indent) {
  return description ? `${indent}/** ${description} */\n` : '';
}

function scalar(type, name, member) {
  const types = [member.type].flat().map((one) => SCALARS[one]);
  if (types.includes(undefined)) {
    throw new Error(`${type}.${name}: this generator knows no type ${JSON.stringify(member.type)}`);
  }
  return types.join(' | ');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--print')) {
    process.stdout.write(eventMap());
  } else {
    writeFileSync(TARGET, eventMap());
  }
}
