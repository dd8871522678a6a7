// protocol/management-openapi.json against the route table and against the answers of a broker that has something of
// everything: each operation is asked once, and what comes has all that the description requires and nothing else.

import { Validator } from '@seriousme/openapi-schema-validator';
import amqp, { type ChannelModel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { ROUTES } from '../../src/management/route-table.ts';
import { fill } from '../support/management/filled-broker.ts';
import { type ManagedBroker, startManaged } from '../support/management/management-client.ts';
import {
  description,
  descriptionText,
  faults,
  operations,
  responseOf,
} from '../support/management/openapi.ts';

let managed: ManagedBroker;
let connection: ChannelModel;
/** What stands for the parameters of a path. */
const values: Record<string, string> = {};

beforeAll(async () => {
  managed = await startManaged();
  const { broker, api } = managed;
  connection = await amqp.connect(broker.url, { clientProperties: { connection_name: 'one' } });
  await fill(connection);
  for (const [method, path, body] of CHANGES_BEFORE) await api.call(method, path, body);
  const [channel] = (await api.get('/channels?sort=number')).json;
  const { node } = (await api.get('/overview')).json;
  Object.assign(values, { node, connection: channel.connection_details.name });
});

afterAll(async () => {
  await connection.close();
  await managed.broker.close();
});

const USER = { password: 'p', tags: 'management' };
const PATTERNS = { configure: '.*', write: '.*', read: '.*' };
const POLICY = {
  pattern: '^q$',
  definition: { 'max-length': 5 },
  priority: 1,
  'apply-to': 'queues',
};
const DEFINITIONS = { vhosts: [{ name: '/' }, { name: 'brought' }] };

type Change = readonly [method: string, path: string, body?: object];

/** So that no list is empty. */
const CHANGES_BEFORE: readonly Change[] = [
  ['PUT', '/vhosts/v', { description: 'd', tags: ['t'] }],
  ['POST', '/vhosts/v/deletion/protection'],
  ['PUT', '/users/u', USER],
  ['PUT', '/users/stranger', USER],
  ['PUT', '/permissions/%2F/u', PATTERNS],
  ['PUT', '/topic-permissions/%2F/u', { exchange: 'x', write: '.*', read: '.*' }],
  ['PUT', '/policies/%2F/p', POLICY],
  ['PUT', '/operator-policies/%2F/p', POLICY],
  ['PUT', '/vhost-limits/%2F/max-queues', { value: 1_000 }],
  ['PUT', '/user-limits/u/max-channels', { value: 1_000 }],
  ['PUT', '/global-parameters/g', { value: { any: 1 } }],
  ['POST', '/x/queues/%2F/dead/redrive', { rate: 1 }],
];

/** Paths with the values of their parameters, where these are not in `names`. */
const SPECIAL: Readonly<Record<string, string>> = {
  '/definitions/{name}': '/definitions/%2F',
  '/health/checks/certificate-expiration/{within}/{unit}':
    '/health/checks/certificate-expiration/1/weeks',
  '/connections/username/{user}': '/connections/username/guest',
  '/exchanges/{vhost}/{name}/bindings/destination': '/exchanges/%2F/y/bindings/destination',
  '/vhosts/{name}': '/vhosts/v',
  '/vhosts/{vhost}/deletion/protection': '/vhosts/v/deletion/protection',
  '/policies/{vhost}/{name}': '/policies/%2F/p',
  '/operator-policies/{vhost}/{name}': '/operator-policies/%2F/p',
  '/parameters/{component}/{vhost}/{name}': '/parameters/operator_policy/%2F/p',
  '/global-parameters/{name}': '/global-parameters/g',
  '/bindings/{vhost}/e/{source}/e/{destination}': '/bindings/%2F/e/x/e/y',
  '/bindings/{vhost}/e/{source}/e/{destination}/{key}': '/bindings/%2F/e/x/e/y/%23',
  '/bindings/{vhost}/e/{source}/q/{destination}': '/bindings/%2F/e/x/q/quorum',
  '/bindings/{vhost}/e/{source}/q/{destination}/{key}': '/bindings/%2F/e/x/q/quorum/a.*',
  '/x/delayed/exchanges/{vhost}/{name}': '/x/delayed/exchanges/%2F/late',
};

function concrete(path: string): string {
  const special = SPECIAL[path];
  if (special !== undefined) return special;
  const { node = '', connection: connectionName = '' } = values;
  const names: Readonly<Record<string, string>> = {
    ...{ vhost: '/', node, user: 'u', component: 'operator_policy', id: '1', password: 'secret' },
    ...{ port: String(new URL(managed.broker.url).port), protocols: 'amqp,mqtt' },
    name: nameIn(path, connectionName),
  };
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(names[name] ?? '?'));
}

