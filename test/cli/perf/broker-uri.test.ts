import { expect, it } from 'vitest';
import { parseBrokerUri } from '../../../src/cli/perf/broker-uri.ts';

it('decodes every part', () => {
  expect(parseBrokerUri('amqp://us%40er:p%2Fw@example:5673/v%2fh')).toEqual({
    host: 'example',
    port: 5673,
    user: 'us@er',
    password: 'p/w',
    vhost: 'v/h',
  });
});

it('has the defaults of AMQP clients; an empty path is the vhost with the empty name', () => {
  const guest = { host: 'h', port: 5672, user: 'guest', password: 'guest' };
  expect(parseBrokerUri('amqp://h')).toEqual({ ...guest, vhost: '/' });
  expect(parseBrokerUri('amqp://h/')).toEqual({ ...guest, vhost: '' });
  expect(parseBrokerUri('amqp://[::1]')).toMatchObject({ host: '::1' });
});

it.each([
  ['nonsense', 'is not a URI'],
  ['http://h', 'is not amqp:'],
  ['amqps://h', 'amqps is not measured'],
  ['amqp://h/a/b', 'write it as %2f'],
  ['amqp://h/%zz', 'two hexadecimal digits'],
])('says what is wrong with %s', (text, problem) => {
  expect(parseBrokerUri(text)).toContain(problem);
});
