// The same as rabbitmq-shapes.test.ts for users, vhosts, permissions, limits, policies, parameters,
// definitions and health.
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { type ManagedBroker, startManaged } from '../support/management/management-client.ts';
import { differences, type Shape } from '../support/management/shapes.ts';
import shapes from './access-shapes.json' with { type: 'json' };

/** By the names of the samples (see samples.test.ts). */
const REQUESTS: Readonly<Record<keyof typeof shapes, string>> = {
  'whoami.json': '/whoami',
  'whoami_mgmt.json': '/whoami',
  'users.json': '/users',
  'user.json': '/users/app',
  'users_without_permissions.json': '/users/without-permissions',
  'vhosts.json': '/vhosts',
  'vhost.json': '/vhosts/shop',
  'permissions.json': '/permissions',
  'permission.json': '/permissions/shop/app',
  'vhost_permissions.json': '/vhosts/shop/permissions',
  'user_permissions.json': '/users/app/permissions',
  'topic_permissions.json': '/topic-permissions',
  'topic_permission.json': '/topic-permissions/shop/app',
  'user_topic_permissions.json': '/users/app/topic-permissions',
  'vhost_topic_permissions.json': '/vhosts/shop/topic-permissions',
  'vhost_limits.json': '/vhost-limits',
  'vhost_limits_one.json': '/vhost-limits/shop',
  'user_limits.json': '/user-limits',
  'user_limits_one.json': '/user-limits/app',
  'policies.json': '/policies',
  'policy.json': '/policies/shop/max',
  'operator_policies.json': '/operator-policies',
  'operator_policy.json': '/operator-policies/shop/op-ttl',
  'parameters.json': '/parameters',
  'parameters_component.json': '/parameters/vhost-limits',
  'parameter.json': '/parameters/vhost-limits/shop/limits',
  'global_parameters.json': '/global-parameters',
  'global_parameter.json': '/global-parameters/x',
  'cluster_name.json': '/cluster-name/',
  'extensions.json': '/extensions',
  'auth.json': '/auth',
  'auth_attempts.json': '/auth/attempts/rabbit@localhost',
  'auth_attempts_source.json': '/auth/attempts/rabbit@localhost/source',
  'feature_flags.json': '/feature-flags',
  'definitions.json': '/definitions',
  'definitions_vhost_shop.json': '/definitions/shop',
  'definitions_vhost.json': '/definitions/%2F',
  'health_alarms.json': '/health/checks/alarms',
  'health_virtual-hosts.json': '/health/checks/virtual-hosts',
  'health_node-is-quorum-critical.json': '/health/checks/node-is-quorum-critical',
  'healthchecks_node.json': '/healthchecks/node',
  'aliveness_test.json': '/aliveness-test/%2F',
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
  await admin.setPolicy('/', 'max', { pattern: '^o', definition: { 'max-length': 5 } });
  await admin.setOperatorPolicy('/', 'op-ttl', operator);
  for (const vhost of ['%2F', 'shop']) {
    await api.put(`/queues/${vhost}/cart`, { durable: true, arguments: { 'x-max-length': 5 } });
    await api.put(`/exchanges/${vhost}/orders`, { type: 'topic', durable: true });
    await api.post(`/bindings/${vhost}/e/orders/q/cart`, { routing_key: '#' });
  }
  await api.put('/global-parameters/x', { value: { 1883: 'shop' } });
});

afterAll(() => managed.broker.close());

test.for(Object.entries(REQUESTS))(
  'our answer has all that RabbitMQ has: %s',
  async ([name, path]) => {
    const login = name === 'whoami_mgmt.json' ? 'app:p' : 'guest:guest';
    const { status, json } = await managed.api.get(path, { login });
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
