// Queues, exchanges, bindings, connections and consumers over the API: made, shown and ended by the rules
// that hold for AMQP's clients.
import amqp, { type ChannelModel } from 'amqplib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ManagedBroker, startManaged } from '../support/management/management-client.ts';

let managed: ManagedBroker;
const api = () => managed.api;
const open: ChannelModel[] = [];

async function connect(): Promise<ChannelModel> {
  const connection = await amqp.connect(managed.broker.url);
  connection.on('error', () => {});
  open.push(connection);
  return connection;
}

beforeAll(async () => {
  managed = await startManaged();
  const { admin } = managed.broker;
  await admin.putUser('reader', { password: 'r', tags: ['management'] });
  await admin.setPermission('reader', '/', { configure: '^own', write: '^own', read: '.*' });
  await admin.putUser('monitor', { password: 'm', tags: ['monitoring'] });
  await admin.setPermission('monitor', '/', { configure: '', write: '', read: '' });
});

afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close().catch(() => {});
});

afterAll(() => managed.broker.close());

const reader = { login: 'reader:r' };

describe('names of every kind', () => {
  const names = ['a b', 'a+b', 'a/b', '%2F', 'ü', '#?&=', '~', 'q"\'\\', 'x'.repeat(255)];
  test.for(names)('%s as queue, exchange and routing key', async (name) => {
    const path = encodeURIComponent(name);
    expect((await api().put(`/queues/%2F/${path}`, {})).status).toBe(201);
    expect((await api().get(`/queues/%2F/${path}/`)).json.name).toBe(name);
    expect((await api().put(`/exchanges/%2F/${path}`, { type: 'topic' })).status).toBe(201);
    expect((await api().get(`/exchanges/%2F/${path}`)).json.name).toBe(name);
    const bound = await api().post(`/bindings/%2F/e/${path}/q/${path}`, { routing_key: name });
    expect(bound.status).toBe(201);
    // Relative to the list: the destination, and the key that names the binding, encoded once.
    const location = (bound.headers.get('location') ?? '').split('/');
    expect(decodeURIComponent(location[0] ?? '')).toBe(name);
    const list = (await api().get(`/bindings/%2F/e/${path}/q/${path}`)).json;
    expect(list).toMatchObject([{ routing_key: name, destination: name }]);
    expect(decodeURIComponent(location[1] ?? '')).toBe(list[0].properties_key);
    const one = `/bindings/%2F/e/${path}/q/${path}/${location[1]}`;
    expect((await api().get(one)).json).toEqual(list[0]);
    expect((await api().delete(one)).status).toBe(204);
    expect((await api().delete(one)).status).toBe(404);
    expect((await api().delete(`/exchanges/%2F/${path}`)).status).toBe(204);
    expect((await api().delete(`/queues/%2F/${path}`)).status).toBe(204);
    expect((await api().delete(`/queues/%2F/${path}`)).status).toBe(404);
  });

  test('too long ones are refused', async () => {
    const path = 'x'.repeat(256);
    expect((await api().put(`/queues/%2F/${path}`, {})).status).toBe(400);
    expect((await api().put(`/exchanges/%2F/${path}`, {})).status).toBe(400);
    await api().put('/queues/%2F/short', {});
    const bound = await api().post('/bindings/%2F/e/amq.direct/q/short', { routing_key: path });
    expect(bound.status).toBe(400);
    await api().delete('/queues/%2F/short');
  });

  test('a path that was encoded as a form finds a name with spaces', async () => {
    await api().put('/queues/%2F/a%20b', {});
    expect((await api().get('/queues/%2F/a+b')).json.name).toBe('a b');
    await api().delete('/queues/%2F/a%20b');
  });
});

