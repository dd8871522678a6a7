// Messages over the API: published, fetched, looked at, moved, given back.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ManagedBroker, startManaged } from '../support/management/management-client.ts';

let managed: ManagedBroker;
let connection: ChannelModel;
let channel: ConfirmChannel;
const directory = mkdtempSync(join(tmpdir(), 'warren-messages-'));

beforeAll(async () => {
  managed = await startManaged({
    memory: false,
    dataDir: directory,
    // Backlogs leave memory early: what is looked at lies on the disk, too.
    config: { message_memory_limit: '1MiB' },
  });
  connection = await amqp.connect(managed.broker.url);
  channel = await connection.createConfirmChannel();
});

afterAll(async () => {
  await connection.close();
  await managed.broker.close();
  rmSync(directory, { recursive: true });
});

beforeEach(async () => {
  for (const name of ['q', 'other', 'dlq', 'late']) await channel.deleteQueue(name);
});

const api = () => managed.api;

async function publish(queue: string, bodies: readonly string[], options = {}): Promise<void> {
  for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body), options);
  await channel.waitForConfirms();
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

/** All messages as a consumer would get them. */
async function drain(queue: string): Promise<{ body: string; isRedelivered: boolean }[]> {
  const got: { body: string; isRedelivered: boolean }[] = [];
  for (;;) {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) return got;
    got.push({ body: message.content.toString(), isRedelivered: message.fields.redelivered });
  }
}

const FETCH = { count: 10, ackmode: 'ack_requeue_true', encoding: 'auto' };

describe('get', () => {
  const payloads = (answer: { json: { payload: string }[] }) =>
    answer.json.map(({ payload }) => payload);

  test('gives messages back, settles them, or lets them die', async () => {
    await channel.assertQueue('dlq');
    await channel.assertQueue('q', { deadLetterExchange: '', deadLetterRoutingKey: 'dlq' });
    await publish('q', ['a', 'b', 'c']);
    const path = '/queues/%2F/q/get';
    const once = { ...FETCH, count: 1 };
    expect(payloads(await api().post(path, FETCH))).toEqual(['a', 'b', 'c']);
    const settled = await api().post(path, { ...once, ackmode: 'ack_requeue_false' });
    expect(settled.json).toMatchObject([{ payload: 'a', redelivered: true, message_count: 2 }]);
    await api().post(path, { ...once, ackmode: 'reject_requeue_false' });
    expect(payloads(await api().post(path, FETCH))).toEqual(['c']);
    expect(payloads(await api().post('/queues/%2F/dlq/get', FETCH))).toEqual(['b']);
    expect((await api().get('/queues/%2F/q')).json).toMatchObject({
      messages: 1,
      message_stats: { publish: 3, get: 5, get_no_ack: 1, redeliver: 3 },
    });
  });

  test('takes what is on the disk, too', async () => {
    await channel.assertQueue('q');
    const bodies = numbers(3_000).map((body) => body.padEnd(2_000));
    await publish('q', bodies, { persistent: true });
    const answer = await api().post('/queues/%2F/q/get', { ...FETCH, count: 3_000, truncate: 8 });
    expect(payloads(answer)).toEqual(bodies.map((body) => body.slice(0, 8)));
  });

  test('payloads that are no UTF-8 come as base64, also when they are cut', async () => {
    await channel.assertQueue('q');
    await publish('q', ['ä'], { headers: { h: Buffer.from('x') } });
    const path = '/queues/%2F/q/get';
    const whole = await api().post(path, FETCH);
    expect(whole.json[0]).toMatchObject({ payload: 'ä', payload_encoding: 'string' });
    const cut = await api().post(path, { ...FETCH, truncate: 1 });
    expect(cut.json[0]).toMatchObject({ payload: 'ww==', payload_encoding: 'base64' });
    expect(cut.json[0].payload_bytes).toBe(2);
  });

  test('what is wrong is told', async () => {
    await channel.assertQueue('q');
    const path = '/queues/%2F/q/get';
    const reasons = async (body: object) => (await api().post(path, body)).json.reason;
    expect(await reasons({ count: 1 })).toBe('[{key_missing,ackmode},{key_missing,encoding}]');
    expect(await reasons({ ...FETCH, encoding: 'x' })).toBe(
      'Unsupported encoding. Please use auto or base64.',
    );
    expect(await reasons({ ...FETCH, ackmode: 'x' })).toMatch(/^Unsupported ackmode/);
    expect(await reasons({ ...FETCH, count: -1 })).toBe('count should not be negative');
    const missing = await api().post('/queues/%2F/nope/get', FETCH);
    expect(missing).toMatchObject({
      status: 404,
      json: { error: 'not_found', reason: "NOT_FOUND - no queue 'nope' in vhost '/'" },
    });
  });
});

