import { expect, test } from 'vitest';
import { socketMax } from '../../src/network/file-descriptors.ts';

const limits = (soft: string) =>
  `Limit            Soft Limit  Hard Limit  Units\nMax open files            ${soft}      1048576       files     \n`;

test.each([
  [limits('1024'), 960],
  [limits('100'), 50],
  [limits('unlimited'), Number.POSITIVE_INFINITY],
  ['', Number.POSITIVE_INFINITY],
])('%j allows %d sockets', (text, sockets) => {
  expect(socketMax(text)).toBe(sockets);
});

test('this process can hold some', () => {
  expect(socketMax()).toBeGreaterThan(10);
});
