import { describe, expect, it } from 'vitest';
import {
  type ManagedBroker,
  type ManagementClient,
  withManagement,
} from '../../support/management/management-client.ts';

/** A bit of everything, in RabbitMQ's form. */
const definitions = {
  rabbit_version: '3.10.8',
  users: [
    {
      name: 'ann',
      // Of the password test12.
      password_hash: 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR',
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: ['management'],
      limits: { 'max-channels': 7 },
    },
    { name: 'bob', password: 'clear', tags: 'monitoring,other' },
  ],
  vhosts: [
    { name: 'shop', description: 'web shop', tags: ['prod'], default_queue_type: 'classic' },
  ],
  permissions: [{ user: 'ann', vhost: 'shop', configure: '^a', write: '.*', read: '' }],
  topic_permissions: [
    { user: 'ann', vhost: 'shop', exchange: 'amq.topic', write: '^{username}', read: '.*' },
  ],
  parameters: [
    { component: 'vhost-limits', vhost: 'shop', name: 'limits', value: { 'max-queues': 50 } },
    {
      component: 'operator_policy',
      vhost: 'shop',
      name: 'op',
      value: { pattern: '^q', definition: { 'max-length': 9 }, priority: 1, 'apply-to': 'queues' },
    },
  ],
  global_parameters: [
    { name: 'cluster_name', value: 'home' },
    { name: 'internal_cluster_id', value: 'of another cluster' },
    { name: 'x', value: { a: [1, null] } },
  ],
  policies: [
    {
      vhost: 'shop',
      name: 'short',
      pattern: '^q',
      'apply-to': 'queues',
      definition: { 'max-length': 10, overflow: 'reject-publish' },
      priority: 2,
    },
  ],
  queues: [
    {
      name: 'q/1',
      vhost: 'shop',
      durable: true,
      auto_delete: false,
      arguments: { 'x-message-ttl': 5_000, 'x-dead-letter-exchange': '' },
    },
    { name: 'transient', vhost: 'shop', durable: false, auto_delete: false, arguments: {} },
  ],
  exchanges: [
    {
      name: 'x',
      vhost: 'shop',
      type: 'topic',
      durable: true,
      auto_delete: false,
      internal: false,
      arguments: { 'alternate-exchange': 'amq.fanout' },
    },
  ],
  bindings: [
    {
      source: 'x',
      vhost: 'shop',
      destination: 'q/1',
      destination_type: 'queue',
      routing_key: 'a.~.#',
      arguments: {},
    },
    {
      source: 'amq.headers',
      vhost: 'shop',
      destination: 'q/1',
      destination_type: 'queue',
      routing_key: '',
      arguments: { 'x-match': 'any', n: 1, big: 5_000_000_000, list: ['a', true, 0.5] },
    },
    {
      source: 'amq.direct',
      vhost: 'shop',
      destination: 'x',
      destination_type: 'exchange',
      routing_key: 'k',
      arguments: {},
    },
  ],
};

const representation = { headers: { prefer: 'return=representation' } };

function used(use: (api: ManagementClient, managed: ManagedBroker) => Promise<void>) {
  return () => withManagement((managed) => use(managed.api, managed));
}