function nameIn(path: string, connectionName: string): string {
  if (path.startsWith('/connections')) return connectionName;
  if (path.startsWith('/channels')) return `${connectionName} (1)`;
  return path.includes('exchanges') ? 'x' : 'q';
}

const asked = new Set<string>();

async function ask(name: string, path: string, body?: object) {
  const found = operations.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is not described`);
  asked.add(name);
  const { method, operation } = found;
  const answer = await managed.api.call(method, path, body);
  const type = (answer.headers.get('content-type') ?? '').replace(/;\s*charset.*$/, '');
  const { content } = responseOf(operation, answer.status);
  if (content === undefined) {
    expect(answer.text).toBe('');
    return answer;
  }
  const { schema } = content[type] ?? {};
  if (schema === undefined) throw new Error(`${type} is not described`);
  expect(faults(schema, type === 'application/json' ? answer.json : answer.text)).toEqual([]);
  return answer;
}

test('the description is valid OpenAPI', async () => {
  const { valid, errors } = await new Validator().validate(descriptionText);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
});

test('it has the routes of the table with their access classes, and no others', () => {
  // OpenAPI knows a path by one name for each parameter.
  const named = (path: string) => path.replace('/:in/', '/:vhost/').replaceAll(/:(\w+)/g, '{$1}');
  const routes = ROUTES.map(({ method, path, access }) => `${method} ${named(path)} ${access}`);
  const described = operations.map(({ name, operation }) => `${name} ${operation['x-access']}`);
  expect(described.sort()).toEqual(routes.sort());
});

const RANGES = ['lengths', 'msg_rates', 'data_rates', 'node_stats']
  .map((group) => `${group}_age=60&${group}_incr=5`)
  .join('&');

describe('what is answered is as described:', () => {
  const reads = operations.filter(({ method }) => method === 'GET');
  test.for(reads)('$name', async ({ name, path }) => {
    const at = concrete(path);
    expect((await ask(name, at)).status).toBe(200);
    await ask(name, `${at}?${RANGES}`);
  });

  const lists = reads.filter(({ operation }) => JSON.stringify(operation).includes('List"'));
  test.for(lists)('a page of $name', async ({ name, path }) => {
    const { json } = await ask(name, `${concrete(path)}?page=1&page_size=2`);
    expect(json.items.length).toBeGreaterThan(0);
    const { status } = await ask(name, `${concrete(path)}?page=1&page_size=501`);
    expect(status).toBe(400);
  });

  test.for([
    '/queues/%2F/single',
    '/queues/%2F/quorum',
    '/queues?disable_stats=true',
    '/nodes?disable_stats=true',
    '/overview?disable_stats=true&enable_queue_totals=true',
  ])('GET %s', async (path) => {
    const described = path.replace(/\?.*/, '').replace(/%2F\/\w+/, '{vhost}/{name}');
    await ask(`GET ${described}`, path);
  });

  test('node with memory', async () => {
    await ask('GET /nodes/{node}', `${concrete('/nodes/{node}')}?memory=true&binary=true`);
  });

  test('health checks that fail', async () => {
    const name = 'GET /health/checks/port-listener/{port}';
    expect((await ask(name, '/health/checks/port-listener/1')).status).toBe(503);
    const protocols = 'GET /health/checks/protocol-listener/{protocols}';
    const { status } = await ask(protocols, '/health/checks/protocol-listener/mqtt,stomp');
    expect(status).toBe(503);
  });
});

/** Every operation that changes something, in an order in which each can be done; all are well taken. */
const CHANGES: readonly (readonly [name: string, path: string, body?: object])[] = [
  ['POST /login', '/login', { username: 'guest', password: 'guest' }],
  ['DELETE /login', '/login'],
  ['DELETE /reset', '/reset'],
  ['DELETE /reset/{node}', '/reset/{node}'],
  ['PUT /cluster-name', '/cluster-name', { name: 'named' }],
  ['POST /rebalance/queues', '/rebalance/queues'],
  ['PUT /feature-flags/{name}/enable', '/feature-flags/quorum_queue/enable'],
  ['DELETE /auth/attempts/{node}', '/auth/attempts/{node}'],
  ['POST /definitions', '/definitions', DEFINITIONS],
  [
    'POST /definitions',
    '/definitions?dry_run=true',
    { ...DEFINITIONS, queues: [{ name: 'lost', vhost: 'nowhere' }] },
  ],
  ['POST /all-configuration', '/all-configuration?dry_run=true', DEFINITIONS],
  ['POST /definitions/{name}', '/definitions/v', { queues: [{ name: 'brought' }] }],
  ['PUT /vhosts/{name}', '/vhosts/w', { description: 'd' }],
  ['POST /vhosts/{vhost}/start/{node}', '/vhosts/w/start/{node}'],
  ['POST /vhosts/{vhost}/deletion/protection', '/vhosts/w/deletion/protection'],
  ['DELETE /vhosts/{name}', '/vhosts/w'],
  ['DELETE /vhosts/{vhost}/deletion/protection', '/vhosts/w/deletion/protection'],
  ['DELETE /vhosts/{name}', '/vhosts/w'],
  ['PUT /exchanges/{vhost}/{name}', '/exchanges/%2F/e', { type: 'topic', durable: true }],
  ['PUT /exchanges/{vhost}/{name}', '/exchanges/%2F/e', { type: 'topic', durable: true }],
  ['PUT /queues/{vhost}/{name}', '/queues/%2F/mine', { durable: true }],
  ['PUT /queues/{vhost}/{name}', '/queues/%2F/other'],
  ['POST /bindings/{vhost}/e/{source}/q/{destination}', '/bindings/%2F/e/e/q/mine', {}],
  ['POST /bindings/{vhost}/e/{source}/e/{destination}', '/bindings/%2F/e/e/e/x'],
  ['DELETE /bindings/{vhost}/e/{source}/q/{destination}/{key}', '/bindings/%2F/e/e/q/mine/~'],
  ['DELETE /bindings/{vhost}/e/{source}/e/{destination}/{key}', '/bindings/%2F/e/e/e/x/~'],
  [
    'POST /exchanges/{vhost}/{name}/publish',
    '/exchanges/%2F/amq.default/publish',
    { routing_key: 'mine', properties: {}, payload: 'x', payload_encoding: 'string' },
  ],
  ['POST /x/exchanges/{vhost}/{name}/route', '/x/exchanges/%2F/x/route', { routing_key: 'a.b' }],
  ['POST /x/exchanges/{vhost}/{name}/route', '/x/exchanges/%2F/late/route', { cc: ['q'] }],
  [
    'POST /queues/{vhost}/{name}/get',
    '/queues/%2F/q/get',
    { count: 5, ackmode: 'ack_requeue_true', encoding: 'auto' },
  ],
  [
    'POST /queues/{vhost}/{name}/get',
    '/queues/%2F/dead/get',
    { count: 5, ackmode: 'ack_requeue_true', encoding: 'base64', truncate: 1 },
  ],
  ['POST /queues/{vhost}/{name}/actions', '/queues/%2F/q/actions', { action: 'sync' }],
  [
    'POST /x/queues/{vhost}/{name}/move',
    '/x/queues/%2F/mine/move',
    { destination: 'other', count: 1, rate: 10 },
  ],
  ['POST /x/queues/{vhost}/{name}/redrive', '/x/queues/%2F/other/redrive', { rate: 10 }],
  ['DELETE /x/transfers/{id}', '/x/transfers/1'],
  ['DELETE /queues/{vhost}/{name}/contents', '/queues/%2F/mine/contents'],
  ['DELETE /queues/{vhost}/{name}', '/queues/%2F/mine?if-unused=true'],
  ['DELETE /exchanges/{vhost}/{name}', '/exchanges/%2F/e?if-unused=true'],
  ['PUT /policies/{vhost}/{name}', '/policies/v/p', POLICY],
  ['DELETE /policies/{vhost}/{name}', '/policies/v/p'],
  ['PUT /operator-policies/{vhost}/{name}', '/operator-policies/v/p', POLICY],
  ['DELETE /operator-policies/{vhost}/{name}', '/operator-policies/v/p'],
  [
    'PUT /parameters/{component}/{vhost}/{name}',
    '/parameters/vhost-limits/v/limits',
    { value: { 'max-queues': 5 } },
  ],
  ['DELETE /parameters/{component}/{vhost}/{name}', '/parameters/vhost-limits/v/limits'],
  ['PUT /global-parameters/{name}', '/global-parameters/h', { value: [1] }],
  ['DELETE /global-parameters/{name}', '/global-parameters/h'],
  ['PUT /vhost-limits/{vhost}/{limit}', '/vhost-limits/v/max-queues', { value: 5 }],
  ['DELETE /vhost-limits/{vhost}/{limit}', '/vhost-limits/v/max-queues'],
  ['PUT /user-limits/{user}/{limit}', '/user-limits/u/max-channels', { value: 5 }],
  ['DELETE /user-limits/{user}/{limit}', '/user-limits/u/max-channels'],
  ['PUT /users/{user}', '/users/w', USER],
  ['PUT /permissions/{vhost}/{user}', '/permissions/v/w', PATTERNS],
  ['DELETE /permissions/{vhost}/{user}', '/permissions/v/w'],
  [
    'PUT /topic-permissions/{vhost}/{user}',
    '/topic-permissions/v/w',
    { exchange: 'amq.topic', write: '', read: '' },
  ],
  ['DELETE /topic-permissions/{vhost}/{user}/{exchange}', '/topic-permissions/v/w/amq.topic'],
  ['DELETE /topic-permissions/{vhost}/{user}', '/topic-permissions/v/w'],
  ['DELETE /users/{user}', '/users/w'],
  ['POST /users/bulk-delete', '/users/bulk-delete', { users: ['stranger'] }],
  ['PUT /auth/hash_password', '/auth/hash_password', { password: 'secret' }],
  [
    'DELETE /consumers/{vhost}/{connection}/{channel}/{tag}',
    '/consumers/%2F/{connection}/1/second',
  ],
  ['DELETE /connections/username/{user}', '/connections/username/u'],
];

/** What is refused here, as it has to be. */
const REFUSED: ReadonlySet<string> = new Set([
  'DELETE /vhosts/w 412',
  'POST /definitions?dry_run=true 400',
  // The one that was cleared was the last.
  'DELETE /topic-permissions/v/w 404',
]);

test('what is changed is answered as described, and the bodies are those that are described', async () => {
  for (const [name, path, body] of CHANGES) {
    const at = path
      .replace('{node}', encodeURIComponent(values['node'] ?? ''))
      .replace('{connection}', encodeURIComponent(values['connection'] ?? ''));
    const schema = operations.find((one) => one.name === name)?.operation.requestBody?.content;
    if (body !== undefined) {
      expect([name, faults(schema?.['application/json']?.schema ?? {}, body)]).toEqual([name, []]);
    }
    const { status, text } = await ask(name, at, body);
    const isRefused = REFUSED.has(`${name.split(' ')[0]} ${path} ${status}`);
    expect([name, path, status < 400 || isRefused ? '' : text]).toEqual([name, path, '']);
  }
  await heldBack('exchanges', 'late');
  await heldBack('queues', 'q');
});

/** Two are held back by the exchange; the queue has none, which is answered as well. */
async function heldBack(kind: 'exchanges' | 'queues', owner: string): Promise<void> {
  const described = `/x/delayed/${kind}/{vhost}/{name}`;
  const path = `/x/delayed/${kind}/%2F/${owner}`;
  const { json } = await ask(`GET ${described}`, path);
  const [first = { id: '1-1' }, second = { id: '1-1' }] = json.messages;
  const wanted = kind === 'exchanges' ? 204 : 404;
  expect((await ask(`DELETE ${described}/{id}`, `${path}/${first.id}`)).status).toBe(wanted);
  const deliver = await ask(`POST ${described}/{id}/deliver`, `${path}/${second.id}/deliver`);
  expect(deliver.status).toBe(wanted);
}

it('asks for every field that the description requires', async () => {
  for (const { name, method, path, operation } of operations) {
    const [content] = Object.values(operation.requestBody?.content ?? {});
    const { $ref } = content?.schema ?? {};
    const schema = description.components.schemas[$ref?.split('/').at(-1) ?? ''];
    if (schema?.required === undefined || /definitions|all-config/.test(path)) continue;
    const { status, json } = await managed.api.call(method, concrete(path), {});
    expect([name, status, json?.error]).toEqual([name, 400, 'bad_request']);
  }
});

it('was asked for every operation but one', async () => {
  const left = operations.filter(({ name }) => !asked.has(name)).map(({ name }) => name);
  // It closes the connection that everything else needs.
  expect(left).toEqual(['DELETE /connections/{name}']);
  const name = 'DELETE /connections/{name}';
  expect((await ask(name, '/connections/no-such-name')).status).toBe(404);
});
