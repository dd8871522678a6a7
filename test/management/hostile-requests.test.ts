// Whatever a client sends, the answer has a reason in it, is never a 500, and the next request is served.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../src/management/route-table.ts';
import {
  basic,
  type ManagedBroker,
  startManaged,
  withManagement,
} from '../support/management/management-client.ts';

const NAMES = [
  '/',
  '%',
  '%2F',
  ' ',
  'a b',
  '+',
  'ü',
  '\u{1f430}',
  '#?&=',
  '~',
  '..',
  '.',
  'line\nbreak',
  '\r\nx-header: 1',
  '\0',
  '__proto__',
  'constructor',
  '<script>',
  '"\'`',
  'n'.repeat(255),
  'n'.repeat(256),
  'ü'.repeat(200),
];

const FIELDS =
  'name vhost user users password password_hash hashing_algorithm tags limits configure write read exchange value pattern definition priority apply-to type durable auto_delete internal arguments routing_key properties payload payload_encoding count ackmode encoding truncate description tracing default_queue_type destination queue source action requeue offset limit headers queues bindings exchanges permissions policies parameters vhosts topic_permissions global_parameters username metadata'.split(
    ' ',
  );

function everyField(value: unknown): string {
  return JSON.stringify(Object.fromEntries(FIELDS.map((field) => [field, value])));
}