describe('publish', () => {
  const MESSAGE = { routing_key: 'q', properties: {}, payload: 'x', payload_encoding: 'string' };
  const path = '/exchanges/%2F/amq.default/publish';

  test('tells whether the message reached a queue, and carries all properties', async () => {
    await channel.assertQueue('q');
    const properties = {
      content_type: 'text/plain',
      headers: { list: [1, 'two'], table: { yes: true }, fraction: 0.5 },
      delivery_mode: 2,
      priority: 3,
      correlation_id: 'c',
      expiration: '60000',
      timestamp: 1_700_000_000,
      user_id: 'guest',
    };
    const body = { ...MESSAGE, properties, payload: 'AP8=', payload_encoding: 'base64' };
    expect((await api().post(path, body)).json).toEqual({ routed: true });
    const nowhere = { ...MESSAGE, routing_key: 'nowhere' };
    expect((await api().post(path, nowhere)).json).toEqual({ routed: false });
    const [fetched] = (await api().post('/queues/%2F/q/get', FETCH)).json;
    expect(fetched).toMatchObject({ payload: 'AP8=', payload_encoding: 'base64', properties });
    const { message_stats } = (await api().get('/exchanges/%2F/amq.default')).json;
    expect(message_stats.publish_in).toBeGreaterThanOrEqual(2);
  });

  test('a body of many frames arrives whole', async () => {
    await channel.assertQueue('q');
    const payload = numbers(60_000).join(' ');
    await api().post(path, { ...MESSAGE, payload });
    expect(await drain('q')).toEqual([{ body: payload, isRedelivered: false }]);
  });

  test.for([
    [{ properties: { delivery_mode: '2' } }, 'not_int: delivery_mode'],
    [{ properties: { content_type: 1 } }, 'not_string: content_type'],
    [{ properties: { priority: 256 } }, 'priority should be between 0 and 255'],
    [{ properties: { headers: { n: null } } }, 'null_not_allowed: n'],
    [{ properties: { type: 'x'.repeat(256) } }, 'type is longer than 255 bytes'],
    [
      { routing_key: 'x'.repeat(256) },
      '406 PRECONDITION_FAILED - routing key should be less than 255 bytes, actually was 256',
    ],
    [{ payload: { a: 1 } }, 'payload_not_string'],
    [{ payload_encoding: 'hex' }, 'unsupported_encoding: hex'],
    [{ payload: '%%', payload_encoding: 'base64' }, 'not_base64: %%'],
    [
      { properties: { user_id: 'zz' } },
      "406 PRECONDITION_FAILED - user_id property set to 'zz' but authenticated user was 'guest'",
    ],
    [
      { properties: { expiration: 'x' } },
      "406 PRECONDITION_FAILED - invalid expiration 'x': no_integer",
    ],
  ] as const)('%j is refused', async ([fields, reason]) => {
    const { status, json } = await api().post(path, { ...MESSAGE, ...fields });
    expect([status, json]).toEqual([400, { error: 'bad_request', reason }]);
  });

  test('an exchange that is missing or internal, or a queue that refuses', async () => {
    const missing = await api().post('/exchanges/%2F/nope/publish', MESSAGE);
    expect(missing.json.reason).toBe("404 NOT_FOUND - no exchange 'nope' in vhost '/'");
    const internal = await api().post('/exchanges/%2F/amq.rabbitmq.trace/publish', MESSAGE);
    expect([internal.status, internal.json.reason]).toEqual([401, 'Access refused.']);
    const limits = { maxLength: 1, arguments: { 'x-overflow': 'reject-publish' } };
    await channel.assertQueue('q', limits);
    expect((await api().post(path, MESSAGE)).status).toBe(200);
    expect((await api().post(path, MESSAGE)).json.reason).toBe(
      'the message was refused by a queue',
    );
  });
});

