import { describe, expect, it } from 'vitest';
import { Bench, refusal } from './topology-fixture.ts';

const LOCKED =
  "405 RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q' in vhost '/'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.";
// 255 octets is all that fits, as in RabbitMQ.
const locked = LOCKED.length - 4 <= 255 ? LOCKED : `${LOCKED.slice(0, 4 + 252)}...`;

describe('exclusive queues', () => {
  it('are closed to other connections, except for publishing', () => {
    const bench = new Bench();
    const { topology, vhost, stranger } = bench;
    bench.declareQueue('q', { isExclusive: true });
    bench.declareExchange('x');
    bench.bindQueue('x', 'q', { routingKey: 'bound' });
    const request = {
      source: 'x',
      destinationKind: 'queue' as const,
      destination: 'q',
      routingKey: 'k',
      arguments: new Map(),
    };
    for (const action of [
      () => bench.declareQueue('q', { isExclusive: true }, stranger),
      () => bench.declareQueue('q', {}, stranger),
      () => topology.checkQueue(stranger, vhost, 'q'),
      () => topology.purgeQueue(stranger, vhost, 'q'),
      () => bench.deleteQueue('q', {}, stranger),
      () => topology.bind(stranger, vhost, request),
      () => topology.unbind(stranger, vhost, { ...request, routingKey: 'bound' }),
    ]) {
      expect(refusal(action)).toBe(locked);
    }
    expect(topology.unbind(stranger, vhost, request)).toEqual({ isStored: false });
    expect(bench.queue('q').bindings.size).toBe(1);
  });

  it('are the same again for their owner, whatever the durable bit', () => {
    const bench = new Bench();
    const { queue } = bench.declareQueue('q', { isExclusive: true, isDurable: true });
    expect(bench.declareQueue('q', { isExclusive: true }).queue).toBe(queue);
    expect(queue.isDurable).toBe(false);
  });

  it('report a changed exclusive flag before any other difference', () => {
    const bench = new Bench();
    bench.declareQueue('q', { isExclusive: true });
    expect(refusal(() => bench.declareQueue('q', { isAutoDelete: true }))).toBe(locked);
    bench.declareQueue('shared');
    expect(
      refusal(() => bench.declareQueue('shared', { isExclusive: true, isDurable: true })),
    ).toContain("405 RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'shared'");
  });

  it('go with their connection, and only with it', () => {
    const bench = new Bench();
    const mine = bench.declareQueue('mine', { isExclusive: true }).queue;
    const deleted = bench.declareQueue('deleted', { isExclusive: true }).queue;
    const theirs = bench.declareQueue('theirs', { isExclusive: true }, bench.stranger).queue;
    const shared = bench.declareQueue('shared').queue;
    bench.deleteQueue('deleted');
    bench.topology.deleteExclusiveQueues(bench.actor.connection);
    bench.topology.deleteExclusiveQueues(bench.actor.connection);
    expect([...bench.vhost.queues.keys()]).toEqual(['theirs', 'shared']);
    const removedCounts = [mine, deleted, theirs, shared].map((queue) => queue.removedCount);
    expect(removedCounts).toEqual([1, 1, 0, 0]);
  });

  it('are not taken for a later queue of the same name', () => {
    const bench = new Bench();
    bench.declareQueue('q', { isExclusive: true });
    bench.deleteQueue('q');
    bench.declareQueue('q');
    bench.topology.deleteExclusiveQueues(bench.actor.connection);
    expect(bench.hasQueue('q')).toBe(true);
  });

  it('may be gone with their vhost before their connection', () => {
    const bench = new Bench();
    const { queue } = bench.declareQueue('q', { isExclusive: true });
    bench.vhosts.delete('/');
    bench.topology.deleteExclusiveQueues(bench.actor.connection);
    expect(queue.removedCount).toBe(1);
  });
});
