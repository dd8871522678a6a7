import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apiPath, exchangeSegment } from '../../src/cli/api-path.ts';

test('each name is one segment, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      const segments = apiPath`/api/queues/${name}/${name}`.encoded.split('/');
      expect(segments).toHaveLength(5);
      expect(decodeURIComponent(segments[4] ?? '')).toBe(name);
    }),
  );
});

test.each([
  [apiPath`/api/queues/${'/'}/${'a b'}`, "queue 'a b' in vhost '/'"],
  [apiPath`/api/queues/${'/'}/${'q'}/get`, "queue 'q' in vhost '/'"],
  [apiPath`/api/x/queues/${'/'}/${'q'}/move`, "queue 'q' in vhost '/'"],
  [apiPath`/api/exchanges/${'v'}/${'x'}`, "exchange 'x' in vhost 'v'"],
  [apiPath`/api/queues/${'v'}`, "vhost 'v'"],
  [apiPath`/api/users/${'u\n'}`, "user 'u\\n'"],
  [apiPath`/api/permissions/${'v'}/${'u'}`, "permissions of user 'u' in vhost 'v'"],
  [apiPath`/api/bindings/${'v'}/e/${'x'}/q/${'q'}`, "binding from 'x' to 'q' in vhost 'v'"],
  [apiPath`/api/operator-policies/${'v'}/${'p'}`, "operator policy 'p' in vhost 'v'"],
  [apiPath`/api/overview`, 'overview'],
])('$encoded names what it is about', (path, subject) => {
  expect(path.subject).toBe(subject);
});

test('the exchange without a name has one in paths', () => {
  expect([exchangeSegment(''), exchangeSegment('x')]).toEqual(['amq.default', 'x']);
});
