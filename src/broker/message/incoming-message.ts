// One message on its way from a publish into queues: where its bytes lie. A single instance is
// reused for every publish of a node, so nothing is allocated on the hot path.

const EMPTY = Buffer.alloc(0);

export class IncomingMessage {
  /** Holds the names and the content. Only valid during the publish. */
  buffer: Buffer = EMPTY;
  /** [namesStart, namesEnd): exchange and routing key, two short strings. */
  namesStart = 0;
  namesEnd = 0;
  /** buffer[contentStart] is 0xCE, then the header frame and body frames up to contentEnd. */
  contentStart = 0;
  contentEnd = 0;
  bodyBytes = 0;
  isPersistent = false;
  /** The priority property; -1 when absent. */
  priority = -1;
  /** Further flags of its records (see record.ts); the same for all messages of one scratch. */
  extraFlags = 0;
  /** An operator moves it from another queue: it is nobody's duplicate. The same for all of one scratch. */
  isMoved = false;
  /** Its own expiration in milliseconds; -1 = none. */
  expirationMs = -1;
  /** Routing keys of BCC, as short strings: a dead letter goes to them, too. */
  hiddenKeys: Buffer | undefined = undefined;
  /** True when expirationMs or hiddenKeys is set: its records need a trailer. */
  needsTrailer = false;
  /**
   * The record when the message is large (see LARGE_RECORD_BYTES): then every queue keeps this one
   * buffer and nothing is copied. ChannelPublishing writes its head, once delivery-mode is known.
   */
  record: Buffer | undefined = undefined;

  /** What the content header says of the message; what the message before had beyond that is cleared. */
  describe(isPersistent: boolean, priority: number): void {
    this.isPersistent = isPersistent;
    this.priority = priority;
    if (this.needsTrailer) this.#clear();
  }

  #clear(): void {
    this.needsTrailer = false;
    this.expirationMs = -1;
    this.hiddenKeys = undefined;
  }
}

/** Records from this size on are shared between queues instead of copied into their slabs. */
export const LARGE_RECORD_BYTES = 64 * 1024;
