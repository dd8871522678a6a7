import { expect, it } from 'vitest';
import {
  isReservedName,
  requireNotDefaultExchange,
  requireShort,
  requireUnreservedName,
  stripCrLf,
} from '../../../src/broker/vhost/names.ts';
import { refusal } from './topology-fixture.ts';

it('CR and LF go from names wherever they are, nothing else does', () => {
  expect(stripCrLf('\r\na\nb\r c\t\n')).toBe('ab c\t');
  expect(stripCrLf('plain')).toBe('plain');
});

it('only the prefix amq. is reserved', () => {
  expect(['amq.', 'amq.x'].map(isReservedName)).toEqual([true, true]);
  expect(['amq', 'AMQ.x', ' amq.x', 'x.amq.'].map(isReservedName)).toEqual(Array(4).fill(false));
  expect(refusal(() => requireUnreservedName('exchange', 'amq.x'))).toBe(
    "403 ACCESS_REFUSED - exchange name 'amq.x' contains reserved prefix 'amq.*'",
  );
  expect(() => requireUnreservedName('queue', 'x')).not.toThrow();
});

it('a name has 255 octets at most', () => {
  for (const name of ['', 'n'.repeat(255), 'ü'.repeat(127)]) {
    expect(() => requireShort('queue', name)).not.toThrow();
  }
  expect(refusal(() => requireShort('queue', 'n'.repeat(256)))).toBe(
    '406 PRECONDITION_FAILED - queue should be less than 255 bytes, actually was 256',
  );
  expect(refusal(() => requireShort('routing key', 'ü'.repeat(128)))).toContain('was 256');
});

it('the empty name is the default exchange', () => {
  expect(() => requireNotDefaultExchange(' ')).not.toThrow();
  expect(refusal(() => requireNotDefaultExchange(''))).toBe(
    '403 ACCESS_REFUSED - operation not permitted on the default exchange',
  );
});
