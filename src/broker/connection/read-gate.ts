// Whether a connection is read. Several reasons may hold it at once (a reply that waits for the disk,
// an alarm, a disk that is behind); input goes on when the last one is gone.

import type { FrameParser } from '../../protocol/frame-parser.ts';
import type { Transport } from '../transport.ts';

export class ReadGate {
  readonly #parser: FrameParser;
  readonly #transport: Transport;
  readonly #goOn: () => void;
  #holds = 0;

  /** `goOn` parses what was kept meanwhile. */
  constructor(parser: FrameParser, transport: Transport, goOn: () => void) {
    this.#parser = parser;
    this.#transport = transport;
    this.#goOn = goOn;
  }

  get isHeld(): boolean {
    return this.#holds > 0;
  }

  /** Every hold() is followed by exactly one release(). */
  hold(): void {
    if (this.#holds++ > 0) return;
    this.#parser.stop();
    this.#transport.pauseReading();
  }

  release(): void {
    if (--this.#holds > 0) return;
    this.#transport.resumeReading();
    this.#goOn();
  }
}
