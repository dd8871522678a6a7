// The auditor's idea of a queue: which messages may come out of it, in which order, and what is known
// of each. After a crash some entries are only possible (`isSure` false): they may come or stay away.

import type { ModelConsumer } from './model-channel.ts';

export interface PublishedMessage {
  readonly id: string;
  readonly body: Buffer;
  readonly exchange: string;
  readonly routingKey: string;
  readonly isPersistent: boolean;
}

export interface QueueEntry {
  readonly message: PublishedMessage;
  readonly queue: ModelQueue;
  position: number;
  /** When it arrived: a number of the history. */
  readonly enqueuedAt: number;
  /** When the broker had taken it in for sure; infinite while that is not known. */
  takenInAt: number;
  /** It arrived behind a reply that may have been held: its place among other publishers' is not known. */
  wasHeldBack: boolean;
  state: 'ready' | 'unacked' | 'gone';
  delivered: 'no' | 'yes' | 'maybe';
  deliveredAt: number;
  goneAt: number;
  isSure: boolean;
  isConfirmed: boolean;
}

export class ModelQueue {
  readonly name: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  /** The connection that owns an exclusive queue. */
  readonly owner: number | undefined;
  /** Live entries (ready or unacked) in order of position. */
  entries: QueueEntry[] = [];
  /** Entries that are gone, but whose end may not be durable yet. */
  ghosts: QueueEntry[] = [];
  readonly consumers = new Set<ModelConsumer>();
  hadConsumer = false;
  isRemoved = false;
  /** Gets that were asked and not answered. */
  pendingGetCount = 0;
  /** Behind the last position that was handed out for the first time. */
  firstDeliveredEnd = 0;
  #nextPosition = 0;

  constructor(name: string, isDurable: boolean, isAutoDelete: boolean, owner: number | undefined) {
    this.name = name;
    this.isDurable = isDurable;
    this.isAutoDelete = isAutoDelete;
    this.owner = owner;
  }

  enqueue(message: PublishedMessage, at: number): QueueEntry {
    const entry: QueueEntry = {
      message,
      queue: this,
      position: this.#nextPosition++,
      enqueuedAt: at,
      takenInAt: at,
      wasHeldBack: false,
      state: 'ready',
      delivered: 'no',
      deliveredAt: 0,
      goneAt: 0,
      isSure: true,
      isConfirmed: false,
    };
    this.entries.push(entry);
    return entry;
  }

  find(id: string): QueueEntry | undefined {
    return this.entries.find((entry) => entry.message.id === id);
  }

  ready(): QueueEntry[] {
    return this.entries.filter((entry) => entry.state === 'ready');
  }

  /** Settled, dropped or handed out without acknowledgement. */
  remove(entry: QueueEntry, at: number): void {
    entry.state = 'gone';
    entry.goneAt = at;
    this.entries.splice(this.entries.indexOf(entry), 1);
    if (this.isDurable && entry.message.isPersistent) this.ghosts.push(entry);
  }

  requeue(entry: QueueEntry): void {
    if (entry.state === 'unacked') entry.state = 'ready';
  }

  /** It was not purged after all. */
  restore(entry: QueueEntry): void {
    this.ghosts = this.ghosts.filter((ghost) => ghost !== entry);
    entry.state = 'ready';
    this.entries.push(entry);
    this.entries.sort((one, other) => one.position - other.position);
  }

  /** How many ready messages the broker may count. */
  readyRange(): [number, number] {
    const ready = this.ready();
    const sure = ready.filter((entry) => entry.isSure).length;
    return [Math.max(0, sure - this.pendingGetCount), ready.length];
  }

  /** What a restart knows of the order of deliveries: nothing. */
  noteRestart(): void {
    this.firstDeliveredEnd = 0;
    this.ghosts = [];
  }

  /** Takes over what may come back of an incarnation that a crash may have brought back. */
  adopt(entries: readonly QueueEntry[]): void {
    for (const old of entries) {
      this.entries.push({ ...old, queue: this, position: this.#nextPosition++ });
    }
  }
}
