// The producer in tx mode: small batches, committed or rolled back. A batch counts as published from
// the moment its tx.commit is sent; what is rolled back must never be seen.

import type { Channel } from 'amqplib';
import type { Published } from './history.ts';
import type { Link } from './link.ts';
import type { Producer } from './producer.ts';

const BATCH_MAX = 12;
const ROLLBACK_PERCENT = 15;

const TX_SELECT = (90 << 16) | 10;
const TX_COMMIT = (90 << 16) | 20;
const TX_ROLLBACK = (90 << 16) | 30;

/** The client library knows the methods of the tx class, but has no calls for them. */
interface MethodCaller {
  rpc(method: number, fields: object, expected: number): Promise<unknown>;
}

function call(channel: Channel, method: number): Promise<unknown> {
  return (channel as unknown as MethodCaller).rpc(method, {}, method + 1);
}

/** Publishes in transactions until the link ends. */
export async function publishInTransactions(producer: Producer, link: Link): Promise<void> {
  try {
    const channel = await link.client.createChannel();
    channel.on('error', () => undefined);
    await call(channel, TX_SELECT);
    while (!link.isClosed) await oneTransaction(producer, link, channel);
  } catch (error) {
    // The broker ended in the middle; anything else is a fault.
    if (!link.isClosed) {
      await link.client.close();
      throw error;
    }
  }
}

async function oneTransaction(producer: Producer, link: Link, channel: Channel): Promise<void> {
  const { random } = producer;
  const batch: Published[] = [];
  const count = random.between(1, BATCH_MAX);
  for (let index = 0; index < count; index++) {
    const { id, sequence, route, body } = producer.next();
    batch.push({
      kind: 'published',
      epoch: link.epoch,
      link: link.name,
      channel: '',
      tag: 0,
      id,
      producer: producer.name,
      sequence,
      queues: route.queues,
      isPersistent: true,
      group: batch[0]?.group ?? `tx ${id}`,
    });
    channel.publish(route.exchange, route.routingKey, body, { persistent: true });
  }
  if (random.chance(ROLLBACK_PERCENT)) {
    await call(channel, TX_ROLLBACK);
    return;
  }
  for (const published of batch) link.note(published);
  await call(channel, TX_COMMIT);
  link.note({ kind: 'committed', group: batch[0]?.group ?? '' });
}
