import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { version } from '../src/version.ts';

test('is the version of the package', () => {
  const content: unknown = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(content).toMatchObject({ name: 'warrenmq', version });
});
