// What a queue knows of a consumer. The channel side implements it.

export interface QueueConsumer {
  readonly consumerTag: string;
  readonly isNoAck: boolean;
  readonly isExclusive: boolean;
  /** Messages go to higher ones first. */
  readonly priority: bigint;
  /** Deliveries that it has not settled. */
  readonly unackedCount: number;
  /** True when neither prefetch nor back-pressure of its connection stands against one more message. */
  canTake(): boolean;
  /**
   * Sends the record at slab[offset]. Unless isNoAck, the consumer now owns the position until it
   * settles or requeues it.
   */
  deliver(slab: Buffer, offset: number, position: number, isRedelivered: boolean): void;
  /** The queue is gone: the consumer is cancelled by the server. */
  queueRemoved(): void;
}
