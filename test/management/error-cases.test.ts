// Requests that a RabbitMQ 3.10.8 was sent, one after the other, with its answers. Ours are the same but
// for the list of differences, each with its reason.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ManagedBroker, startManaged } from '../support/management/management-client.ts';

interface ErrorCase {
  readonly label: string;
  readonly method: string;
  readonly path: string;
  readonly user: string;
  readonly body: unknown;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly response?: unknown;
}

const cases: readonly ErrorCase[] = JSON.parse(
  readFileSync(new URL('samples/error-cases.json', import.meta.url), 'utf8'),
);

const badRequest = (reason: string) => ({
  status: 400,
  response: { error: 'bad_request', reason },
});

/** By label; a reason that is a list in RabbitMQ is a text here, as clients in Go need it. */
const differences: Readonly<Record<string, Partial<ErrorCase>>> = {
  'user bad hash': badRequest('not_base64: !!'),
  // RabbitMQ passes over the unknown name.
  'user bad alg': badRequest('unknown hashing_algorithm: <<"zzz">>'),
  'bulk del': badRequest('no_such_user: nope'),
  'limit no user': badRequest('no_such_user: nope'),
  'perm bad regex': badRequest(
    'configure should be regular expression but is invalid: {"missing )",1}',
  ),
  'definitions bad ref': badRequest('no_such_vhost: nope'),
  // Without HTML in it.
  'policy bad def': badRequest(
    'Validation failed\n\n[{<<"zzz">>,1}] are not recognised policy settings\n',
  ),
  'policy bad prio': badRequest(
    'Validation failed\n\npriority should be a number, actually was <<"1">>\n',
  ),
  // What later versions of RabbitMQ can apply policies to.
  'policy bad applyto': badRequest(
    "Validation failed\n\napply-to 'x' unrecognised; should be one of: 'queues', 'classic_queues',  'quorum_queues', 'streams', 'exchanges', or 'all'\n",
  ),
  // Sessions can be ended.
  'login get': { headers: { allow: 'POST, DELETE, OPTIONS' } },
  'policy ok shape': { status: 201, response: undefined },
};

/** Values that no two nodes have in common. */
const SECRET = /^(?:password_hash|cluster_state|default_queue_type|metadata)$/;

let managed: ManagedBroker;

beforeAll(async () => {
  managed = await startManaged();
  const { admin } = managed.broker;
  const everything = { configure: '.*', write: '.*', read: '.*' };
  const users = { mgmt: 'management', mon: 'monitoring', pol: 'policymaker', app: '' };
  for (const [name, tag] of Object.entries(users)) {
    await admin.putUser(name, { password: name, tags: tag === '' ? [] : [tag] });
  }
  await admin.createVhost('shop');
  await admin.setPermission('guest', 'shop', everything);
  await admin.setPermission('app', 'shop', everything);
  await admin.setPermission('mgmt', 'shop', { configure: '^x', write: '.*', read: '.*' });
  await admin.setPermission('mon', '/', { configure: '', write: '', read: '.*' });
  await admin.setPermission('pol', '/', everything);
  await admin.setVhostLimit('shop', 'max-connections', 100);
  await admin.setUserLimit('app', 'max-channels', 200);
  await admin.setTopicPermission('app', 'shop', 'amq.topic', { write: '^a', read: '.*' });
});

afterAll(() => managed.broker.close());

it.each(
  cases.map((one) => [`${one.label}: ${one.method} ${one.path} as ${one.user}`, one] as const),
)('%s', async (_, one) => {
  const { api } = managed;
  const wanted = { ...one, ...differences[one.label] };
  const login = one.user === 'none' ? null : `${one.user}:${one.user}`;
  const answer = await api.call(one.method, one.path, one.body ?? undefined, { login });
  expect([answer.status, answer.json?.reason]).toEqual([
    wanted.status,
    (wanted.response as { reason?: unknown } | undefined)?.reason,
  ]);
  if (wanted.response !== undefined) expect(answer.json).toMatchObject(expected(wanted.response));
  for (const [name, value] of Object.entries(wanted.headers ?? {})) {
    expect(answer.headers.get(name)).toBe(value);
  }
});

it('every difference is one', () => {
  const labels = cases.map(({ label }) => label);
  expect(Object.keys(differences).filter((label) => !labels.includes(label))).toEqual([]);
});

/** Whatever may differ matches everything of its kind. */
function expected(value: unknown): object {
  const wild = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(wild);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([key, one]) => [
        key,
        SECRET.test(key) ? expect.any((one as object).constructor) : wild(one),
      ]),
    );
  };
  return wild(value) as object;
}
