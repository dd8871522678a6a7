import { describe, expect, it } from 'vitest';
import type { EventFields, EventName } from '../../../src/broker/events.ts';
import { Bench } from './topology-fixture.ts';

interface Heard {
  readonly bench: Bench;
  /** Name, entity and user of each event since the last call. */
  take(): string[];
}

function hearing(): Heard {
  const bench = new Bench();
  let heard: string[] = [];
  bench.events.listen((name: EventName, fields: () => EventFields) => {
    const { name: entity, source_name: source, user_who_performed_action: user } = fields();
    heard.push(`${name} ${String(entity ?? source)} by ${String(user)}`);
  });
  const take = () => {
    const taken = heard;
    heard = [];
    return taken;
  };
  return { bench, take };
}

describe('events of the topology', () => {
  it('are told once for what is new, and not for what is there', () => {
    const { bench, take } = hearing();
    for (let round = 0; round < 2; round++) {
      bench.declareExchange('x');
      bench.declareQueue('q');
      bench.bindQueue('x', 'q');
    }
    expect(take()).toEqual([
      'exchange.created x by ann',
      'queue.created q by ann',
      'binding.created x by ann',
    ]);
    bench.unbindQueue('x', 'other');
    bench.deleteQueue('other');
    bench.deleteExchange('other');
    expect(take()).toEqual([]);
  });

  it('tell what goes along', () => {
    const { bench, take } = hearing();
    bench.declareExchange('x');
    bench.declareExchange('auto', { isAutoDelete: true });
    bench.declareQueue('q');
    bench.bindQueue('x', 'q');
    bench.bindQueue('auto', 'q');
    take();
    bench.deleteQueue('q');
    expect(take()).toEqual([
      'binding.deleted x by rmq-internal',
      'binding.deleted auto by rmq-internal',
      'exchange.deleted auto by rmq-internal',
      'queue.deleted q by ann',
    ]);
  });

  it('tell an exchange before its bindings, of both directions', () => {
    const { bench, take } = hearing();
    bench.declareExchange('x');
    bench.declareExchange('y');
    bench.bindExchange('x', 'y');
    bench.bindExchange('y', 'x');
    take();
    bench.deleteExchange('x');
    expect(take()).toEqual([
      'exchange.deleted x by ann',
      'binding.deleted x by ann',
      'binding.deleted y by ann',
    ]);
  });

  it('blame the broker for exclusive queues that lose their connection', () => {
    const { bench, take } = hearing();
    bench.declareQueue('q', { isExclusive: true });
    bench.topology.deleteExclusiveQueues(bench.actor.connection);
    expect(take()).toEqual(['queue.created q by ann', 'queue.deleted q by rmq-internal']);
  });
});