describe('peek', () => {
  test('pages through memory and disk, and changes nothing', async () => {
    await channel.assertQueue('q');
    const bodies = numbers(3_000).map((body) => body.padEnd(2_000));
    await publish('q', bodies, { persistent: true });
    const { messages_paged_out: pagedOut } = (await api().get('/queues/%2F/q')).json;
    expect(pagedOut).toBeGreaterThan(500);
    const seen: string[] = [];
    for (let offset: number | null = 0; offset !== null; ) {
      const page: { json: { messages: { payload: string }[]; next_offset: number | null } } =
        await api().get(`/x/queues/%2F/q/messages?offset=${offset}&limit=500&truncate=8`);
      seen.push(...page.json.messages.map(({ payload }) => payload));
      offset = page.json.next_offset;
    }
    expect(seen).toEqual(bodies.map((body) => body.slice(0, 8)));
    const last = await api().get('/x/queues/%2F/q/messages?offset=2999&truncate=4');
    expect(last.json.messages).toMatchObject([
      { payload: '2999', offset: 2999, redelivered: false },
    ]);
    const drained = await drain('q');
    expect(drained.map(({ body }) => body)).toEqual(bodies);
    expect(drained.some(({ isRedelivered }) => isRedelivered)).toBe(false);
  });

  test('shows what is unacknowledged, what was given back first, and priorities', async () => {
    await channel.assertQueue('q', { maxPriority: 2 });
    await publish('q', ['low']);
    await publish('q', ['one', 'two', 'three'], { priority: 2 });
    const first = await channel.get('q');
    const second = await channel.get('q');
    if (first === false || second === false) throw new Error('there are messages');
    channel.nack(first);
    const peek = async (query: string) => {
      const { json } = await api().get(`/x/queues/%2F/q/messages?${query}`);
      return json.messages.map((one: { payload: string; redelivered: boolean }) => [
        one.payload,
        one.redelivered,
      ]);
    };
    await expect
      .poll(() => peek(''))
      .toEqual([
        ['one', true],
        ['three', false],
        ['low', false],
      ]);
    expect(await peek('state=unacked')).toEqual([['two', true]]);
    expect(await peek('limit=1&offset=1')).toEqual([['three', false]]);
    channel.nack(second);
  });

  test('finds text in key, headers and body', async () => {
    await channel.assertQueue('q');
    await publish('q', ['a needle in it', 'nothing']);
    await publish('q', ['in a header'], { headers: { where: 'needle' } });
    const { json } = await api().get('/x/queues/%2F/q/messages?filter=needle');
    const offsets = json.messages.map(({ offset }: { offset: number }) => offset);
    expect([offsets, json.next_offset]).toEqual([[0, 2], null]);
  });

  test('bad parameters are told', async () => {
    await channel.assertQueue('q');
    const reason = async (query: string) =>
      (await api().get(`/x/queues/%2F/q/messages?${query}`)).json.reason;
    expect(await reason('limit=501')).toBe('limit should be an integer from 0 to 500');
    expect(await reason('offset=-1')).toMatch(/^offset should be an integer/);
    expect(await reason('state=x')).toBe('state is one of ready, unacked, waiting');
    expect(await reason('encoding=x')).toMatch(/^Unsupported encoding/);
    expect((await api().get('/x/queues/%2F/nope/messages')).status).toBe(404);
  });
});

async function ended(id: string): Promise<Record<string, unknown>> {
  const transfer = async () => (await api().get(`/x/transfers/${id}`)).json;
  await expect.poll(async () => (await transfer()).state).not.toBe('running');
  return transfer();
}

