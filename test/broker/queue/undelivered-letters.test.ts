// Dead letters that nobody takes stay with their queue (x-dead-letter-strategy at-least-once).
import { describe, expect, it } from 'vitest';
import { LARGE_RECORD_BYTES } from '../../../src/broker/message/incoming-message.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../support/core/core-world.ts';
import type { Received } from '../../support/core/memory-transport.ts';
import {
  AT_LEAST_ONCE,
  bind,
  bodies,
  changed,
  counts,
  declare,
  declareDlx,
  die,
  drained,
  opened,
  type Plain,
  queueOf,
  RETRY_MS,
} from './undelivered-world.ts';

function deathOf({ properties }: Received) {
  const field = properties?.headers?.get('x-death');
  const entry = field?.type === 'A' ? field.value[0] : undefined;
  return entry?.type === 'F' ? entry.value : undefined;
}
describe('what nobody takes stays, and goes once someone does', () => {
  it.each([
    { missing: 'the exchange', isBoundLater: false },
    { missing: 'a binding', isBoundLater: true },
  ])('$missing was missing', async ({ isBoundLater }) => {
    const { world, client } = await opened();
    declare(client, 'target');
    if (isBoundLater) declareDlx(client);
    await die(world, client, 'm');
    expect(counts(world)).toEqual([0, 1]);
    if (!isBoundLater) declareDlx(client);
    await changed(world);
    expect(counts(world)).toEqual([0, 1]);
    bind(client, 'target');
    await changed(world);
    expect(counts(world)).toEqual([0, 0]);
    expect(await bodies(world, 'target')).toEqual(['m']);
    expect(await bodies(world.restarted(), 'target')).toEqual([]);
  });

  it('with the time of its death, its reason and its hidden keys, through a restart', async () => {
    const { world, client } = await opened({ 'x-dead-letter-exchange': 'amq.direct' });
    const BCC: PlainValue = ['hidden'];
    await die(world, client, 'm', { BCC, CC: ['seen'] });
    const after = world.restarted();
    after.clock.advance(60_000);
    await after.run();
    expect(counts(after)).toEqual([0, 1]);
    const next = await after.open();
    declare(next, 'target');
    next.method('queue.bind', { queue: 'target', exchange: 'amq.direct', routingKey: 'hidden' });
    await changed(after);
    expect(counts(after)).toEqual([0, 0]);
    const [letter] = await drained(after, 'target');
    expect(String(letter?.body)).toBe('m');
    const death = deathOf(letter as Received);
    expect(String(death?.get('reason')?.value)).toBe('rejected');
    expect(death?.get('time')?.value).toBe(1_700_000_000n);
    expect(death?.get('routing-keys')?.value).toHaveLength(2);
  });

  it('an exchange was missing, and a policy names another', async () => {
    const { world, client } = await opened({ 'x-dead-letter-exchange': 'other' });
    client.method('queue.delete', { queue: 'source' });
    const { 'x-dead-letter-exchange': _, ...rest } = AT_LEAST_ONCE;
    declare(client, 'source', rest);
    const set = (exchange: string) =>
      world.broker.policies.set('policy', '/', 'p', {
        pattern: 'source',
        definition: { 'dead-letter-exchange': exchange, overflow: 'reject-publish' },
      });
    set('missing');
    declare(client, 'source2');
    await die(world, client, 'm');
    expect(counts(world)).toEqual([0, 1]);
    client.method('queue.bind', { queue: 'source2', exchange: 'amq.fanout' });
    await changed(world);
    expect(counts(world)).toEqual([0, 1]);
    set('amq.fanout');
    await changed(world);
    expect(counts(world)).toEqual([0, 0]);
    expect(await bodies(world, 'source2')).toEqual(['m']);
  });

  it('its only way was a cycle', async () => {
    const { world, client } = await opened({
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'source',
      'x-message-ttl': 1_000,
    });
    client.publish('m', { routingKey: 'source' });
    await world.run();
    world.clock.advance(1_000);
    await world.run();
    expect(counts(world)).toEqual([0, 1]);
  });
});

