// Cases of a queue's positions that no random history of plain messages reaches.

import { expect, test } from 'vitest';
import { MessageMemory } from '../../../src/broker/message/message-memory.ts';
import { QueueMessages } from '../../../src/broker/queue/queue-messages.ts';
import { requeueAt } from '../../../src/broker/queue/returned-positions.ts';
import { incoming } from '../../support/core/messages.ts';

test('an unacked message may still expire when everything behind it is settled', () => {
  const messages = new QueueMessages(new MessageMemory(1 << 30));
  messages.enqueueWithTrailer(incoming({ body: Buffer.from('first') }), 1000);
  messages.take();
  const position = messages.takenPosition;
  // In a segment of its own, which is the tail.
  messages.enqueueWithTrailer(incoming({ body: Buffer.alloc(100_000) }), 1000);
  messages.take();
  messages.settleAt(messages.takenSegment, messages.takenIndex);
  requeueAt(messages, position);
  expect(messages.readyCount).toBe(1);
  expect(messages.mayExpire).toBe(true);
});