describe('move', () => {
  test('moves all in order, from the disk too, and leaves nothing behind', async () => {
    await channel.assertQueue('q');
    await channel.assertQueue('other');
    const bodies = numbers(2_000).map((body) => body.padEnd(2_000));
    await publish('q', bodies, { persistent: true, headers: { h: 1 }, expiration: '600000' });
    const started = await api().post('/x/queues/%2F/q/move', { destination: 'other' });
    expect(started.json).toMatchObject({ kind: 'move', total: 2_000, source: { name: 'q' } });
    expect(await ended(started.json.id)).toMatchObject({ state: 'finished', moved: 2_000 });
    expect(await drain('q')).toEqual([]);
    expect((await drain('other')).map(({ body }) => body)).toEqual(bodies);
  });

  test('only so many, at a rate, until it is cancelled', async () => {
    await channel.assertQueue('q');
    await channel.assertQueue('other');
    await publish('q', numbers(100));
    const some = await api().post('/x/queues/%2F/q/move', { destination: 'other', count: 5 });
    expect(await ended(some.json.id)).toMatchObject({ moved: 5 });
    const slow = await api().post('/x/queues/%2F/q/move', { destination: 'other', rate: 1 });
    const again = await api().post('/x/queues/%2F/q/move', { destination: 'other' });
    expect(again.json.reason).toBe("messages of queue 'q' are being moved already");
    expect((await api().delete(`/x/transfers/${slow.json.id}`)).status).toBe(204);
    expect(await ended(slow.json.id)).toMatchObject({ state: 'cancelled', rate: 1 });
    const list = (await api().get('/x/transfers')).json;
    expect(list.map(({ id }: { id: string }) => id)).toContain(slow.json.id);
    expect((await drain('q')).length + (await drain('other')).length).toBe(100);
  });

  test('a destination that refuses, is missing, or is the source', async () => {
    await channel.assertQueue('q');
    const limits = { maxLength: 2, arguments: { 'x-overflow': 'reject-publish' } };
    await channel.assertQueue('other', limits);
    await publish('q', numbers(5));
    const { json } = await api().post('/x/queues/%2F/q/move', { destination: 'other' });
    expect(await ended(json.id)).toMatchObject({
      state: 'failed',
      reason: "queue 'other' refuses messages",
      moved: 2,
    });
    expect((await drain('q')).map(({ body }) => body)).toEqual(['2', '3', '4']);
    const move = async (body: object) => (await api().post('/x/queues/%2F/q/move', body)).json;
    expect(await move({ destination: 'q' })).toMatchObject({
      reason: 'source and destination are one queue',
    });
    expect(await move({ destination: 'nope' })).toMatchObject({ error: 'Object Not Found' });
    expect(await move({ destination: 'other', rate: 0 })).toMatchObject({
      reason: 'rate has to be between 1 and 1000000 messages per second',
    });
    expect(await move({})).toMatchObject({ reason: '[{key_missing,destination}]' });
  });
});

describe('redrive', () => {
  test('dead letters go back to where they died first; others stay in their place', async () => {
    const dead = { deadLetterExchange: '', deadLetterRoutingKey: 'dlq' };
    await channel.assertQueue('dlq');
    await channel.assertQueue('q', dead);
    await channel.assertQueue('other', dead);
    await publish('q', ['from q']);
    await publish('other', ['from other']);
    for (const name of ['q', 'other']) {
      const message = await channel.get(name);
      if (message !== false) channel.nack(message, false, false);
    }
    await expect.poll(async () => (await channel.checkQueue('dlq')).messageCount).toBe(2);
    await publish('dlq', ['never died']);
    const { json } = await api().post('/x/queues/%2F/dlq/redrive', {});
    expect(await ended(json.id)).toMatchObject({ kind: 'redrive', moved: 2, stayed: 1 });
    expect(await drain('q')).toMatchObject([{ body: 'from q' }]);
    expect(await drain('other')).toMatchObject([{ body: 'from other' }]);
    expect(await drain('dlq')).toMatchObject([{ body: 'never died' }]);
  });
});

describe('delayed messages', () => {
  test('are listed in order of time, cancelled, and delivered before their time', async () => {
    await channel.assertQueue('late', { arguments: { 'x-delayed': true } });
    for (const [body, delay] of [
      ['third', 300_000],
      ['first', 100_000],
      ['second', 200_000],
    ] as const) {
      channel.sendToQueue('late', Buffer.from(body), {
        persistent: true,
        headers: { 'x-delay': delay },
      });
    }
    await channel.waitForConfirms();
    const path = '/x/delayed/queues/%2F/late';
    const held = async (query = '') => (await api().get(`${path}${query}`)).json;
    const { messages, total } = await held();
    const bodies = messages.map(({ payload }: { payload: string }) => payload);
    expect([bodies, total]).toEqual([['first', 'second', 'third'], 3]);
    const page = await held('?limit=1');
    expect(page.messages[0].id).toBe(messages[0].id);
    expect((await held(`?from=${page.next}&limit=1`)).messages[0].payload).toBe('second');
    expect((await api().delete(`${path}/${messages[0].id}`)).status).toBe(204);
    expect((await api().delete(`${path}/${messages[0].id}`)).status).toBe(404);
    expect((await api().post(`${path}/${messages[2].id}/deliver`)).status).toBe(204);
    expect(await drain('late')).toMatchObject([{ body: 'third' }]);
    expect((await held()).total).toBe(1);
    expect((await api().delete(`${path}/x`)).json.reason).toBe(
      "'x' is not the id of a delayed message",
    );
  });
});
