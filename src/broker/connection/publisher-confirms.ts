// Publisher confirms of one channel. Prefix rule: a confirm leaves only when everything published
// before it on the channel is durable, so one basic.ack with `multiple` answers many publishes.

import { FRAME_END, FRAME_METHOD } from '../../protocol/frame-constants.ts';
import type { Outgoing } from '../outgoing.ts';
import type { CommitWaiter, Confirming, Turn } from '../turn.ts';

const ACK_FRAME_BYTES = 21;

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

  constructor(turn: Turn, outgoing: Outgoing, channel: number) {
    this.#turn = turn;
    this.#outgoing = outgoing;
    this.#channel = channel;
  }

  /** Publishes that are not answered yet. */
  get unconfirmedCount(): number {
    return this.#published - this.#confirmed;
  }

  /** Gives the next number; `needsCommit`: the message is answered when it is durable. */
  published(needsCommit: boolean): void {
    this.#published++;
    if (needsCommit) {
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
    const count = upTo - this.#confirmed;
    if (count <= 0 || this.#isClosed) return;
    this.#confirmed = upTo;
    const outgoing = this.#outgoing;
    outgoing.reserve(ACK_FRAME_BYTES);
    const out = outgoing.buffer;
    const at = outgoing.end;
    out[at] = FRAME_METHOD;
    out.writeUInt16BE(this.#channel, at + 1);
    out.writeUInt32BE(13, at + 3);
    out.writeUInt32BE(0x003c0050, at + 7);
    out.writeUInt32BE(Math.floor(upTo / 0x1_0000_0000), at + 11);
    out.writeUInt32BE(upTo >>> 0, at + 15);
    out[at + 19] = count > 1 ? 1 : 0;
    out[at + 20] = FRAME_END;
    outgoing.end = at + ACK_FRAME_BYTES;
  }
}
