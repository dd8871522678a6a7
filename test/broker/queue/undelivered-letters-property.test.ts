// Any history of a queue that dead-letters at least once.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bind,
  bodies,
  changed,
  counts,
  declare,
  declareDlx,
  die,
  opened,
  RETRY_MS,
} from './undelivered-world.ts';

type Step =
  | { readonly kind: 'die' | 'restart' | 'drain' | 'wait' | 'purge' }
  | { readonly kind: 'bind' | 'unbind'; readonly queue: 'open' | 'narrow' };

test('whatever comes and goes, each letter reaches each queue once at most, and one of them', async () => {
  const kinds = fc.constantFrom('die', 'die', 'die', 'die', 'restart', 'drain', 'wait', 'purge');
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: kinds }) as fc.Arbitrary<Step> },
    fc.record({
      kind: fc.constantFrom('bind', 'bind', 'unbind'),
      queue: fc.constantFrom('open', 'narrow'),
    }) as fc.Arbitrary<Step>,
  );
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 10, maxLength: 30, size: 'max' }),
    async (steps) => {
      const first = await opened();
      let { world, client } = first;
      declareDlx(client);
      declare(client, 'open');
      declare(client, 'narrow', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
      await world.run();
      client.take();
      const alive = new Set<string>();
      const found = { open: [] as string[], narrow: [] as string[] };
      const drain = async () => {
        for (const queue of ['open', 'narrow'] as const) {
          found[queue].push(...(await bodies(world, queue)));
        }
      };
      const wait = async () => {
        world.clock.advance(RETRY_MS);
        await world.run();
      };
      let count = 0;
      for (const { kind, ...rest } of steps) {
        const queue = 'queue' in rest ? rest.queue : '';
        if (kind === 'die') {
          const body = String(++count);
          alive.add(body);
          await die(world, client, body);
        } else if (kind === 'restart') {
          world = world.restarted();
          client = await world.open();
          await changed(world);
        } else if (kind === 'drain') {
          await drain();
        } else if (kind === 'wait') {
          await wait();
        } else if (kind === 'purge') {
          client.method('queue.purge', { queue: 'source' });
          await world.run();
          client.take();
          // What some queue has is delivered, the rest is gone.
          await drain();
          for (const body of alive) {
            if (!found.open.includes(body) && !found.narrow.includes(body)) alive.delete(body);
          }
        } else {
          client.method(`queue.${kind}`, { queue, exchange: 'dlx' });
          await changed(world);
          client.take();
        }
      }
      bind(client, 'open');
      await changed(world);
      client.take();
      // The narrow queue takes one at a time.
      for (let i = 0; i <= count && counts(world)[1] > 0; i++) {
        await drain();
        await wait();
      }
      await drain();
      expect(counts(world)).toEqual([0, 0]);
      for (const bodiesOfQueue of [found.open, found.narrow]) {
        expect(new Set(bodiesOfQueue).size).toBe(bodiesOfQueue.length);
      }
      expect(new Set([...found.open, ...found.narrow])).toEqual(alive);
    },
  );
  await fc.assert(property, { numRuns: 40 });
});
