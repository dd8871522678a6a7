// Definitions between our broker and a RabbitMQ, both ways: what goes over and comes back is the same.
//   npm run build && node interop/definitions/round-trip.mjs http://guest:guest@127.0.0.1:15673
// The RabbitMQ gets a vhost and a user of its own, which go at the end.

import { strict as assert } from 'node:assert';
import { startBroker } from '../../dist/src/node.js';

const [, , address] = process.argv;
if (address === undefined) {
  console.error(
    'usage: round-trip.mjs http://user:password@host:port (of a RabbitMQ 3.10 or later)',
  );
  process.exit(64);
}

const name = `interop.definitions.${process.pid}`;
const vhost = name;
const definitions = {
  users: [{ name, password: 'secret', tags: 'management', limits: { 'max-channels': 5 } }],
  vhosts: [{ name, description: 'round trip', tags: ['a', 'b'] }],
  permissions: [{ user: name, vhost, configure: '^a|^(?=b)', write: '.*', read: '' }],
  topic_permissions: [{ user: name, vhost, exchange: 'amq.topic', write: '^a', read: '.*' }],
  parameters: [
    { component: 'vhost-limits', vhost, name: 'limits', value: { 'max-queues': 50 } },
    {
      component: 'operator_policy',
      vhost,
      name: 'op',
      value: { pattern: '^q', definition: { 'max-length': 9 }, priority: 1, 'apply-to': 'queues' },
    },
  ],
  policies: [
    {
      ...{ vhost, name: 'p', pattern: '^q', 'apply-to': 'queues', priority: 2 },
      definition: { 'max-length': 10, overflow: 'reject-publish' },
    },
  ],
  queues: [
    {
      ...{ name: 'q/ü ~%', vhost, durable: true, auto_delete: false },
      arguments: { 'x-message-ttl': 5000, 'x-max-priority': 3, 'x-dead-letter-exchange': '' },
    },
    {
      ...{ name: 'quorum', vhost, durable: true, auto_delete: false },
      arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 3 },
    },
  ],
  exchanges: [
    {
      ...{ name: 'x', vhost, type: 'headers', durable: true, auto_delete: false, internal: true },
      arguments: { 'alternate-exchange': 'amq.fanout' },
    },
  ],
  bindings: [
    {
      ...{ source: 'x', vhost, destination: 'q/ü ~%', destination_type: 'queue' },
      // RabbitMQ 3.10 cannot export a key with ~ and arguments.
      routing_key: 'k. #',
      arguments: {
        'x-match': 'any',
        n: 1,
        big: 5_000_000_000,
        half: 0.5,
        list: ['a', true, { t: 1 }],
      },
    },
    {
      ...{ source: 'amq.direct', vhost, destination: 'x', destination_type: 'exchange' },
      ...{ routing_key: 'a~ü', arguments: {} },
    },
  ],
};

const broker = await startBroker({ port: 0, memory: true, management: { port: 0 } });
const ours = new URL(broker.managementUrl);
ours.username = ours.password = 'guest';
const theirs = new URL(address);

async function call(base, method, path, body) {
  const login = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
  const response = await fetch(new URL(`/api${path}`, base.origin), {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(login).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.status < 400, `${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** What this run made, in an order of its own, without what only one of the two says. */
function own(exported) {
  const sections = Object.keys(definitions).map((section) => {
    const items = exported[section]
      .filter((item) => item.vhost === vhost || item.name === name)
      // Who brings a vhost in may use it, here and there.
      .filter((item) => section !== 'permissions' || item.user === name);
    const kept = section === 'vhosts' ? items.map((item) => ({ name: item.name })) : items;
    return [
      section,
      kept
        .map(sorted)
        .map((item) => JSON.stringify(item))
        .sort(),
    ];
  });
  return Object.fromEntries(sections);
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The export without what belongs to others. */
function goods(exported) {
  return Object.fromEntries(
    Object.keys(definitions).map((section) => [
      section,
      exported[section].filter((item) => item.vhost === vhost || item.name === name),
    ]),
  );
}

try {
  await call(ours, 'POST', '/definitions', definitions);
  const first = await call(ours, 'GET', '/definitions');
  await call(theirs, 'POST', '/definitions', goods(first));
  const there = await call(theirs, 'GET', '/definitions');
  assert.deepEqual(own(there), own(first));
  console.log('PASS definitions: ours are the same in RabbitMQ');
  const login = new URL(theirs);
  login.username = name;
  login.password = 'secret';
  await call(login, 'GET', '/whoami');
  console.log('PASS definitions: our user logs in there');
  await call(ours, 'DELETE', `/vhosts/${encodeURIComponent(vhost)}`);
  await call(ours, 'DELETE', `/users/${encodeURIComponent(name)}`);
  await call(ours, 'POST', '/definitions', goods(there));
  const back = await call(ours, 'GET', '/definitions');
  assert.deepEqual(own(back), own(there));
  console.log('PASS definitions: RabbitMQ’s are the same here');
  const homecoming = new URL(ours);
  homecoming.username = name;
  homecoming.password = 'secret';
  await call(homecoming, 'GET', '/whoami');
  console.log('PASS definitions: RabbitMQ’s user logs in here');
} finally {
  await call(theirs, 'DELETE', `/vhosts/${encodeURIComponent(vhost)}`).catch(() => {});
  await call(theirs, 'DELETE', `/users/${encodeURIComponent(name)}`).catch(() => {});
  await broker.close();
}
