// The committed generated files are what the definition gives.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ProtocolDefinition } from '../../protocol/definition.ts';
import { DEFINITION_PATH, renderProtocol } from '../../protocol/render-protocol.ts';

const root = new URL('../../', import.meta.url);

test('generated files are up to date', () => {
  const definition = JSON.parse(
    readFileSync(new URL(DEFINITION_PATH, root), 'utf8'),
  ) as ProtocolDefinition;
  const files = renderProtocol(definition);
  expect(files.size).toBe(2);
  for (const [path, text] of files) expect(readFileSync(new URL(path, root), 'utf8')).toBe(text);
});
