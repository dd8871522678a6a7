// Shares the ready messages of one queue out to its consumers: strict round robin among those
// that can take a message now. Budget: no allocation, one canTake() per message with one consumer.

import type { QueueConsumer } from './queue-consumer.ts';
import type { QueueMessages } from './queue-messages.ts';

export class ConsumerDispatch {
  readonly #messages: QueueMessages;
  readonly consumers: QueueConsumer[] = [];
  #next = 0;

  constructor(messages: QueueMessages) {
    this.#messages = messages;
  }

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

  /** Delivers until no message is ready in memory or no consumer can take one. */
  run(): void {
    const messages = this.#messages;
    while (messages.readyCount > 0) {
      const consumer = this.#pick();
      if (consumer === undefined) return;
      if (!messages.take()) return;
      const segment = messages.takenSegment;
      const index = messages.takenIndex;
      consumer.deliver(
        segment.slab,
        segment.offsets[index] as number,
        messages.takenPosition,
        messages.takenRedelivered,
      );
      if (consumer.isNoAck) messages.settleAt(segment, index);
    }
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
