// Heartbeats both ways, as RabbitMQ times them: we send when half an interval passed without sending;
// two intervals in a row without a byte from the peer end the connection.

import { HEARTBEAT_FRAME } from '../../protocol/frame-constants.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Outgoing } from '../outgoing.ts';

/** What a heartbeat watches. */
export interface HeartbeatSubject {
  readonly outgoing: Outgoing;
  /** Counts what came in; any traffic proves that the peer lives. */
  readonly receivedBytes: number;
  /** While we do not read, silence of the peer proves nothing. */
  readonly isReadingPaused: boolean;
  peerIsSilent(): void;
}

export class Heartbeat {
  readonly #clock: Clock;
  readonly #subject: HeartbeatSubject;
  readonly #intervalMs: number;
  #sendTimer: Timer | undefined;
  #receiveTimer: Timer | undefined;
  #sentBytes = 0;
  #receivedBytes = 0;
  #silentChecks = 0;

  constructor(clock: Clock, subject: HeartbeatSubject, heartbeatSeconds: number) {
    this.#clock = clock;
    this.#subject = subject;
    this.#intervalMs = heartbeatSeconds * 1000;
  }

  start(): void {
    this.#sentBytes = this.#subject.outgoing.sentBytes;
    this.#receivedBytes = this.#subject.receivedBytes;
    this.#scheduleSend();
    this.#scheduleReceive();
  }

  stop(): void {
    this.#sendTimer?.cancel();
    this.#receiveTimer?.cancel();
    this.#sendTimer = undefined;
    this.#receiveTimer = undefined;
  }

  #scheduleSend(): void {
    this.#sendTimer = this.#clock.setTimer(this.#intervalMs / 2, () => {
      const outgoing = this.#subject.outgoing;
      if (outgoing.sentBytes === this.#sentBytes && !outgoing.isCongested) {
        outgoing.append(HEARTBEAT_FRAME);
        this.#sentBytes = outgoing.sentBytes + HEARTBEAT_FRAME.length;
      } else {
        this.#sentBytes = outgoing.sentBytes;
      }
      this.#scheduleSend();
    });
  }

  #scheduleReceive(): void {
    this.#receiveTimer = this.#clock.setTimer(this.#intervalMs, () => {
      const subject = this.#subject;
      const isSilent = subject.receivedBytes === this.#receivedBytes && !subject.isReadingPaused;
      this.#receivedBytes = subject.receivedBytes;
      this.#silentChecks = isSilent ? this.#silentChecks + 1 : 0;
      if (this.#silentChecks >= 2) subject.peerIsSilent();
      else this.#scheduleReceive();
    });
  }
}
