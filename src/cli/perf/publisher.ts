// One producer: writes slices of its ring, as much as target, confirm window and schedule allow, at most one write
// in flight (so no slice is patched while the kernel may still read it). Budget: a few calls per 256 KiB, none per
// message unless messages are stamped or confirmed.
import {
  type ClientConnection,
  type FrameReader,
  refuseClose,
  unexpectedMethod,
} from './client-connection.ts';
import type { ConfirmWindow } from './confirm-window.ts';
import { frameEnd, frameOverheadBytes, methodId } from './frame-encoder.ts';
import type { LoadCounters } from './load-counters.ts';
import { monotonicMilliseconds } from './monotonic-clock.ts';
import type { Schedule } from './pacer.ts';
import type { PublishRing } from './publish-ring.ts';

const writeBytes = 262144;

export interface PublisherSettings {
  readonly index: number;
  readonly connection: ClientConnection;
  readonly ring: PublishRing;
  readonly confirms: ConfirmWindow | undefined;
  readonly schedule: Schedule | undefined;
  readonly stampTimes: boolean;
  readonly stampNumbers: boolean;
  readonly counters: LoadCounters;
  readonly onProgress: () => void;
}

export class Publisher implements FrameReader {
  /** Messages to send in all; lowered to what was sent when the run is told to stop. */
  target: number;
  /** Messages handed to the socket. */
  sent = 0;
  private readonly settings: PublisherSettings;
  private readonly batchMessages: number;
  private writing = false;

  constructor(settings: PublisherSettings, target: number) {
    this.settings = settings;
    this.target = target;
    this.batchMessages = Math.max(1, Math.floor(writeBytes / settings.ring.messageBytes));
  }

  /** Everything sent, out of the process, and confirmed where confirms are on. */
  get done(): boolean {
    if (this.sent < this.target || this.writing) return false;
    const { confirms } = this.settings;
    return confirms === undefined || confirms.confirmed >= this.target;
  }

  /** No further message: those already handed to the socket are still counted and confirmed. */
  stop(): void {
    this.target = this.sent;
  }

  pump(now: number): void {
    if (this.writing) return;
    const { ring, schedule, confirms, index } = this.settings;
    let limit = this.target;
    if (confirms !== undefined && confirms.limit < limit) limit = confirms.limit;
    if (schedule !== undefined) limit = Math.min(limit, schedule.dueCount(index, now));
    if (this.sent >= limit) return;
    const first = this.sent % ring.messageCount;
    const count = Math.min(limit - this.sent, ring.messageCount - first, this.batchMessages);
    this.prepare(first, count, now);
    this.sent += count;
    this.writing = true;
    this.settings.connection.write(ring.slice(first, count), this.onWritten);
  }

  read(chunk: Buffer, start: number, end: number): number {
    let position = start;
    while (end - position >= frameOverheadBytes) {
      const next = position + frameOverheadBytes + chunk.readUInt32BE(position + 3);
      if (next > end) break;
      if (chunk[next - 1] !== frameEnd) throw new Error('a frame does not end with 0xCE');
      if (chunk[position] === 1) this.onMethod(chunk, position + 7);
      position = next;
    }
    this.pump(monotonicMilliseconds());
    this.settings.onProgress();
    return position;
  }

  private prepare(first: number, count: number, now: number): void {
    const { ring, schedule, confirms, index, stampTimes, stampNumbers } = this.settings;
    if (!stampTimes && !stampNumbers && confirms === undefined) return;
    for (let offset = 0; offset < count; offset++) {
      const number = this.sent + offset;
      const sendTime = schedule === undefined ? now : schedule.dueTime(index, number);
      if (stampTimes) ring.stampTime(first + offset, sendTime);
      if (stampNumbers) ring.stampNumber(first + offset, number, index);
      confirms?.recordSent(number, sendTime);
    }
  }

  private readonly onWritten = (): void => {
    const now = monotonicMilliseconds();
    this.writing = false;
    this.settings.counters.publishedUntil(now);
    // Not here and now: a socket that takes everything at once would keep the reads from ever being served.
    if (this.sent < this.target) setImmediate(this.pumpLater);
    this.settings.onProgress();
  };

  private readonly pumpLater = (): void => this.pump(monotonicMilliseconds());

  private onMethod(chunk: Buffer, at: number): void {
    const { confirms, counters } = this.settings;
    const id = chunk.readUInt32BE(at);
    if (id === methodId.basicAck || id === methodId.basicNack) {
      if (confirms === undefined) throw unexpectedMethod(id);
      const tag = chunk.readUInt32BE(at + 4) * 0x1_0000_0000 + chunk.readUInt32BE(at + 8);
      const multiple = (chunk[at + 12]! & 1) === 1;
      const now = monotonicMilliseconds();
      const settled = confirms.settle(tag, multiple, id === methodId.basicNack, now);
      counters.confirmedUntil(now, settled);
    } else if (id === methodId.basicReturn) counters.returned++;
    else if (id === methodId.connectionBlocked) counters.blocked++;
    else if (id !== methodId.connectionUnblocked) {
      refuseClose(id, chunk, at + 4);
      throw unexpectedMethod(id);
    }
  }
}
