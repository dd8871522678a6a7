// A node whose queue `q` gives messages to a client that does not want them, and `d` for dead letters.

import { expect } from 'vitest';
import type { BrokerSettings } from '../../../src/broker/broker-settings.ts';
import type { Queue } from '../../../src/broker/queue/queue.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../support/core/core-world.ts';
import type { MemoryClient, Received } from '../../support/core/memory-transport.ts';

export type Plain = { readonly [name: string]: PlainValue };

const PERSISTENT = { deliveryMode: 2 };

/** How often the message was given back, as its header tells; 0 without the header. */
export function countOf(delivery: Received | undefined): number {
  const value = delivery?.properties?.headers?.get('x-delivery-count');
  return value?.type === 'l' ? Number(value.value) : 0;
}

export class DeliveryWorld {
  readonly world: CoreWorld;
  readonly client: MemoryClient;

  private constructor(world: CoreWorld, client: MemoryClient) {
    this.world = world;
    this.client = client;
  }

  static async open(
    plain: Plain = {},
    settings: Partial<BrokerSettings> = {},
  ): Promise<DeliveryWorld> {
    const world = new CoreWorld(settings);
    const bench = new DeliveryWorld(world, await world.open());
    const deadLetter = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'd' };
    bench.client.method('queue.declare', {
      queue: 'q',
      durable: true,
      arguments: tableOf({ ...deadLetter, ...plain }),
    });
    bench.client.method('queue.declare', { queue: 'd', durable: true });
    await bench.#run();
    expect(bench.client.takeNames()).toEqual(['queue.declare-ok', 'queue.declare-ok']);
    return bench;
  }

  /** The node dies: with `isWritten` the commit on its way reached the disk. */
  async restarted(
    isWritten = false,
    settings: Partial<BrokerSettings> = {},
  ): Promise<DeliveryWorld> {
    if (isWritten) await this.world.journal.finishUnreported();
    const world = this.world.restarted(settings);
    return new DeliveryWorld(world, await world.open());
  }

  async #run(): Promise<void> {
    await this.world.run();
  }

  get queue(): Queue {
    return this.world.broker.vhosts.get('/')?.queues.get('q') as Queue;
  }

  async publish(body: string, properties: object = {}): Promise<void> {
    this.client.publish(body, { properties: { ...PERSISTENT, ...properties } });
    await this.#run();
  }

  /** Answers to basic.get: the body and how often it was given back. */
  async get(queue = 'q', noAck = false): Promise<readonly [string, number] | undefined> {
    this.client.take();
    this.client.method('basic.get', { queue, noAck });
    await this.#run();
    const [answer] = this.client.take();
    return answer?.name === 'basic.get-ok' ? [String(answer.body), countOf(answer)] : undefined;
  }

  /** Gives everything that is unacknowledged back, and runs until that is durable. */
  async nack(): Promise<void> {
    this.client.method('basic.nack', { deliveryTag: 0, multiple: true, requeue: true });
    await this.#run();
  }

  /** The message in front is taken and given back that often. */
  async getAndReturn(times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      expect(await this.get()).toBeDefined();
      await this.nack();
    }
  }

  /** Turns end until a commit is on its way; it is held back. */
  startCommit(): void {
    this.world.turn();
    this.world.clock.advance(5);
    this.world.turn();
    expect(this.world.journal.isCommitting).toBe(true);
  }

  /** The counts that lie on the disk. */
  async storedCounts(): Promise<number[]> {
    const chunks = await this.world.journal.storedChunks(this.queue.storageId);
    return chunks.flatMap(({ deliveryCounts }) => [...(deliveryCounts?.values() ?? [])]);
  }

  /** Everything that the queue gives, until it is empty. */
  async drained(queue: string): Promise<(readonly [string, number])[]> {
    const all: (readonly [string, number])[] = [];
    for (;;) {
      const one = await this.get(queue, true);
      if (one === undefined) return all;
      all.push(one);
    }
  }
}
