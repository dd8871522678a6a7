import { expect, test } from 'vitest';
import { startFailure } from '../../src/cli/start-failure.ts';
import { ConfigError } from '../../src/config/config.ts';
import { StoreError } from '../../src/storage/store.ts';

function systemError(code: string, syscall: string, more: object = {}): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall, ...more });
}

const place = { address: '127.0.0.1', port: 5_672 };

test.each<[Error, number, string[]]>([
  [new ConfigError(['one', 'two']), 78, ['one', 'two']],
  [new StoreError('locked', 'held'), 75, ['held']],
  [new StoreError('newer-format', 'newer'), 71, ['newer']],
  [new StoreError('damaged', 'damaged'), 65, ['damaged']],
  [new StoreError('unavailable', 'no'), 74, ['no']],
  [
    systemError('EADDRINUSE', 'listen', place),
    69,
    ['cannot listen on 127.0.0.1:5672: the port is in use by another process'],
  ],
  [
    systemError('EADDRNOTAVAIL', 'listen', place),
    69,
    ['cannot listen on 127.0.0.1:5672: this machine does not have that address'],
  ],
  [systemError('ENOTFOUND', 'getaddrinfo'), 69, ['cannot listen: getaddrinfo ENOTFOUND']],
])('%s ends with %i', (error, exitCode, lines) => {
  expect(startFailure(error)).toEqual({ exitCode, lines });
});

test('anything else is a bug and shows its stack', () => {
  const failure = startFailure(new TypeError('oops'));
  expect(failure.exitCode).toBe(70);
  expect(failure.lines[0]).toContain('start-failure.test');
  expect(startFailure('text')).toEqual({ exitCode: 70, lines: ['text'] });
});
