// The methods a connection sends: at once, behind the reply that is in work, or when the commit they
// wait for is durable (invariant 4). Content frames go to `outgoing` directly.

import { encodeMethodFrame } from '../../protocol/frame-writer.ts';
import type { Method } from '../../protocol/generated/methods.ts';
import type { Outgoing } from '../outgoing.ts';
import type { CommitWaiter, Confirming, Turn } from '../turn.ts';
import type { ReadGate } from './read-gate.ts';

export class ConnectionOutput implements CommitWaiter, Confirming {
  readonly #outgoing: Outgoing;
  readonly #turn: Turn;
  readonly #gate: ReadGate;
  /** Frames that wait for the commit; undefined = none waits. */
  #held: Buffer[] | undefined;
  #isWaiting = false;
  /** Server-sent methods that follow the reply to the method in work. */
  #afterReply: Buffer[] = [];

  constructor(outgoing: Outgoing, turn: Turn, gate: ReadGate) {
    this.#outgoing = outgoing;
    this.#turn = turn;
    this.#gate = gate;
  }

  send(channel: number, method: Method): void {
    this.#put(encodeMethodFrame(channel, method));
  }

  #put(frame: Buffer): void {
    if (this.#held !== undefined) this.#held.push(frame);
    else this.#outgoing.append(frame);
  }

  /** Sends behind the reply to the method in work, at the latest at the end of the turn. */
  sendAfterReply(channel: number, method: Method): void {
    if (this.#afterReply.length === 0) this.#turn.confirmLater(this);
    this.#afterReply.push(encodeMethodFrame(channel, method));
  }

  /** The method in work is done: what was to follow its reply follows. */
  replied(): void {
    if (this.#afterReply.length === 0) return;
    const frames = this.#afterReply;
    this.#afterReply = [];
    for (const frame of frames) this.#put(frame);
  }

  /** End of turn, for connections that had no method in work. */
  sendConfirms(): void {
    this.replied();
  }

  /** From now until the next commit is durable, replies wait and nothing more is read. */
  holdUntilDurable(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#held = [];
    this.#gate.hold();
    this.#turn.awaitCommit(this);
  }

  commitStarted(): void {}

  commitDurable(): void {
    this.#isWaiting = false;
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) this.#outgoing.append(frame);
    this.#gate.release();
  }

  /** The connection closes: what waits is not sent any more, what follows is sent at once. */
  dropHeld(): void {
    this.#held = undefined;
    this.#afterReply = [];
  }
}