describe('keys of bindings', () => {
  test('tell arguments apart by a hash that does not change', async () => {
    await api().put('/queues/%2F/q', {});
    const path = '/bindings/%2F/e/amq.headers/q/q';
    const keys: string[] = [];
    for (const given of [{}, { x: 1 }, { x: 2 }, { y: { z: [1, 'two', true] }, x: 1 }]) {
      const { headers } = await api().post(path, { routing_key: 'k', arguments: given });
      keys.push(headers.get('location') ?? '');
    }
    expect(keys).toEqual([
      'q/k',
      'q/k~rdDiCw',
      'q/k~rtDjng',
      expect.stringMatching(/^q\/k~[\w-]{6}$/),
    ]);
    const again = await api().post(path, { routing_key: 'k', arguments: { x: 1 } });
    expect([again.status, again.headers.get('location')]).toEqual([201, 'q/k~rdDiCw']);
    expect((await api().get(path)).json.length).toBe(4);
    expect((await api().get(`${path}/k~rdDiCw`)).json.arguments).toEqual({ x: 1 });
    const empty = await api().post(path);
    expect(empty.headers.get('location')).toBe('q/~');
    // Also when the client encoded the key only once.
    await api().post(path, { routing_key: 'a b' });
    expect((await api().get(`${path}/a%20b`)).json.routing_key).toBe('a b');
    await api().delete('/queues/%2F/q');
  });

  test('the default exchange has its own, which nobody can change', async () => {
    await api().put('/queues/%2F/q', {});
    const implicit = (await api().get('/bindings/%2F/e/amq.default/q/q')).json;
    expect(implicit).toMatchObject([{ source: '', routing_key: 'q', properties_key: 'q' }]);
    expect((await api().post('/bindings/%2F/e/amq.default/q/q', {})).status).toBe(401);
    expect((await api().get('/bindings/%2F/e/nope/q/q')).status).toBe(404);
    await api().delete('/queues/%2F/q');
  });
});