describe('definitions', () => {
  it(
    'come in, and go out as they came',
    used(async (api) => {
      expect((await api.post('/definitions', definitions)).status).toBe(204);
      const { json } = await api.get('/definitions');
      expect(json).toMatchObject({
        ...definitions,
        rabbit_version: '3.13.7',
        users: [{ ...definitions.users[0] }, { name: 'bob', tags: ['monitoring', 'other'] }, {}],
        vhosts: [{ name: '/' }, definitions.vhosts[0]],
        // Who brings a vhost in may use it, as in RabbitMQ.
        permissions: [
          { user: 'guest', vhost: '/' },
          definitions.permissions[0],
          { user: 'guest', vhost: 'shop' },
        ],
        parameters: [definitions.parameters[1], definitions.parameters[0]],
        global_parameters: [
          definitions.global_parameters[0],
          { name: 'internal_cluster_id', value: expect.stringMatching(/^rabbitmq-cluster-id-/) },
          definitions.global_parameters[2],
        ],
        bindings: expect.arrayContaining(definitions.bindings),
      });
      expect(json.bindings).toHaveLength(3);
      expect((await api.get('/whoami', { login: 'ann:test12' })).status).toBe(200);
      expect((await api.get('/whoami', { login: 'bob:clear' })).status).toBe(200);
    }),
  );

  it(
    'twice change nothing',
    used(async (api) => {
      await api.post('/definitions', definitions);
      const before = await api.get('/definitions');
      const exported = before.json;
      const again = await api.post('/definitions', exported, representation);
      expect(again.json).toMatchObject({ dry_run: false, skipped: [], errors: [] });
      // 3 bindings, 2 queues, 1 exchange, and the cluster's id.
      expect(again.json.unchanged).toBe(7);
      const after = await api.get('/definitions');
      expect(after.text).toBe(before.text);
      const etag = before.headers.get('etag') ?? '';
      const same = await api.get('/definitions', { headers: { 'if-none-match': etag } });
      expect([same.status, same.text]).toEqual([304, '']);
      await api.put('/vhosts/new');
      const other = await api.get('/definitions', { headers: { 'if-none-match': etag } });
      expect(other.status).toBe(200);
    }),
  );

  it(
    'of one vhost come into another',
    used(async (api) => {
      await api.post('/definitions', definitions);
      const { json } = await api.get('/definitions/shop');
      expect(Object.keys(json)).toEqual(
        expect.arrayContaining(['parameters', 'policies', 'queues', 'exchanges', 'bindings']),
      );
      expect(json.queues[0]).not.toHaveProperty('vhost');
      await api.put('/vhosts/copy');
      const users = [{ name: 'nobody', tags: '' }];
      expect((await api.post('/definitions/copy', { ...json, users })).status).toBe(204);
      const copied = (await api.get('/definitions/copy')).json;
      expect(copied.queues).toEqual(json.queues);
      expect(copied.exchanges).toEqual(json.exchanges);
      expect(copied.bindings).toEqual(json.bindings);
      expect((await api.get('/users/nobody')).status).toBe(404);
      // The file of a vhost does not say where it goes.
      const { json: refused } = await api.post('/definitions', json);
      expect(refused.reason).toMatch(/^queues|exchanges\[0\] has no vhost; /);
    }),
  );

  it(
    'leave what is there with other properties, and say so',
    used(async (api) => {
      await api.post('/definitions', definitions);
      const queue = { ...definitions.queues[0], durable: false };
      const exchange = { ...definitions.exchanges[0], type: 'fanout' };
      const other = { queues: [queue], exchanges: [exchange] };
      expect((await api.post('/definitions', other)).status).toBe(204);
      const { status, json } = await api.post('/definitions', other, representation);
      const reason = 'exists with other properties, which stay';
      expect([status, json.skipped]).toEqual([
        200,
        [
          { section: 'exchanges', name: 'shop/x', reason },
          { section: 'queues', name: 'shop/q/1', reason },
        ],
      ]);
      expect((await api.get('/definitions')).json.queues[0].durable).toBe(true);
    }),
  );

  it(
    'that are wrong are named, and the rest comes in',
    used(async (api) => {
      const broken = {
        users: [
          { name: 'zz' },
          { name: 'good', tags: '' },
          { name: 'odd', tags: '', password: 5 },
          { name: 'both', tags: '', password: 'a', password_hash: 'AAAA' },
        ],
        permissions: [{ user: 'nobody', vhost: '/', configure: '', write: '', read: '' }],
        parameters: [{ component: 'shovel', vhost: '/', name: 's', value: {} }],
        policies: [{ vhost: '/', name: 'p', pattern: '(', definition: { 'max-length': 1 } }],
        queues: [
          5,
          { name: 'q', vhost: '/', durable: true, arguments: { 'x-message-ttl': 'a' } },
          { name: 'r', vhost: '/', durable: true, arguments: { a: null } },
          { name: 'fine', vhost: '/' },
        ],
      };
      const first = await api.post('/definitions', broken);
      expect([first.status, first.json.reason]).toEqual([
        400,
        'tags_not_present (and 8 more errors)',
      ]);
      const { json } = await api.post('/definitions', broken, representation);
      expect(json.errors.map(({ name, reason }: Record<string, string>) => [name, reason])).toEqual(
        [
          ['zz', 'tags_not_present'],
          ['odd', 'users[2]: password should be a string'],
          ['both', 'both_password_and_password_hash_are_provided'],
          ['nobody in /', 'no_such_user: nobody'],
          [
            '//p',
            'Validation failed\n\npattern should be regular expression but is invalid: {"missing )",1}\n (//p)',
          ],
          ['//shovel/s', 'Validation failed\n\ncomponent shovel not found\n (//shovel/s)'],
          ['queues[0]', 'queues[0] should be an object'],
          [
            '//q',
            `invalid arg 'x-message-ttl' for queue 'q' in vhost '/': "expected integer, got longstr"`,
          ],
          ['//r', 'null_not_allowed: a'],
        ],
      );
      expect((await api.get('/users/good')).status).toBe(200);
      expect((await api.get('/users/odd')).status).toBe(404);
      expect((await api.get('/definitions')).json.queues).toHaveLength(1);
    }),
  );

  it(
    'as a dry run change nothing',
    used(async (api) => {
      const before = (await api.get('/definitions')).text;
      const wrong = { ...definitions, permissions: [{ user: 'eve', vhost: 'shop' }] };
      const { status, json } = await api.post('/definitions?dry_run=true', wrong);
      expect([status, json.dry_run, json.imported.queues]).toEqual([400, true, 2]);
      expect(json.errors).toEqual([
        { section: 'permissions', name: 'eve in shop', reason: 'no_such_user: eve' },
      ]);
      expect((await api.get('/definitions')).text).toBe(before);
    }),
  );

  it(
    'of old versions have hashes of MD5',
    used(async (api) => {
      const user = {
        name: 'old',
        password_hash: '2lmoth8l4H0DViLaK9Fxi6l9ds8=',
        tags: 'management',
      };
      const old = { rabbit_version: '3.5.7', users: [user] };
      expect((await api.post('/definitions', old)).status).toBe(204);
      expect((await api.get('/whoami', { login: 'old:guest' })).status).toBe(200);
      expect((await api.get('/users/old')).json.hashing_algorithm).toBe(
        'rabbit_password_hashing_md5',
      );
    }),
  );
});

