// The same as rabbitmq-shapes.test.ts for users, vhosts, permissions, limits, policies, parameters,
// definitions and health.
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { type ManagedBroker, startManaged } from '../support/management/management-client.ts';
import { differences, type Shape } from '../support/management/shapes.ts';
import shapes from './access-shapes.json' with { type: 'json' };

const REQUESTS: Readonly<Record<keyof typeof shapes, string>> = {
  whoami: '/whoami',
  users: '/users',
  user: '/users/app',
  'users without permissions': '/users/without-permissions',
  vhosts: '/vhosts',
  vhost: '/vhosts/shop',
  permissions: '/permissions',
  permission: '/permissions/shop/app',
  'permissions in a vhost': '/vhosts/shop/permissions',
  'permissions of a user': '/users/app/permissions',
  'topic permissions': '/topic-permissions',
  'topic permissions of one': '/topic-permissions/shop/app',
  'topic permissions of a user': '/users/app/topic-permissions',
  'topic permissions in a vhost': '/vhosts/shop/topic-permissions',
  'vhost limits': '/vhost-limits',
  'limits of a vhost': '/vhost-limits/shop',
  'user limits': '/user-limits',
  'limits of a user': '/user-limits/app',
  policies: '/policies',
  policy: '/policies/shop/max',
  'operator policies': '/operator-policies',
  'operator policy': '/operator-policies/shop/op-ttl',
  parameters: '/parameters',
  'parameters of a component': '/parameters/vhost-limits',
  parameter: '/parameters/vhost-limits/shop/limits',
  'global parameters': '/global-parameters',
  'global parameter': '/global-parameters/x',
  'cluster name': '/cluster-name/',
  extensions: '/extensions',
  'how to log in': '/auth',
  'login attempts': '/auth/attempts/rabbit@localhost',
  'login attempts by source': '/auth/attempts/rabbit@localhost/source',
  'feature flags': '/feature-flags',
  definitions: '/definitions',
  'definitions of a vhost': '/definitions/shop',
  'health: alarms': '/health/checks/alarms',
  'health: vhosts': '/health/checks/virtual-hosts',
  'health: quorum': '/health/checks/node-is-quorum-critical',
  'health: node': '/healthchecks/node',
  aliveness: '/aliveness-test/%2F',
};

/** A vhost without tags has an empty list of them. */
const OTHER_TYPES = [/^\[\](\.metadata)?\.tags$/];

let managed: ManagedBroker;

beforeAll(async () => {
  managed = await startManaged();
  const { api, broker } = managed;
  const { admin } = broker;
  const everything = { configure: '.*', write: '.*', read: '.*' };
  await api.put('/vhosts/shop', { description: 'web shop', tags: 'prod,eu' });
  await admin.putUser('app', { password: 'p', tags: ['management'] });
  await admin.setPermission('app', 'shop', everything);
  await admin.setTopicPermission('app', 'shop', 'amq.topic', { write: 'a', read: 'b' });
  await admin.setVhostLimit('shop', 'max-connections', 100);
  await admin.setUserLimit('app', 'max-channels', 200);
  await admin.setPolicy('shop', 'max', { pattern: '^o', definition: { 'max-length': 5 } });
  const operator = { pattern: '^o', definition: { 'message-ttl': 5_000 } };
  await admin.setOperatorPolicy('shop', 'op-ttl', operator);
  await api.put('/global-parameters/x', { value: { 1883: 'shop' } });
  await api.put('/queues/shop/cart', { durable: true, arguments: { 'x-max-length': 5 } });
  await api.put('/exchanges/shop/orders', { type: 'topic', durable: true });
  await api.post('/bindings/shop/e/orders/q/cart', { routing_key: '#' });
});

afterAll(() => managed.broker.close());

test.for(Object.entries(REQUESTS))(
  'our answer has all that RabbitMQ has: %s',
  async ([name, path]) => {
    const { status, json } = await managed.api.get(path);
    expect(status).toBe(200);
    const shape = shapes[name as keyof typeof shapes] as Shape;
    expect(differences('', shape, json, { otherTypes: OTHER_TYPES })).toEqual([]);
  },
);

it('what RabbitMQ answers as an empty list is a list', async () => {
  for (const path of [
    '/users/without-permissions',
    '/deprecated-features',
    '/deprecated-features/used',
  ]) {
    expect((await managed.api.get(path)).json).toEqual([]);
  }
});
