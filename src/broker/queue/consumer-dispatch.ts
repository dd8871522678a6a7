// Shares the ready messages of one queue out to its consumers: strict round robin among those
// that can take a message now. Budget: no allocation, one canTake() per message with one consumer.

import type { QueueConsumer } from './queue-consumer.ts';
import type { QueueLane } from './queue-lane.ts';
import type { QueueLimits } from './queue-limits.ts';

export class ConsumerDispatch {
  readonly consumers: QueueConsumer[] = [];
  #next = 0;

  add(consumer: QueueConsumer): void {
    this.consumers.push(consumer);
  }

  /** True when the consumer was there. */
  remove(consumer: QueueConsumer): boolean {
    const index = this.consumers.indexOf(consumer);
    if (index < 0) return false;
    this.consumers.splice(index, 1);
    if (this.#next > index) this.#next--;
    return true;
  }

  /**
   * Delivers the messages of one lane until none is ready in memory or no consumer can take one. True
   * when no ready message is left.
   */
  run(lane: QueueLane, limits: QueueLimits): boolean {
    const { messages, positionOffset } = lane;
    while (messages.readyCount > 0) {
      if (messages.mayExpire) {
        if (!limits.ttl.dropExpired(lane, false)) return false;
        if (messages.readyCount === 0) break;
      }
      const consumer = this.#pick();
      if (consumer === undefined) return false;
      if (!messages.take()) break;
      const segment = messages.takenSegment;
      const index = messages.takenIndex;
      consumer.deliver(
        segment.slab,
        segment.offsets[index] as number,
        messages.takenPosition + positionOffset,
        messages.takenRedelivered,
      );
      if (consumer.isNoAck) messages.settleAt(segment, index);
    }
    return messages.readyCount === 0;
  }

  #pick(): QueueConsumer | undefined {
    const consumers = this.consumers;
    const count = consumers.length;
    let next = this.#next;
    for (let tried = 0; tried < count; tried++) {
      if (next >= count) next = 0;
      const consumer = consumers[next] as QueueConsumer;
      next++;
      if (consumer.canTake()) {
        this.#next = next;
        return consumer;
      }
    }
    return undefined;
  }
}