describe('uploads', () => {
  const upload = async (api: ManagementClient, fields: Readonly<Record<string, string | Blob>>) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    const request = new Request('http://x', { method: 'POST', body: form });
    return api.post('/definitions', await request.text(), {
      headers: { 'content-type': request.headers.get('content-type') ?? '' },
    });
  };
  const file = new Blob(['\ufeff', JSON.stringify({ vhosts: [{ name: 'v' }] })]);

  it(
    'by a form, with a byte order mark',
    used(async (api) => {
      expect((await upload(api, { file })).status).toBe(204);
      expect((await api.get('/vhosts/v')).status).toBe(200);
      const { status, headers } = await upload(api, { file, redirect: '/#/done' });
      expect([status, headers.get('location')]).toEqual([303, '/#/done']);
      expect((await upload(api, { file, redirect: '//evil.example' })).status).toBe(204);
      expect((await upload(api, { other: 'x' })).status).toBe(400);
    }),
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded'])('not as %s', (type) =>
    withManagement(async ({ api }) => {
      const options = { headers: { 'content-type': type } };
      expect((await api.post('/definitions', '{}', options)).status).toBe(415);
    }),
  );

  it(
    'have a limit, and lists where lists belong',
    used(async (api) => {
      expect((await api.post('/definitions', { queues: 5 })).json.reason).toBe(
        'queues should be a list',
      );
      expect((await api.post('/definitions', [])).json.reason).toBe('failed_to_parse_json');
      const { headers } = await api.get('/definitions?download=a"b%0d%0ac.json');
      expect(headers.get('content-disposition')).toBe('attachment; filename=a_b__c.json');
    }),
  );
});

it('many come in while others have their turn', () =>
  withManagement(async ({ api }) => {
    const queues = Array.from({ length: 5_000 }, (_, at) => ({
      name: `q${at}`,
      vhost: '/',
      durable: true,
      auto_delete: false,
      arguments: {},
    }));
    const importing = api.post('/definitions', { queues });
    let answers = 0;
    let isDone = false;
    const asking = (async () => {
      while (!isDone) {
        await api.get('/whoami');
        answers++;
      }
    })();
    expect((await importing).status).toBe(204);
    isDone = true;
    await asking;
    expect(answers).toBeGreaterThan(1);
    expect((await api.get('/definitions')).json.queues).toHaveLength(5_000);
  }));
