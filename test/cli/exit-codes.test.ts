import { expect, test } from 'vitest';
import { adminExitCodeMeanings, adminExitCodes, exitCodes } from '../../src/cli/exit-codes.ts';

test.each([
  ['warren start', exitCodes],
  ['the commands that administer', adminExitCodes],
])('no two reasons of %s share a code', (_, table) => {
  const codes = Object.values(table);
  expect(new Set(codes).size).toBe(codes.length);
});

test('every code has its line of help', () => {
  expect(Object.keys(adminExitCodeMeanings)).toEqual(Object.keys(adminExitCodes));
});
