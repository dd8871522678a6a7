import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RECORD_HEAD_BYTES, recordBytesAt } from '../../../src/broker/message/record.ts';
import type { MessageProperties } from '../../../src/protocol/content-header.ts';
import { CoreWorld } from '../../support/core/core-world.ts';
import { type MemoryClient, publishBytes } from '../../support/core/memory-transport.ts';
import { bodyOfRecord } from '../../support/core/messages.ts';

async function withQueue(): Promise<{ world: CoreWorld; client: MemoryClient }> {
  const world = new CoreWorld();
  const client = await world.open();
  client.method('queue.declare', { queue: 'q', durable: true });
  await world.run();
  client.take();
  return { world, client };
}

/** The one message of the queue: everything but how its body is cut into frames. */
function storedMessage(world: CoreWorld) {
  const { messages } = world.broker.vhosts.get('/')?.queues.get('q') ?? fail();
  expect(messages.take()).toBe(true);
  const { slab, offsets } = messages.takenSegment;
  const offset = offsets[messages.takenIndex] as number;
  const names = offset + RECORD_HEAD_BYTES;
  const keyStart = names + 1 + (slab[names] as number);
  const namesEnd = keyStart + 1 + (slab[keyStart] as number);
  const headerEnd = namesEnd + 1 + 7 + recordBytesAt(slab, namesEnd + 4) + 1;
  const header = Buffer.from(slab.subarray(namesEnd, headerEnd));
  header.fill(0, 2, 4);
  return {
    flags: slab[offset + 8],
    names: slab.toString('latin1', names, namesEnd),
    header: header.toString('hex'),
    body: bodyOfRecord(slab, offset).toString('hex'),
    isPersistent: messages.takenSegment.states[messages.takenIndex] as number,
  };
}

function fail(): never {
  throw new Error('the queue exists');
}

const properties: fc.Arbitrary<MessageProperties> = fc
  .record(
    {
      contentType: fc.string({ maxLength: 20 }),
      deliveryMode: fc.constantFrom(1, 2),
      correlationId: fc.string({ maxLength: 20 }),
      timestamp: fc.bigInt({ min: 0n, max: 2n ** 40n }),
    },
    { requiredKeys: [] },
  )
  .map((record) => record as MessageProperties);

test('any split of a publish into chunks and body frames stores the same message', async () => {
  const { world, client } = await withQueue();
  const bodyBytes = fc.oneof(
    fc.integer({ min: 0, max: 600 }),
    fc.integer({ min: 60_000, max: 140_000 }),
  );
  const property = fc.asyncProperty(
    bodyBytes,
    properties,
    fc.integer({ min: 20, max: 131_072 }),
    fc.array(fc.nat({ max: 1000 }), { maxLength: 6 }),
    async (size, messageProperties, frameMax, cuts) => {
      const body = Buffer.alloc(size, 'abcdefg');
      client.publish(body, { properties: messageProperties });
      await world.run();
      const whole = storedMessage(world);
      const bytes = publishBytes(body, { properties: messageProperties, frameMax });
      const offsets = cuts
        .map((cut) => Math.floor((cut * bytes.length) / 1000))
        .sort((a, b) => a - b);
      let start = 0;
      for (const end of [...offsets, bytes.length]) {
        client.raw(bytes.subarray(start, end));
        start = end;
      }
      await world.run();
      expect(storedMessage(world)).toEqual(whole);
      expect(client.take()).toEqual([]);
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test('a large message whose frames come one by one survives a restart', async () => {
  const { world, client } = await withQueue();
  const bytes = publishBytes(Buffer.alloc(200_000, 'x'), { properties: { deliveryMode: 2 } });
  client.raw(bytes.subarray(0, 1000));
  client.raw(bytes.subarray(1000));
  await world.run();
  const restarted = world.restarted();
  const queue = restarted.broker.vhosts.get('/')?.queues.get('q') ?? fail();
  expect(queue.readyCount).toBe(1);
  const consumer = await restarted.open();
  consumer.method('basic.get', { queue: 'q' });
  await restarted.run();
  const [received] = consumer.take();
  expect(received?.name).toBe('basic.get-ok');
  expect(received?.body?.length).toBe(200_000);
});