describe('a user of the API', () => {
  test('needs the permissions that AMQP asks for', async () => {
    await api().put('/queues/%2F/theirs', {});
    const refused = { status: 401, json: { error: 'not_authorised', reason: 'Access refused.' } };
    const calls = [
      ['PUT', '/queues/%2F/new'],
      ['DELETE', '/queues/%2F/theirs'],
      ['PUT', '/exchanges/%2F/new'],
      ['DELETE', '/exchanges/%2F/amq.topic'],
      ['POST', '/bindings/%2F/e/amq.topic/q/theirs'],
    ] as const;
    for (const [method, path] of calls) {
      expect(await api().call(method, path, {}, reader)).toMatchObject(refused);
    }
    const message = { properties: {}, routing_key: '', payload: '', payload_encoding: 'string' };
    const published = await api().post('/exchanges/%2F/amq.topic/publish', message, reader);
    expect(published).toMatchObject(refused);
    await managed.broker.admin.setPermission('reader', '/', { configure: '', write: '', read: '' });
    expect(await api().delete('/queues/%2F/theirs/contents', reader)).toMatchObject(refused);
    const fetch = { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto' };
    expect(await api().post('/queues/%2F/theirs/get', fetch, reader)).toMatchObject(refused);
    expect(await api().get('/x/queues/%2F/theirs/messages', reader)).toMatchObject(refused);
    const move = { destination: 'theirs' };
    expect(await api().post('/x/queues/%2F/theirs/move', move, reader)).toMatchObject(refused);
    await api().delete('/queues/%2F/theirs');
  });

  test('sees own connections only, unless it monitors', async () => {
    await connect();
    const names = async (login: string) => (await api().get('/connections', { login })).json.length;
    expect([await names('reader:r'), await names('monitor:m')]).toEqual([0, 1]);
    const [{ name }] = (await api().get('/connections')).json;
    const path = `/connections/${encodeURIComponent(name)}`;
    const object = 'User not authorised to access object';
    expect((await api().get(path, reader)).json.reason).toBe(object);
    expect((await api().delete(path, { login: 'monitor:m' })).json.reason).toBe(object);
    expect((await api().get('/nodes', reader)).json.reason).toBe('Not monitor user');
    const overview = (await api().get('/overview', reader)).json;
    expect([overview.object_totals.connections, overview.node]).toEqual([0, undefined]);
  });
});

describe('conditions of a deletion', () => {
  test('empty, unused, and a queue that is exclusive', async () => {
    const connection = await connect();
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue('q', { autoDelete: false });
    channel.sendToQueue('q', Buffer.from('x'));
    await channel.waitForConfirms();
    const reason = async (path: string) => (await api().delete(path)).json?.reason;
    expect(await reason('/queues/%2F/q?if-empty=true')).toBe("queue 'q' in vhost '/' not empty");
    await channel.consume('q', () => {});
    expect(await reason('/queues/%2F/q?if-unused=true')).toBe("queue 'q' in vhost '/' in use");
    await channel.assertExchange('x', 'fanout');
    await channel.bindQueue('q', 'x', '');
    expect(await reason('/exchanges/%2F/x?if-unused=true')).toBe(
      "exchange 'x' in vhost '/' in use",
    );
    const { queue } = await channel.assertQueue('', { exclusive: true });
    expect(await reason(`/queues/%2F/${queue}`)).toMatch(
      /^cannot obtain exclusive access to locked/,
    );
    expect((await api().get(`/queues/%2F/${queue}`)).json.owner_pid_details.name).toMatch(/ -> /);
    expect((await api().delete('/queues/%2F/q/contents')).status).toBe(204);
    expect((await api().delete('/queues/%2F/q')).status).toBe(204);
    expect((await api().delete('/exchanges/%2F/x')).status).toBe(204);
  });
});

describe('connections', () => {
  test('are closed with a reason that their client is told', async () => {
    const connection = await connect();
    const closed = new Promise<Error>((resolve) => connection.on('close', resolve));
    const [{ name }] = (await api().get('/connections')).json;
    const path = `/connections/${encodeURIComponent(name)}`;
    const headers = { 'x-reason': 'maintenance' };
    expect((await api().delete(path, { headers })).status).toBe(204);
    expect(String(await closed)).toContain('CONNECTION_FORCED - maintenance');
    await expect.poll(async () => (await api().get(path)).status).toBe(404);
  });

  test('of a user are closed together', async () => {
    const closed = (await Promise.all([connect(), connect()])).map(
      (connection) => new Promise<Error>((resolve) => connection.on('close', resolve)),
    );
    expect((await api().get('/connections/username/guest')).json.length).toBe(2);
    expect((await api().delete('/connections/username/guest')).status).toBe(204);
    for (const error of await Promise.all(closed)) {
      expect(String(error)).toContain('Closed via management plugin');
    }
  });

  test('an alarm blocks the ones that publish', async () => {
    const { churn_rates: before } = (await api().get('/overview')).json;
    const connection = await connect();
    await connection.createChannel();
    const { churn_rates: after } = (await api().get('/overview')).json;
    expect(after.connection_created - before.connection_created).toBe(1);
    expect(after.channel_created - before.channel_created).toBe(1);
    expect((await api().get('/connections')).json[0].state).toBe('running');
  });
});

test('a consumer that is cancelled is told, and its messages stay', async () => {
  const connection = await connect();
  const channel = await connection.createChannel();
  await channel.assertQueue('q');
  const cancelled = new Promise<void>((resolve) => {
    void channel.consume('q', (message) => message ?? resolve(), { consumerTag: 'mine' });
  });
  const consumer = async () => (await api().get('/consumers/%2F')).json;
  await expect.poll(consumer).toMatchObject([{ consumer_tag: 'mine', queue: { name: 'q' } }]);
  const [{ channel_details: details }] = await consumer();
  const path = [details.connection_name, String(details.number), 'mine'].map(encodeURIComponent);
  expect((await api().delete(`/consumers/%2F/${path.join('/')}`)).status).toBe(204);
  await cancelled;
  expect(await consumer()).toEqual([]);
  expect((await api().delete(`/consumers/%2F/${path.join('/')}`)).status).toBe(404);
  await api().delete('/queues/%2F/q');
});

test('a single active consumer is told from those that wait', async () => {
  const connection = await connect();
  const channel = await connection.createChannel();
  await channel.assertQueue('q', { arguments: { 'x-single-active-consumer': true } });
  await channel.consume('q', () => {}, { consumerTag: 'first' });
  await channel.consume('q', () => {}, { consumerTag: 'second' });
  const queue = (await api().get('/queues/%2F/q')).json;
  expect(queue.single_active_consumer_tag).toBe('first');
  const states = queue.consumer_details.map(
    (one: { consumer_tag: string; active: boolean; activity_status: string }) => [
      one.consumer_tag,
      one.active,
      one.activity_status,
    ],
  );
  expect(states).toEqual([
    ['first', true, 'single_active'],
    ['second', false, 'waiting'],
  ]);
  await api().delete('/queues/%2F/q');
});

describe('the routing tester', () => {
  test('tells which queues a message would reach, and publishes nothing', async () => {
    const connection = await connect();
    const channel = await connection.createChannel();
    await channel.assertExchange('t', 'topic');
    await channel.assertExchange('h', 'headers');
    await channel.assertExchange('late', 'x-delayed-message', {
      arguments: { 'x-delayed-type': 'fanout' },
    });
    for (const name of ['a', 'b', 'c']) await channel.assertQueue(name);
    await channel.bindQueue('a', 't', 'x.*');
    await channel.bindExchange('h', 't', '#');
    await channel.bindQueue('b', 'h', '', { kind: 'b', 'x-match': 'all' });
    await channel.bindQueue('c', 'late', '');
    const routed = async (exchange: string, body: object) => {
      const { json } = await api().post(`/x/exchanges/%2F/${exchange}/route`, body);
      const names = (list: { name: string }[]) => list.map(({ name }) => name).sort();
      return [json.routed, names(json.queues), names(json.held_by)];
    };
    expect(await routed('t', { routing_key: 'x.y' })).toEqual([true, ['a'], []]);
    const headers = { kind: 'b' };
    expect(await routed('t', { routing_key: 'x.y', headers })).toEqual([true, ['a', 'b'], []]);
    expect(await routed('t', { routing_key: 'y', cc: ['x.z'] })).toEqual([true, ['a'], []]);
    expect(await routed('amq.default', { routing_key: 'nope' })).toEqual([false, [], []]);
    expect(await routed('late', {})).toEqual([true, ['c'], ['late']]);
    for (const name of ['a', 'b', 'c']) {
      expect((await channel.checkQueue(name)).messageCount).toBe(0);
      await channel.deleteQueue(name);
    }
    expect((await api().get('/exchanges/%2F/t')).json.message_stats.publish_in).toBe(0);
  });
});

describe('requests that are wrong', () => {
  test.for([
    ['PUT', '/queues/%2F/q', { arguments: { 'x-message-ttl': 'abc' } }, 'longstr'],
    ['PUT', '/queues/%2F/q', { arguments: { a: null } }, 'null_not_allowed: a'],
    ['PUT', '/queues/%2F/q', { arguments: { a: 1e30 } }, 'a does not fit into 64 bits'],
    ['PUT', '/queues/%2F/q', { durable: 'yes' }, 'not_boolean: yes'],
    ['PUT', '/queues/%2F/q', { node: 'rabbit@nowhere' }, 'could not be contacted'],
    ['PUT', '/exchanges/%2F/x', { type: 'zz' }, "unknown exchange type 'zz'"],
    ['POST', '/queues/%2F/amq/actions', { action: 'foo' }, undefined],
  ] as const)('%s %s %j', async ([method, path, body, reason]) => {
    const { status, json } = await api().call(method, path, body);
    expect(status).toBe(reason === undefined ? 404 : 400);
    if (reason !== undefined) expect(json.reason).toContain(reason);
  });

  test('samples that no one can have', async () => {
    const reason = async (query: string) => (await api().get(`/overview?${query}`)).json.reason;
    expect(await reason('lengths_age=60&lengths_incr=0')).toBe(
      'Invalid range parameters: age 60, incr 0',
    );
    expect(await reason('lengths_age=6000&lengths_incr=5')).toBe(
      'Invalid range parameters: age 6000, incr 5',
    );
    expect(await reason('msg_rates_age=x&msg_rates_incr=5')).toBe(
      'Invalid range parameters: msg_rates_age should be an integer',
    );
    expect((await api().get('/overview?lengths_age=60')).status).toBe(200);
  });
});
