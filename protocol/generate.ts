// Writes the generated protocol files, or with --check tells whether they are up to date.
// Run from the root of the repository: node dist/protocol/generate.js [--check]

import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ProtocolDefinition } from './definition.ts';
import { DEFINITION_PATH, renderProtocol } from './render-protocol.ts';

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const isCheck = process.argv.includes('--check');
const definition = JSON.parse(
  readFileSync(resolve(process.cwd(), DEFINITION_PATH), 'utf8'),
) as ProtocolDefinition;

for (const [path, text] of renderProtocol(definition)) {
  const target = resolve(process.cwd(), path);
  if (readIfPresent(target) === text) continue;
  if (isCheck) {
    console.error(`${path} differs from ${DEFINITION_PATH}: run npm run generate`);
    process.exitCode = 1;
  } else {
    writeFileSync(target, text);
    console.log(`wrote ${path}`);
  }
}
