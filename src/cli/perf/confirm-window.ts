// A producer's unconfirmed messages: how many more may be sent, and the confirm latency of each. Message numbers start
// at 0, delivery tags at 1. Every number is confirmed exactly once; a second confirm is counted, never applied.
import type { LatencyHistogram } from './latency-histogram.ts';

export class ConfirmWindow {
  confirmed = 0;
  rejected = 0;
  duplicates = 0;
  private readonly outstanding: number;
  private readonly settled: Uint8Array;
  private readonly sendTimes: Float64Array;
  private readonly mask: number;
  private readonly latency: LatencyHistogram;
  /** The lowest number that is not confirmed. */
  private low = 0;
  private sent = 0;

  constructor(outstanding: number, latency: LatencyHistogram) {
    // Eight times the window: confirms out of order may leave holes this far behind before sending has to wait.
    const capacity = 2 ** Math.ceil(Math.log2(outstanding * 8));
    this.outstanding = outstanding;
    this.settled = new Uint8Array(capacity);
    this.sendTimes = new Float64Array(capacity);
    this.mask = capacity - 1;
    this.latency = latency;
  }

  /** Messages below this number may be sent now. */
  get limit(): number {
    return Math.min(this.confirmed + this.outstanding, this.low + this.mask);
  }

  recordSent(messageNumber: number, sendTime: number): void {
    this.sendTimes[messageNumber & this.mask] = sendTime;
    this.sent = messageNumber + 1;
  }

  /** Applies basic.ack or basic.nack; returns how many messages it settled. */
  settle(deliveryTag: number, multiple: boolean, negative: boolean, now: number): number {
    const upTo = multiple && deliveryTag === 0 ? this.sent : deliveryTag;
    if (upTo === 0 || upTo > this.sent) {
      throw new Error(`the broker confirmed delivery tag ${deliveryTag}, which was never sent`);
    }
    let settledNow = 0;
    for (let number = multiple ? this.low : upTo - 1; number < upTo; number++) {
      const slot = number & this.mask;
      if (number < this.low || this.settled[slot] === 1) {
        if (!multiple) this.duplicates++;
        continue;
      }
      this.settled[slot] = 1;
      settledNow++;
      this.latency.add(now - this.sendTimes[slot]!);
    }
    this.confirmed += settledNow;
    if (negative) this.rejected += settledNow;
    while (this.low < this.sent && this.settled[this.low & this.mask] === 1) {
      this.settled[this.low & this.mask] = 0;
      this.low++;
    }
    return settledNow;
  }
}