describe('a full target', () => {
  async function withFullTarget() {
    const { world, client } = await opened();
    declareDlx(client);
    declare(client, 'full', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
    bind(client, 'full');
    client.publish('fills', { exchange: 'dlx', properties: { deliveryMode: 2 } });
    await world.run();
    return { world, client };
  }

  it('gets the letter when it has room, after three minutes', async () => {
    const { world, client } = await withFullTarget();
    await die(world, client, 'm');
    expect(counts(world)).toEqual([0, 1]);
    expect(await bodies(world, 'full')).toEqual(['fills']);
    world.clock.advance(RETRY_MS - 1_000);
    await world.run();
    expect(counts(world)).toEqual([0, 1]);
    world.clock.advance(1_000);
    await world.run();
    expect(counts(world)).toEqual([0, 0]);
    expect(await bodies(world, 'full')).toEqual(['m']);
  });

  it('gets it alone: the other targets have it already, also after a restart', async () => {
    const { world, client } = await withFullTarget();
    declare(client, 'other');
    bind(client, 'other');
    await die(world, client, 'm');
    expect(counts(world)).toEqual([0, 1]);
    expect(await bodies(world, 'other')).toEqual(['m']);
    const after = world.restarted();
    expect(await bodies(after, 'full')).toEqual(['fills']);
    after.clock.advance(RETRY_MS);
    await after.run();
    expect(counts(after)).toEqual([0, 0]);
    expect(await bodies(after, 'full')).toEqual(['m']);
    expect(await bodies(after, 'other')).toEqual([]);
  });

  it('gets it alone also when the letter waited before for both', async () => {
    const { world, client } = await withFullTarget();
    client.method('queue.unbind', { queue: 'full', exchange: 'dlx' });
    await die(world, client, 'm');
    declare(client, 'other');
    bind(client, 'other');
    bind(client, 'full');
    await changed(world);
    expect(counts(world)).toEqual([0, 1]);
    expect(await bodies(world, 'other')).toEqual(['m']);
    const after = world.restarted();
    await changed(after);
    expect(await bodies(after, 'full')).toEqual(['fills']);
    after.clock.advance(RETRY_MS);
    await after.run();
    expect(counts(after)).toEqual([0, 0]);
    expect(await bodies(after, 'full')).toEqual(['m']);
    expect(await bodies(after, 'other')).toEqual([]);
  });

  it('that is no target any more is not waited for when another has the letter', async () => {
    const { world, client } = await withFullTarget();
    declare(client, 'other');
    bind(client, 'other');
    await die(world, client, 'm');
    client.method('queue.unbind', { queue: 'full', exchange: 'dlx' });
    client.method('queue.unbind', { queue: 'other', exchange: 'dlx' });
    await changed(world);
    expect(counts(world)).toEqual([0, 0]);
    expect(await bodies(world, 'other')).toEqual(['m']);
  });

  it('beside a delaying exchange: that holds the letter once', async () => {
    const { world, client } = await withFullTarget();
    const delaying = { exchange: 'later', type: 'fanout', durable: true };
    client.method('exchange.declare', {
      ...delaying,
      arguments: tableOf({ 'x-delayed-exchange': true }),
    });
    client.method('exchange.bind', { destination: 'later', source: 'dlx' });
    await die(world, client, 'm', { 'x-delay': 3_600_000 });
    expect(counts(world)).toEqual([0, 1]);
    const after = world.restarted();
    after.clock.advance(RETRY_MS);
    await after.run();
    expect(counts(after)).toEqual([0, 1]);
    const later = after.broker.vhosts.get('/')?.exchanges.get('later');
    expect(later?.intake?.delayed.messageCount).toBe(1);
    expect(await bodies(after, 'full')).toEqual(['fills']);
    after.clock.advance(RETRY_MS);
    await after.run();
    expect(counts(after)).toEqual([0, 0]);
    expect(later?.intake?.delayed.messageCount).toBe(1);
  });
});

describe('it counts in the length limit', () => {
  it.each([{ 'x-max-length': 1 }, { 'x-max-length-bytes': 4 }])('%o', async (limit) => {
    const { world, client } = await opened(limit);
    await die(world, client, 'dead');
    client.method('confirm.select');
    client.publish('more', { routingKey: 'source' });
    await world.run();
    expect(client.takeNames()).toEqual(['confirm.select-ok', 'basic.nack']);
    client.method('queue.purge', { queue: 'source' });
    client.publish('more', { routingKey: 'source' });
    await world.run();
    expect(client.take()).toMatchObject([
      { name: 'queue.purge-ok', fields: { messageCount: 0 } },
      { name: 'basic.ack' },
    ]);
  });
});

it.each(['queue.purge', 'queue.delete'])('%s drops it, on the disk too', async (method) => {
  const { world, client } = await opened();
  await die(world, client, 'm');
  client.method(method, { queue: 'source' });
  declareDlx(client);
  declare(client, 'target');
  bind(client, 'target');
  await changed(world);
  const after = world.restarted();
  await after.run();
  expect(await bodies(after, 'target')).toEqual([]);
  if (method === 'queue.delete') expect(after.journal.loadQueueStates().size).toBe(0);
  else expect(counts(after)).toEqual([0, 0]);
});

it('the queue may be deleted after a restart, and leaves nothing on the disk', async () => {
  const { world, client } = await opened();
  await die(world, client, 'm');
  const after = world.restarted();
  const next = await after.open();
  next.method('queue.delete', { queue: 'source' });
  await after.run();
  expect(after.journal.loadQueueStates().size).toBe(0);
  expect(after.broker.vhosts.get('/')?.awaitingRoutes.size).toBe(0);
});

it.each([
  { crash: 'before', isWritten: false, expected: [1, 0] },
  { crash: 'after', isWritten: true, expected: [0, 1] },
])('moves in one commit: a crash $crash it', async ({ isWritten, expected }) => {
  const { world, client } = await opened();
  client.publish('m', { routingKey: 'source' });
  await world.run();
  client.method('basic.get', { queue: 'source' });
  world.turn();
  client.method('basic.reject', { deliveryTag: 1 });
  world.turn();
  world.clock.advance(5);
  world.turn();
  expect(world.journal.isCommitting).toBe(true);
  if (isWritten) await world.journal.finishUnreported();
  const after = world.restarted();
  expect(counts(after)).toEqual(expected);
});

it.each([
  { crash: 'before', isWritten: false, undelivered: 1 },
  { crash: 'after', isWritten: true, undelivered: 0 },
])('leaves in one commit: a crash $crash it', async ({ isWritten, undelivered }) => {
  const { world, client } = await opened({
    'x-dead-letter-exchange': 'amq.fanout',
  });
  declare(client, 'target');
  await die(world, client, 'm');
  client.method('queue.bind', { queue: 'target', exchange: 'amq.fanout' });
  await world.run();
  world.clock.advance(100);
  world.turn();
  world.clock.advance(5);
  world.turn();
  expect(world.journal.isCommitting).toBe(true);
  expect(queueOf(world, 'target').readyCount).toBe(1);
  if (isWritten) await world.journal.finishUnreported();
  const after = world.restarted();
  expect(counts(after)).toEqual([0, undelivered]);
  expect(queueOf(after, 'target').readyCount).toBe(1 - undelivered);
  await after.run();
  expect(counts(after)).toEqual([0, 0]);
  expect(await bodies(after, 'target')).toEqual(['m']);
});

it('letters of any size wait for days, tried in small portions, and all go', async () => {
  const { world, client } = await opened({}, new CoreWorld({ messageMemoryBytes: 4 << 20 }));
  const large = Buffer.alloc(LARGE_RECORD_BYTES, 'large').toString();
  const expected: string[] = [];
  for (let i = 0; i < 200; i++) {
    const body = i % 2 === 0 ? `${i} ${large}` : String(i);
    expected.push(body);
    await die(world, client, body);
  }
  expect(counts(world)).toEqual([0, 200]);
  world.clock.advance(RETRY_MS * 3);
  await world.run();
  const after = world.restarted({ messageMemoryBytes: 4 << 20 });
  await after.run();
  expect(counts(after)).toEqual([0, 200]);
  const next = await after.open();
  declareDlx(next);
  declare(next, 'target');
  bind(next, 'target');
  await changed(after);
  expect(counts(after)).toEqual([0, 0]);
  expect((await bodies(after, 'target')).sort()).toEqual(expected.sort());
});

describe('at-least-once is silently at-most-once', () => {
  it.each([
    ['without a strategy', { 'x-dead-letter-strategy': 'at-most-once' }],
    ['when the queue drops its head', { 'x-overflow': 'drop-head' }],
  ])('%s', async (_, plain) => {
    const { world, client } = await opened(plain);
    await die(world, client, 'm');
    expect(counts(world)).toEqual([0, 0]);
    expect(queueOf(world, 'source').undelivered).toBeUndefined();
  });

  it('once a policy says so: what waited has a last chance', async () => {
    const world = new CoreWorld();
    const set = (definition: Plain) =>
      world.broker.policies.set('policy', '/', 'p', { pattern: 'source', definition });
    const keeping = { 'dead-letter-exchange': 'dlx', 'dead-letter-strategy': 'at-least-once' };
    set({ ...keeping, overflow: 'reject-publish' });
    const client = await world.open();
    declare(client, 'source', { 'x-queue-type': 'quorum' });
    await die(world, client, 'm');
    expect(counts(world)).toEqual([0, 1]);
    set({ ...keeping, overflow: 'drop-head' });
    await changed(world);
    expect(counts(world)).toEqual([0, 0]);
    expect(counts(world.restarted())).toEqual([0, 0]);
  });
});

it('queues that are bound one after the other all get the letter', async () => {
  const { world, client } = await opened({ 'x-dead-letter-exchange': 'amq.fanout' });
  await die(world, client, 'm');
  for (const queue of ['one', 'two']) {
    declare(client, queue);
    client.method('queue.bind', { queue, exchange: 'amq.fanout' });
    await world.run();
  }
  await changed(world);
  expect(await bodies(world, 'one')).toEqual(['m']);
  expect(await bodies(world, 'two')).toEqual(['m']);
});
