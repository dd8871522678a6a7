import { describe, expect, it } from 'vitest';
import { addressOf, errorOf } from '../../../src/management/ui/http/request.ts';

describe('addresses', () => {
  it.each([
    [['queues', '/', 'q'], 'api/queues/%2F/q'],
    [['queues', 'a b', 'x/y?z#'], 'api/queues/a%20b/x%2Fy%3Fz%23'],
    [['bindings', '/', 'e', 'x', 'q', 'q', 'a%2Fb~1'], 'api/bindings/%2F/e/x/q/q/a%252Fb~1'],
    [['queues', 'ü', 'line\nbreak'], 'api/queues/%C3%BC/line%0Abreak'],
  ])('%j', (path, address) => {
    expect(addressOf(path)).toBe(address);
  });

  it('have a query when there is one', () => {
    expect(addressOf(['queues'], { page: 1, name: 'a&b', use_regex: true })).toBe(
      'api/queues?page=1&name=a%26b&use_regex=true',
    );
  });
});

describe('errors', () => {
  it('say the reason of the server', () => {
    const error = errorOf(400, '{"error":"bad_request","reason":"queue not empty"}');
    expect([error.status, error.code, error.message]).toEqual([
      400,
      'bad_request',
      'queue not empty',
    ]);
  });

  it.each([
    [400, '{"error":"bad_request","reason":["not_boolean","yes"]}', 'not_boolean yes'],
    [404, '', 'Not found.'],
    [502, '<html>bad gateway</html>', 'HTTP status 502'],
    [405, '{}', 'The server does not offer this.'],
  ])('%i %s', (status, body, message) => {
    expect(errorOf(status, body).message).toBe(message);
  });

  it('tell nobody logged in from not allowed', () => {
    const lost = ['', '{"error":"not_authorized","reason":"Session expired or closed"}'];
    expect(lost.map((body) => errorOf(401, body).isSessionLost)).toEqual([true, true]);
    const refused = '{"error":"not_authorised","reason":"Access refused."}';
    expect(errorOf(401, refused).isSessionLost).toBe(false);
  });
});
