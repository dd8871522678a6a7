// A quorum queue that dead-letters at least once, and what becomes of its messages.
import type { Queue } from '../../../src/broker/queue/queue.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../support/core/core-world.ts';
import type { MemoryClient, Received } from '../../support/core/memory-transport.ts';

export type Plain = { readonly [name: string]: PlainValue };

export const RETRY_MS = 180_000;

export const AT_LEAST_ONCE: Plain = {
  'x-queue-type': 'quorum',
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
  'x-dead-letter-exchange': 'dlx',
};

export function declare(client: MemoryClient, queue: string, plain: Plain = {}): void {
  client.method('queue.declare', { queue, durable: true, arguments: tableOf(plain) });
}

export function declareDlx(client: MemoryClient): void {
  client.method('exchange.declare', { exchange: 'dlx', type: 'fanout', durable: true });
}

export function bind(client: MemoryClient, queue: string): void {
  client.method('queue.bind', { queue, exchange: 'dlx' });
}

/** `source` with that dead-letter exchange, which is missing. */
export async function opened(plain: Plain = {}, world = new CoreWorld()) {
  const client = await world.open();
  declare(client, 'source', { ...AT_LEAST_ONCE, ...plain });
  await world.run();
  client.take();
  return { world, client };
}

export function queueOf(world: CoreWorld, name: string): Queue {
  return world.broker.vhosts.get('/')?.queues.get(name) as Queue;
}

/** Ready, and dead but undelivered. */
export function counts(world: CoreWorld): [number, number] {
  const { readyCount, undelivered } = queueOf(world, 'source');
  return [readyCount, undelivered?.count ?? 0];
}

/** Time enough for a retry after a change. */
export async function changed(world: CoreWorld): Promise<void> {
  await world.run();
  world.clock.advance(100);
  await world.run();
}

/** Publishes one message and rejects it. */
export async function die(
  world: CoreWorld,
  client: MemoryClient,
  body: Buffer | string,
  headers?: Plain,
) {
  const properties = headers === undefined ? {} : { headers: tableOf(headers) };
  client.publish(body, { routingKey: 'source', properties });
  await reject(world, client);
}

async function reject(world: CoreWorld, client: MemoryClient): Promise<void> {
  client.method('basic.get', { queue: 'source' });
  await world.run();
  const found = client.take().find(({ name }) => name === 'basic.get-ok');
  client.method('basic.reject', { deliveryTag: found?.fields['deliveryTag'] as number });
  await world.run();
}

export async function drained(world: CoreWorld, queue: string): Promise<Received[]> {
  const client = await world.open();
  const found: Received[] = [];
  for (;;) {
    client.method('basic.get', { queue, noAck: true });
    await world.run();
    const answer = client.take()[0] as Received;
    if (answer.name !== 'basic.get-ok') return found;
    found.push(answer);
  }
}

export async function bodies(world: CoreWorld, queue: string): Promise<string[]> {
  return (await drained(world, queue)).map(({ body }) => String(body));
}
