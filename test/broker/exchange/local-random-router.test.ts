import { describe, expect, it } from 'vitest';
import type { Queue } from '../../../src/broker/queue/queue.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { describeRouterContract } from './router-contract.ts';
import { exchangeOf, messageOf, queueNamed, TestQueue } from './routing-fixture.ts';

const TYPE = 'x-local-random';

describeRouterContract({
  type: TYPE,
  routingKey: '',
  arguments: {},
  message: messageOf(['some.key']),
  reaches: 'one',
  matchesEverything: true,
});

function queueOfType(type: string): Queue {
  const { vhostName, isDurable, isAutoDelete, exclusiveOwner, storageId } = queueNamed('q');
  return new TestQueue({
    ...{ vhostName, isDurable, isAutoDelete, exclusiveOwner, storageId, name: 'q' },
    arguments: tableOf({ 'x-queue-type': type }),
  });
}

describe('x-local-random: what may be bound', () => {
  const { router } = exchangeOf(TYPE);
  const none = new Map();

  it('classic queues without a key', () => {
    expect(() => router.validate('', none, { queue: queueOfType('classic') })).not.toThrow();
  });

  it('no key', () => {
    expect(() => router.validate('k', none, { queue: queueNamed('q') })).toThrow(
      "PRECONDITION_FAILED - Non empty binding 'k' key not permitted",
    );
  });

  it('no other type of queue', () => {
    expect(() => router.validate('', none, { queue: queueOfType('quorum') })).toThrow(
      'PRECONDITION_FAILED - Queue type rabbit_quorum_queue not valid for this exchange type',
    );
  });

  it('no exchange', () => {
    expect(() => router.validate('', none, { exchange: exchangeOf('fanout') })).toThrow(
      'PRECONDITION_FAILED - Destination not found',
    );
  });
});
