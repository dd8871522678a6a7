// Counts of messages since the start, by RabbitMQ's words for what happened to them. Plain numbers that
// only grow, written on the path of every message.

/** What publishers did. */
export class PublishCounts {
  publish = 0;
  confirm = 0;
  returnUnroutable = 0;
  dropUnroutable = 0;

  add(other: PublishCounts): void {
    this.publish += other.publish;
    this.confirm += other.confirm;
    this.returnUnroutable += other.returnUnroutable;
    this.dropUnroutable += other.dropUnroutable;
  }
}

/** What consumers got. */
export class DeliveryCounts {
  /** To consumers that acknowledge. */
  deliver = 0;
  deliverNoAck = 0;
  /** By basic.get that is acknowledged. */
  get = 0;
  getNoAck = 0;
  getEmpty = 0;
  /** Those of the deliveries above that had been delivered before. */
  redeliver = 0;
  ack = 0;

  get deliverGet(): number {
    return this.deliver + this.deliverNoAck + this.get + this.getNoAck;
  }

  add(other: DeliveryCounts): void {
    this.deliver += other.deliver;
    this.deliverNoAck += other.deliverNoAck;
    this.get += other.get;
    this.getNoAck += other.getNoAck;
    this.getEmpty += other.getEmpty;
    this.redeliver += other.redeliver;
    this.ack += other.ack;
  }
}

/** Dead letters of a queue that has an exchange for them. */
export class DeathCounts {
  expired = 0;
  maxlen = 0;
  rejected = 0;
  deliveryLimit = 0;
  /** At-least-once: those that queues have taken. */
  confirmed = 0;

  add(other: DeathCounts): void {
    this.expired += other.expired;
    this.maxlen += other.maxlen;
    this.rejected += other.rejected;
    this.deliveryLimit += other.deliveryLimit;
    this.confirmed += other.confirmed;
  }
}
