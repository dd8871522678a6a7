// Publisher confirms of one channel. Prefix rule: a confirm leaves only when everything published
// before it on the channel is durable, so one basic.ack with `multiple` answers many publishes.

import { FRAME_END, FRAME_METHOD } from '../../protocol/frame-constants.ts';
import { BASIC_ACK, BASIC_NACK } from '../../protocol/generated/methods.ts';
import { PublishCounts } from '../metrics/message-counts.ts';
import type { Outgoing } from '../outgoing.ts';
import { NEEDS_COMMIT, REJECTED } from '../queue/enqueue-outcome.ts';
import type { CommitWaiter, Confirming, Turn } from '../turn.ts';

const ACK_FRAME_BYTES = 21;
const MULTIPLE = 1;
const REQUEUE = 2;
const NOTHING = new PublishCounts();
const NO_NUMBERS: readonly number[] = [];

/** Which of the unconfirmed publishes went to which exchange: runs of one exchange, in order. */
class ConfirmRuns {
  /** Counts of the last publish. */
  last: PublishCounts = NOTHING;
  /** Where each run that is not confirmed yet begins, and its counts. */
  #starts: number[] = [];
  #counts: PublishCounts[] = [];

  start(number: number, counts: PublishCounts): void {
    this.last = counts;
    this.#starts.push(number);
    this.#counts.push(counts);
  }

  /** The publishes (from, to] are answered, `refused` ones among them with basic.nack. */
  answered(from: number, to: number, refused: readonly number[]): void {
    const starts = this.#starts;
    let done = 0;
    for (let begin = from; begin < to; ) {
      const next = starts[done + 1];
      const end = next === undefined ? to : Math.min(to, next - 1);
      const counts = this.#counts[done] as PublishCounts;
      counts.confirm += end - begin;
      if (refused.length > 0) {
        const isInRun = (number: number) => number > begin && number <= end;
        counts.confirm -= refused.filter(isInRun).length;
      }
      begin = end;
      if (next !== undefined && end === next - 1) done++;
    }
    if (done === 0) return;
    this.#starts = starts.slice(done);
    this.#counts = this.#counts.slice(done);
  }
}

export class PublisherConfirms implements Confirming, CommitWaiter {
  readonly #turn: Turn;
  readonly #outgoing: Outgoing;
  readonly #channel: number;
  /** Publishes since confirm.select; the number of the last one. */
  #published = 0;
  #confirmed = 0;
  /** Waits for the next commit to start. */
  #isWaiting = false;
  /** The commit in flight covers publishes up to this number; -1 = none. */
  #commitMark = -1;
  #isScheduled = false;
  #isClosed = false;
  /** Numbers above #confirmed that were refused (basic.nack) already, in order. */
  #nacked: number[] = [];
  readonly #runs = new ConfirmRuns();

  constructor(turn: Turn, outgoing: Outgoing, channel: number) {
    this.#turn = turn;
    this.#outgoing = outgoing;
    this.#channel = channel;
  }

  /** Publishes that are not answered yet. */
  get unconfirmedCount(): number {
    return this.#published - this.#confirmed - this.#nacked.length;
  }

  /** Publishes since confirm.select. */
  get publishedCount(): number {
    return this.#published;
  }

  /** Gives the next number. `outcome`: see queue/enqueue-outcome.ts; `counts`: where its confirm is counted. */
  published(outcome: number, counts: PublishCounts): void {
    this.#published++;
    if (counts !== this.#runs.last) this.#runs.start(this.#published, counts);
    if (outcome >= REJECTED) {
      this.#nack(this.#published);
    } else if (outcome === NEEDS_COMMIT) {
      if (this.#isWaiting) return;
      this.#isWaiting = true;
      this.#turn.awaitCommit(this);
    } else if (!this.#isScheduled && !this.#isWaiting && this.#commitMark < 0) {
      this.#isScheduled = true;
      this.#turn.confirmLater(this);
    }
  }

  commitStarted(): void {
    this.#isWaiting = false;
    this.#commitMark = this.#published;
  }

  commitDurable(): void {
    const mark = this.#commitMark;
    this.#commitMark = -1;
    this.#ack(mark);
    if (this.#isWaiting || this.#isScheduled || this.#published === mark) return;
    this.#isScheduled = true;
    this.#turn.confirmLater(this);
  }

  /** Answers everything that does not wait for the disk. */
  sendConfirms(): void {
    this.#isScheduled = false;
    if (this.#isWaiting || this.#commitMark >= 0) return;
    this.#ack(this.#published);
  }

  /** The channel is closed: nothing is answered any more. */
  close(): void {
    this.#isClosed = true;
  }

  #ack(upTo: number): void {
    if (upTo <= this.#confirmed || this.#isClosed) return;
    let last = upTo;
    let count = upTo - this.#confirmed;
    const nacked = this.#nacked;
    let passed = NO_NUMBERS;
    if (nacked.length > 0) {
      // What was refused has its answer; a `multiple` may pass over it, but not end on it.
      passed = nacked.filter((number) => number <= upTo);
      this.#nacked = nacked.slice(passed.length);
      count -= passed.length;
      for (let i = passed.length - 1; passed[i] === last; i--) last--;
    }
    this.#runs.answered(this.#confirmed, upTo, passed);
    this.#confirmed = upTo;
    if (count > 0) this.#write(BASIC_ACK, last, count > 1 ? MULTIPLE : 0);
  }

  /**
   * Refuses the last publish, at once. As RabbitMQ does, with `multiple` when it is the only one that
   * waits for an answer; the requeue bit is set as RabbitMQ sets it.
   */
  #nack(number: number): void {
    if (this.#isClosed) return;
    if (!this.#isWaiting && this.#commitMark < 0) this.#ack(number - 1);
    if (this.#confirmed === number - 1) {
      this.#confirmed = number;
      this.#runs.answered(number - 1, number, [number]);
      this.#write(BASIC_NACK, number, MULTIPLE | REQUEUE);
    } else {
      this.#nacked.push(number);
      this.#write(BASIC_NACK, number, REQUEUE);
    }
  }

  #write(methodId: number, number: number, bits: number): void {
    const outgoing = this.#outgoing;
    outgoing.reserve(ACK_FRAME_BYTES);
    const out = outgoing.buffer;
    const at = outgoing.end;
    out[at] = FRAME_METHOD;
    out.writeUInt16BE(this.#channel, at + 1);
    out.writeUInt32BE(13, at + 3);
    out.writeUInt32BE(methodId, at + 7);
    out.writeUInt32BE(Math.floor(number / 0x1_0000_0000), at + 11);
    out.writeUInt32BE(number >>> 0, at + 15);
    out[at + 19] = bits;
    out[at + 20] = FRAME_END;
    outgoing.end = at + ACK_FRAME_BYTES;
  }
}
