// The queues and the exchange of a crash run, and how each queue is consumed.

import type { ChannelModel } from 'amqplib';

export type Habit = 'ack each' | 'ack multiple' | 'requeue some' | 'reject some';

export interface WorldQueue {
  readonly name: string;
  readonly consumers: readonly Habit[];
}

export const FANOUT = 'crash.fanout';
/** Grows during the rounds until most of it is on the disk only. */
export const BACKLOG = 'crash.backlog';

export const QUEUES: readonly WorldQueue[] = [
  { name: 'crash.each', consumers: ['ack each'] },
  { name: 'crash.multiple', consumers: ['ack multiple'] },
  { name: 'crash.requeue', consumers: ['requeue some'] },
  { name: 'crash.reject', consumers: ['reject some'] },
  { name: 'crash.shared', consumers: ['ack each', 'ack multiple'] },
  { name: BACKLOG, consumers: [] },
];

export const FANOUT_QUEUES = ['crash.multiple', 'crash.requeue', 'crash.shared', BACKLOG];

export const CONSUMED_QUEUES = QUEUES.filter(({ consumers }) => consumers.length > 0).map(
  ({ name }) => name,
);

export const ORDERED_QUEUES: ReadonlySet<string> = new Set(
  QUEUES.filter(({ consumers }) => consumers.length <= 1).map(({ name }) => name),
);

export async function declareWorld(client: ChannelModel): Promise<void> {
  const channel = await client.createChannel();
  await channel.assertExchange(FANOUT, 'fanout', { durable: true });
  for (const { name } of QUEUES) await channel.assertQueue(name, { durable: true });
  for (const name of FANOUT_QUEUES) await channel.bindQueue(name, FANOUT, '');
  await channel.close();
}

/** Fails when something that was declared is gone. Returns the ready messages per queue. */
export async function checkWorld(client: ChannelModel): Promise<Map<string, number>> {
  const channel = await client.createChannel();
  await channel.checkExchange(FANOUT);
  const counts = new Map<string, number>();
  for (const { name } of QUEUES) counts.set(name, (await channel.checkQueue(name)).messageCount);
  await channel.close();
  return counts;
}
