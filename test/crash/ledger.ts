// What the clients saw, kept outside the process that is killed, and the verdict over it ("total queue
// plus"): nothing confirmed is lost, nothing unknown appears, repeats are flagged, order holds.

export interface Verdict {
  readonly publishedCount: number;
  readonly confirmedCount: number;
  /** Copies handed out, repeats included. */
  readonly deliveredCount: number;
  /** Confirmed, and neither acknowledged nor there in the end: `message in queue`. */
  readonly lost: readonly string[];
  /** Came out and was never published there. */
  readonly unexpected: readonly string[];
  readonly corrupt: readonly string[];
  /** Came again on the same connection without the redelivered flag. */
  readonly unflagged: readonly string[];
  /** First deliveries out of the order of their publisher. */
  readonly misordered: readonly string[];
  /** Confirms of what was not published, or twice. */
  readonly falseConfirms: readonly string[];
  /** Copies beyond the first, all flagged or behind a reconnect: allowed, counted. */
  readonly duplicateCount: number;
  /** Published without an answer, and came out: allowed, counted. */
  readonly recoveredCount: number;
}

interface Copy {
  deliveredCount: number;
  isSettled: boolean;
  isDrained: boolean;
  lastConnection: number;
}

/** `<producer>:<sequence number>` */
export type MessageId = `${string}:${number}`;

export class Ledger {
  /** Message id → queue → what became of the copy. */
  readonly #published = new Map<MessageId, Map<string, Copy>>();
  readonly #confirmed = new Set<MessageId>();
  /** connection, queue, producer → the last sequence number delivered for the first time. */
  readonly #lastFirst = new Map<string, number>();
  readonly #unexpected: string[] = [];
  readonly #corrupt: string[] = [];
  readonly #unflagged: string[] = [];
  readonly #misordered: string[] = [];
  readonly #falseConfirms: string[] = [];
  #deliveredCount = 0;
  #duplicateCount = 0;

  published(id: MessageId, queues: readonly string[]): void {
    const copies = queues.map((queue): [string, Copy] => [
      queue,
      { deliveredCount: 0, isSettled: false, isDrained: false, lastConnection: -1 },
    ]);
    this.#published.set(id, new Map(copies));
  }

  confirmed(id: MessageId): void {
    if (!this.#published.has(id) || this.#confirmed.has(id)) this.#falseConfirms.push(id);
    this.#confirmed.add(id);
  }

  delivered(id: MessageId, queue: string, connection: number, isRedelivered: boolean): void {
    this.#deliveredCount++;
    const copy = this.#published.get(id)?.get(queue);
    if (copy === undefined) {
      this.#unexpected.push(`${id} in ${queue}`);
      return;
    }
    copy.deliveredCount++;
    if (copy.deliveredCount > 1) {
      this.#duplicateCount++;
      if (!isRedelivered && copy.lastConnection === connection) {
        this.#unflagged.push(`${id} in ${queue}`);
      }
    } else if (!isRedelivered) {
      this.#checkOrder(id, queue, connection);
    }
    copy.lastConnection = connection;
  }

  #checkOrder(id: MessageId, queue: string, connection: number): void {
    const [producer, sequence] = id.split(':');
    const key = `${connection} ${queue} ${producer}`;
    const last = this.#lastFirst.get(key) ?? -1;
    if (Number(sequence) < last) this.#misordered.push(`${id} in ${queue}`);
    this.#lastFirst.set(key, Math.max(last, Number(sequence)));
  }

  /** An acknowledgement was sent; whether the broker saw it is not known. */
  settled(id: MessageId, queue: string): void {
    const copy = this.#published.get(id)?.get(queue);
    if (copy !== undefined) copy.isSettled = true;
  }

  /** Came out of the final draining, which acknowledges everything. */
  drained(id: MessageId, queue: string, connection: number, isRedelivered: boolean): void {
    this.delivered(id, queue, connection, isRedelivered);
    const copy = this.#published.get(id)?.get(queue);
    if (copy !== undefined) copy.isDrained = true;
  }

  corrupt(text: string, queue: string): void {
    this.#corrupt.push(`${text} in ${queue}`);
  }

  verdict(): Verdict {
    const lost: string[] = [];
    let recoveredCount = 0;
    for (const [id, copies] of this.#published) {
      for (const [queue, copy] of copies) {
        const isOut = copy.isSettled || copy.isDrained;
        if (this.#confirmed.has(id)) {
          if (!isOut) lost.push(`${id} in ${queue}`);
        } else if (copy.deliveredCount > 0) {
          recoveredCount++;
        }
      }
    }
    return {
      publishedCount: this.#published.size,
      confirmedCount: this.#confirmed.size,
      deliveredCount: this.#deliveredCount,
      lost,
      unexpected: this.#unexpected,
      corrupt: this.#corrupt,
      unflagged: this.#unflagged,
      misordered: this.#misordered,
      falseConfirms: this.#falseConfirms,
      duplicateCount: this.#duplicateCount,
      recoveredCount,
    };
  }
}

/** The classes that make a run fail, with examples. */
export function failuresOf(verdict: Verdict): string[] {
  const classes = {
    lost: verdict.lost,
    unexpected: verdict.unexpected,
    corrupt: verdict.corrupt,
    unflagged: verdict.unflagged,
    misordered: verdict.misordered,
    'false confirms': verdict.falseConfirms,
  };
  return Object.entries(classes)
    .filter(([, examples]) => examples.length > 0)
    .map(
      ([name, examples]) =>
        `${name}: ${examples.length}, such as ${examples.slice(0, 5).join(', ')}`,
    );
}