const BODIES = [
  '',
  '{bad',
  '[]',
  '5',
  '"text"',
  JSON.stringify('{"a":1}'),
  `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
  '{"__proto__":{"tags":"administrator"},"constructor":1}',
  everyField(5),
  everyField(-1),
  everyField(1e300),
  everyField(1.5),
  everyField(null),
  everyField(true),
  everyField(''),
  everyField('\0\ud800'),
  everyField('x'.repeat(70_000)),
  everyField('(a+)+$'),
  everyField([]),
  everyField([null, 5, {}, []]),
  everyField({}),
  everyField({ a: { b: [{ c: null }] } }),
  everyField({ __proto__: null, toString: 5, length: -1 }),
];

/** Each field alone is odd, so that no earlier one is what is refused. */
const ODD: readonly unknown[] = [null, 5, { toString: 5 }, '\ud800'];

const VALID = {
  ...{ tags: '', configure: '', write: '', read: '', exchange: '', value: 5, pattern: '' },
  ...{ definition: { 'max-length': 1 }, name: 'x', users: [], type: 'direct', routing_key: '' },
  ...{ properties: {}, payload: '', payload_encoding: 'string', count: 1, encoding: 'auto' },
  ...{ ackmode: 'ack_requeue_true', action: 'sync', password: 'p' },
};

const OTHERS = 'arguments priority apply-to metadata durable description default_queue_type limits';

const ODD_BODIES = [...Object.keys(VALID), ...OTHERS.split(' ')].flatMap((field) =>
  ODD.map((value) => JSON.stringify({ ...VALID, [field]: value })),
);

const QUERIES = [
  'page=1&page_size=500&name=%28%28%28&use_regex=true',
  `page=1&name=${'%28a%2B%29%2B'.repeat(50)}%24&use_regex=true`,
  'page=99999999999999999999',
  'page=1&page=2&page_size=-1',
  'sort=__proto__.x&sort_reverse=maybe',
  'sort=...&columns=..,,.,__proto__,constructor.name,a.b.c.d.e',
  `columns=${'x,'.repeat(3_000)}`,
  'lengths_age=1e9&lengths_incr=0',
  'lengths_age=-5&lengths_incr=-1&msg_rates_age=60&msg_rates_incr=0',
  'if-empty=perhaps&if-unused=&download=%0d%0aSet-Cookie:x&dry_run=1',
  '%ff=%',
  '&&&===',
];

let managed: ManagedBroker;

beforeAll(async () => {
  managed = await startManaged();
  // Not one of the names below, which come and go.
  await managed.api.put('/vhosts/kept');
});

afterAll(() => managed.broker.close());

/** The statuses that came out, each once; 503 is what a health check says of a port that nobody has. */
async function statuses(
  method: string,
  targets: readonly string[],
  bodies: readonly (string | undefined)[] = [undefined],
): Promise<Set<number>> {
  const found = new Set<number>();
  for (const target of targets) {
    for (const body of bodies) {
      const response = await fetch(`${managed.api.url}/api${target}`, {
        method,
        redirect: 'manual',
        headers: { authorization: basic('guest:guest'), 'content-type': 'application/json' },
        ...(body !== undefined && { body }),
      });
      const text = await response.text();
      found.add(response.status);
      if (response.status === 400 && text !== '') {
        expect(JSON.parse(text)).toEqual({ error: expect.any(String), reason: expect.any(String) });
      }
    }
  }
  return found;
}

function isFine(found: ReadonlySet<number>): void {
  expect([...found].filter((status) => status >= 500 && status !== 503)).toEqual([]);
}

const withParameters = ROUTES.filter(({ path }) => path.includes(':'));
const label = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

describe('hostile names', () => {
  it.each(withParameters.map((route) => [label(route), route] as const))('%s', async (_, route) => {
    const targets = NAMES.flatMap((name) => [
      route.path.replaceAll(/:\w+/g, () => encodeURIComponent(name)),
      route.path.replaceAll(':vhost', 'kept').replaceAll(/:\w+/g, () => encodeURIComponent(name)),
    ]);
    isFine(await statuses(route.method, targets));
  });
});

describe('hostile bodies', () => {
  const routes = ROUTES.filter(({ method }) => method === 'PUT' || method === 'POST');
  it.each(routes.map((route) => [label(route), route] as const))('%s', async (_, route) => {
    const target = route.path.replaceAll(':vhost', 'kept').replaceAll(/:\w+/g, 'hostile');
    isFine(await statuses(route.method, [target], [...BODIES, ...ODD_BODIES]));
  });
});

describe('hostile queries', () => {
  it.each(
    ROUTES.filter(({ method }) => method !== 'POST').map((route) => [label(route), route] as const),
  )('%s', async (_, route) => {
    const path = route.path.replaceAll(':vhost', 'kept').replaceAll(/:\w+/g, 'hostile');
    isFine(
      await statuses(
        route.method,
        QUERIES.map((query) => `${path}?${query}`),
      ),
    );
  });
});

describe('too long a name', () => {
  const name = 'n'.repeat(256);
  it.each([
    ['PUT', `/queues/kept/${name}`, {}, 'queue should be less than 255 bytes, actually was 256'],
    [
      'PUT',
      `/exchanges/kept/${name}`,
      {},
      'exchange should be less than 255 bytes, actually was 256',
    ],
    ['PUT', `/vhosts/${name}`, {}, 'vhost has 0 to 255 octets, not 256'],
    ['PUT', `/users/${name}`, { tags: '' }, 'user has 1 to 255 octets, not 256'],
    [
      'POST',
      '/bindings/kept/e/amq.direct/e/amq.fanout',
      { routing_key: name },
      'routing key should be less than 255 bytes, actually was 256',
    ],
    [
      'POST',
      '/definitions',
      { queues: [{ name, vhost: 'kept' }] },
      'queue should be less than 255 bytes, actually was 256',
    ],
  ])('%s %s', async (method, path, body, reason) => {
    const { status, json } = await managed.api.call(method, path, body);
    expect([status, json.reason]).toEqual([400, reason]);
  });
});

it('a body above the limit is refused, however it comes', () =>
  withManagement(
    async ({ api }) => {
      const reason = 'Exceeded HTTP request body size limit of 100 bytes';
      const big = JSON.stringify({ description: 'x'.repeat(200) });
      expect((await api.put('/vhosts/big', big)).json.reason).toBe(reason);
      const parts = ReadableStream.from([
        Buffer.from(big.slice(0, 90)),
        Buffer.from(big.slice(90)),
      ]);
      const streamed = await fetch(`${api.url}/api/vhosts/big`, {
        method: 'PUT',
        headers: { authorization: basic('guest:guest') },
        body: parts as ReadableStream<Uint8Array>,
        duplex: 'half',
      } as RequestInit);
      expect([streamed.status, await streamed.json()]).toEqual([
        400,
        { error: 'bad_request', reason },
      ]);
      expect((await api.put('/vhosts/big', { description: 'small' })).status).toBe(201);
    },
    { config: { 'management.http.max_body_size': 100 } },
  ));

it('the broker is as it was', async () => {
  expect((await managed.api.get('/whoami')).json.tags).toEqual(['administrator']);
  expect((await managed.api.get('/definitions')).status).toBe(200);
  expect((await managed.api.get('/queues')).status).toBe(200);
  expect((await managed.api.get('/aliveness-test/kept')).json).toEqual({ status: 'ok' });
});
