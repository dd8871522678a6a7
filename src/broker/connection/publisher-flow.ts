// Back-pressure on a publishing connection: an alarm of the node, or a disk that is behind. Either way
// the connection is not read; its deliveries go on.

import type { BrokerNode } from '../broker-node.ts';
import type { Throttled } from '../turn.ts';
import type { ReadGate } from './read-gate.ts';

export class PublisherFlow implements Throttled {
  readonly #node: BrokerNode;
  readonly #gate: ReadGate;
  /** The disk is behind. */
  isThrottled = false;
  /** An alarm met a publish of this connection. */
  isBlocked = false;

  constructor(node: BrokerNode, gate: ReadGate) {
    this.#node = node;
    this.#gate = gate;
  }

  /** The disk is behind: reading stops until it caught up. */
  throttle(): void {
    if (this.isThrottled) return;
    this.isThrottled = true;
    this.#gate.hold();
    this.#node.turn.throttle(this);
  }

  unthrottle(): void {
    this.isThrottled = false;
    this.#gate.release();
  }

  /** True when the connection is newly blocked: the client is to be told. */
  block(): boolean {
    if (this.isBlocked) return false;
    this.isBlocked = true;
    this.#gate.hold();
    return true;
  }

  /** True when the connection was blocked; `resume` is to be called after the client was told. */
  unblock(): boolean {
    if (!this.isBlocked) return false;
    this.isBlocked = false;
    return true;
  }

  resume(): void {
    this.#gate.release();
  }
}
