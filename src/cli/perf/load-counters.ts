// What all producers and consumers of a run have done so far, and when they last did it.

export class LoadCounters {
  confirmed = 0;
  consumed = 0;
  redelivered = 0;
  returned = 0;
  blocked = 0;
  lastPublishTime = 0;
  lastConfirmTime = 0;
  firstDeliveryTime = 0;
  lastDeliveryTime = 0;

  publishedUntil(now: number): void {
    this.lastPublishTime = now;
  }

  confirmedUntil(now: number, count: number): void {
    this.confirmed += count;
    this.lastConfirmTime = now;
  }

  deliveredUntil(now: number, count: number): void {
    if (this.consumed === 0) this.firstDeliveryTime = now;
    this.consumed += count;
    this.lastDeliveryTime = now;
  }
}
