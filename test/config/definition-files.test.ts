import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readDefinitionFiles } from '../../src/config/definition-files.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'warren-definitions-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

test('a file, or the JSON files of a directory by name', () => {
  writeFileSync(join(directory, 'b.json'), '{"b":1}');
  writeFileSync(join(directory, 'a.json'), '\ufeff{"a":1}');
  writeFileSync(join(directory, 'notes.txt'), 'none');
  expect(readDefinitionFiles(directory).map(({ definitions }) => definitions)).toEqual([
    { a: 1 },
    { b: 1 },
  ]);
  const path = join(directory, 'b.json');
  expect(readDefinitionFiles(path)).toEqual([{ path, definitions: { b: 1 } }]);
});

test.each(['{bad', '[]', '5', ''])('%j is a mistake with its place', (text) => {
  const path = join(directory, 'bad.json');
  writeFileSync(path, text);
  expect(() => readDefinitionFiles(path)).toThrow(`load_definitions: ${path} cannot be read: `);
});

test('what is not there is a mistake with its place', () => {
  const path = join(directory, 'none.json');
  expect(() => readDefinitionFiles(path)).toThrow(/none\.json cannot be read: ENOENT/);
});
