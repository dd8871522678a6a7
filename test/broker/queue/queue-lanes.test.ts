// Levels of priority through restarts.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { levelCount } from '../../../src/broker/queue/queue-lanes.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../support/core/core-world.ts';
import type { MemoryClient, Received } from '../../support/core/memory-transport.ts';

const HIGHEST_LEVEL = 4;

async function opened(): Promise<[CoreWorld, MemoryClient]> {
  const world = new CoreWorld();
  const client = await world.open();
  const queueArguments = tableOf({ 'x-max-priority': HIGHEST_LEVEL });
  client.method('queue.declare', { queue: 'q', durable: true, arguments: queueArguments });
  await world.run();
  client.take();
  return [world, client];
}

async function get(world: CoreWorld, client: MemoryClient): Promise<Received> {
  client.method('basic.get', { queue: 'q' });
  await world.run();
  return client.take()[0] as Received;
}

/** What is ready, in order; it stays in the queue. */
async function contents(world: CoreWorld): Promise<string[]> {
  const client = await world.open();
  const bodies: string[] = [];
  for (;;) {
    const { name, body } = await get(world, client);
    if (name !== 'basic.get-ok') break;
    bodies.push(String(body));
  }
  client.close();
  await world.run();
  return bodies;
}

function publish(client: MemoryClient, priority: number | undefined, body: string): void {
  const properties = { deliveryMode: 2, ...(priority === undefined ? {} : { priority }) };
  client.publish(body, { properties });
}

test('a queue has one storage id more than its highest priority, and two for priority 0', () => {
  const counts = [undefined, 0, 1, 255].map((maxPriority) =>
    levelCount({ maxPriority, defaultPriority: 0 }),
  );
  expect(counts).toEqual([1, 2, 2, 256]);
});

describe('after a restart', () => {
  it('a priority queue has its levels and the order within each', async () => {
    const [world, client] = await opened();
    const priorities = [0, 3, 1, 9, 3, undefined, 4, 1];
    for (const priority of priorities) publish(client, priority, String(priority));
    await world.run();
    const expected = ['9', '4', '3', '3', '1', '1', '0', 'undefined'];
    expect(await contents(world)).toEqual(expected);
    expect(await contents(world.restarted())).toEqual(expected);
  });

  it('what was unacked is redelivered in its level, before what is published now', async () => {
    const [world, client] = await opened();
    for (const body of ['low', 'low 2']) publish(client, 1, body);
    publish(client, 3, 'high');
    await get(world, client);
    await get(world, client);
    const after = world.restarted();
    const next = await after.open();
    publish(next, 3, 'high 2');
    publish(next, 4, 'highest');
    publish(next, 2, 'between');
    const received = [];
    for (let i = 0; i < 6; i++) received.push(await get(after, next));
    const seen = received.map(({ body, fields: { redelivered } }) => [String(body), redelivered]);
    expect(seen).toEqual([
      ['highest', false],
      ['high', true],
      ['high 2', false],
      ['between', false],
      ['low', true],
      ['low 2', false],
    ]);
  });

  it('a queue declared then has no level of another', async () => {
    const [world, client] = await opened();
    publish(client, HIGHEST_LEVEL, 'of q');
    await world.run();
    const after = world.restarted();
    const next = await after.open();
    next.method('queue.declare', { queue: 'other', durable: true });
    next.publish('of other', { routingKey: 'other', properties: { deliveryMode: 2 } });
    await after.run();
    const last = after.restarted();
    expect(await contents(last)).toEqual(['of q']);
    expect(last.broker.vhosts.get('/')?.queues.get('other')?.readyCount).toBe(1);
  });

  it('nothing of a deleted priority queue is left in the store', async () => {
    const [world, client] = await opened();
    for (const priority of [0, 2, 4]) publish(client, priority, 'm');
    await world.run();
    expect(world.journal.loadQueueStates().size).toBe(3);
    client.method('queue.delete', { queue: 'q' });
    await world.run();
    expect(world.journal.loadQueueStates().size).toBe(0);
  });
});

interface Step {
  readonly kind: 'publish' | 'ack' | 'hold' | 'restart';
  readonly priority: number;
}

/** What the queue should hold: by level, then as published. */
class Model {
  readonly #messages: { readonly body: string; readonly level: number; isHeld: boolean }[] = [];
  #published = 0;

  publish(priority: number): string {
    const body = `${++this.#published} of ${priority}`;
    this.#messages.push({ body, level: Math.min(priority, HIGHEST_LEVEL), isHeld: false });
    return body;
  }

  get ready() {
    const ready = this.#messages.filter(({ isHeld }) => !isHeld);
    return ready.sort((a, b) => b.level - a.level);
  }

  hold(): void {
    const [head] = this.ready;
    if (head !== undefined) head.isHeld = true;
  }

  ack(): void {
    const [head] = this.ready;
    if (head !== undefined) this.#messages.splice(this.#messages.indexOf(head), 1);
  }

  restart(): void {
    for (const message of this.#messages) message.isHeld = false;
  }
}

test('whatever is published, taken and restarted, the next message is the first of the highest level', async () => {
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom('publish', 'publish', 'publish', 'ack', 'hold', 'restart'),
    priority: fc.integer({ min: 0, max: HIGHEST_LEVEL + 2 }),
  });
  const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
    let [world, client] = await opened();
    const model = new Model();
    for (const { kind, priority } of steps) {
      if (kind === 'publish') {
        publish(client, priority, model.publish(priority));
        await world.run();
      } else if (kind === 'restart') {
        world = world.restarted();
        client = await world.open();
        model.restart();
      } else {
        const [expected] = model.ready;
        const {
          name,
          body,
          fields: { deliveryTag },
        } = await get(world, client);
        expect(name).toBe(expected === undefined ? 'basic.get-empty' : 'basic.get-ok');
        expect(body?.toString()).toBe(expected?.body);
        if (expected === undefined) continue;
        if (kind === 'ack') client.method('basic.ack', { deliveryTag: deliveryTag as number });
        await world.run();
        model[kind]();
      }
    }
    client.close();
    model.restart();
    await world.run();
    expect(await contents(world)).toEqual(model.ready.map(({ body }) => body));
    expect(await contents(world.restarted())).toEqual(model.ready.map(({ body }) => body));
  });
  await fc.assert(property, { numRuns: 60 });
});
