// One consumer: parses every frame in place (integers only), checks the frame end and that bodies are as long as
// their headers say, acknowledges. Budget: no allocation per message; one clock reading and at most one write per read.
import {
  type ClientConnection,
  type FrameReader,
  refuseClose,
  unexpectedMethod,
} from './client-connection.ts';
import type { DeliveryAudit } from './delivery-audit.ts';
import { frameEnd, frameOverheadBytes, methodFrame, methodId } from './frame-encoder.ts';
import type { LatencyHistogram } from './latency-histogram.ts';
import type { LoadCounters } from './load-counters.ts';
import { monotonicMilliseconds } from './monotonic-clock.ts';
import { latencyStampBytes, verifyStampBytes } from './publish-ring.ts';

export interface ConsumerSettings {
  readonly connection: ClientConnection;
  readonly queue: string;
  readonly autoAck: boolean;
  /** 1: one basic.ack per message; above: one with multiple=true for that many. */
  readonly ackEvery: number;
  /** What every body must measure; undefined where others published. */
  readonly bodyBytes: number | undefined;
  readonly latency: LatencyHistogram | undefined;
  /** An older stamp is not one of this run's: those messages waited in the queue before it. */
  readonly oldestStamp: number;
  readonly audit: DeliveryAudit | undefined;
  readonly auditScope: string;
  readonly counters: LoadCounters;
  readonly onProgress: () => void;
}

const ackFrameBytes = 21;

export class Consumer implements FrameReader {
  private readonly settings: ConsumerSettings;
  private readonly ackPattern: Buffer;
  private readonly lastNumbers = new Map<number, number>();
  private readonly stamped: boolean;
  private acks = Buffer.allocUnsafe(64 * ackFrameBytes);
  private ackBytes = 0;
  private bodyLeft = 0;
  private deliveryTag = 0;
  private lastTag = 0;
  private ackedTag = 0;
  private redelivered = false;
  private stampDue = false;
  private messagesThisRead = 0;
  private now = 0;

  constructor(settings: ConsumerSettings) {
    this.settings = settings;
    this.stamped = settings.latency !== undefined || settings.audit !== undefined;
    this.ackPattern = methodFrame(1, methodId.basicAck, (encoder) =>
      encoder.longLong(0).octet(settings.ackEvery > 1 ? 1 : 0),
    );
  }

  /** Sends basic.consume; its answer is read with the deliveries, which may come in the same chunk. */
  start(): void {
    const { connection, queue, autoAck } = this.settings;
    connection.attach(this);
    const consume = methodFrame(1, methodId.basicConsume, (encoder) => {
      encoder.short(0).shortString(queue).shortString('warren-perf');
      encoder.octet(autoAck ? 2 : 0).table({});
    });
    connection.write(consume);
  }

  /** Acknowledges what a run's end left between two multiple acknowledgements. */
  acknowledgeRest(): void {
    if (this.settings.autoAck || this.ackedTag >= this.lastTag) return;
    this.addAck();
    this.flushAcks();
  }

  read(chunk: Buffer, start: number, end: number): number {
    let position = start;
    this.now = monotonicMilliseconds();
    this.messagesThisRead = 0;
    while (end - position >= frameOverheadBytes) {
      const size =
        ((chunk[position + 3]! << 24) |
          (chunk[position + 4]! << 16) |
          (chunk[position + 5]! << 8) |
          chunk[position + 6]!) >>>
        0;
      const next = position + frameOverheadBytes + size;
      if (next > end) break;
      if (chunk[next - 1] !== frameEnd) throw new Error('a frame does not end with 0xCE');
      const type = chunk[position];
      if (type === 1) this.onMethod(chunk, position + 7);
      else if (type === 2) this.onHeader(chunk, position + 7);
      else if (type === 3) this.onBody(chunk, position + 7, size);
      else if (type !== 8) throw new Error(`the broker sent a frame of unknown type ${type}`);
      position = next;
    }
    if (this.ackBytes > 0) this.flushAcks();
    if (this.messagesThisRead > 0) {
      this.settings.counters.deliveredUntil(this.now, this.messagesThisRead);
      this.settings.onProgress();
    }
    return position;
  }

  private onMethod(chunk: Buffer, at: number): void {
    // basic.deliver is 60.60; the class's high octets are 0 in all of AMQP.
    if (chunk[at + 1] !== 60 || chunk[at + 3] !== 60) {
      this.onOtherMethod(chunk, at);
      return;
    }
    if (this.bodyLeft > 0) throw new Error('a delivery began inside the content of another');
    const tag = at + 5 + chunk[at + 4]!;
    this.deliveryTag =
      chunk[tag + 3]! * 0x1_0000_0000 +
      (((chunk[tag + 4]! << 24) |
        (chunk[tag + 5]! << 16) |
        (chunk[tag + 6]! << 8) |
        chunk[tag + 7]!) >>>
        0);
    this.redelivered = (chunk[tag + 8]! & 1) === 1;
    if (this.redelivered) this.settings.counters.redelivered++;
  }

  private onOtherMethod(chunk: Buffer, at: number): void {
    const id = chunk.readUInt32BE(at);
    if (id === methodId.basicConsumeOk) return;
    if (id === methodId.connectionBlocked || id === methodId.connectionUnblocked) return;
    if (id === methodId.basicCancel) {
      throw new Error(`the broker cancelled the consumer of queue "${this.settings.queue}"`);
    }
    refuseClose(id, chunk, at + 4);
    throw unexpectedMethod(id);
  }

  private onHeader(chunk: Buffer, at: number): void {
    this.bodyLeft =
      chunk.readUInt32BE(at + 4) * 0x1_0000_0000 +
      (((chunk[at + 8]! << 24) |
        (chunk[at + 9]! << 16) |
        (chunk[at + 10]! << 8) |
        chunk[at + 11]!) >>>
        0);
    const { bodyBytes } = this.settings;
    if (bodyBytes !== undefined && this.bodyLeft !== bodyBytes) {
      throw new Error(`a message of ${this.bodyLeft} bytes came, ${bodyBytes} were published`);
    }
    if (this.stamped) this.stampDue = true;
    if (this.bodyLeft === 0) this.onMessage();
  }

  private onBody(chunk: Buffer, at: number, size: number): void {
    if (size > this.bodyLeft) throw new Error('a body is longer than its header said');
    this.bodyLeft -= size;
    if (this.stampDue) this.readStamp(chunk, at, size);
    if (this.bodyLeft === 0) this.onMessage();
  }

  private readStamp(chunk: Buffer, at: number, size: number): void {
    const { latency, oldestStamp, audit, auditScope } = this.settings;
    this.stampDue = false;
    if (latency !== undefined && size >= latencyStampBytes) {
      const sendTime = chunk.readDoubleLE(at);
      if (sendTime >= oldestStamp && sendTime <= this.now) latency.add(this.now - sendTime);
    }
    if (audit === undefined) return;
    if (size < verifyStampBytes) throw new Error('a message came without the stamp of --verify');
    const messageNumber = chunk.readDoubleLE(at + 8);
    if (!Number.isSafeInteger(messageNumber) || messageNumber < 0 || messageNumber > 1e11) {
      throw new Error('a message came without the stamp of --verify');
    }
    const producer = chunk.readUInt32LE(at + 16);
    audit.delivered(auditScope, this.lastNumbers, producer, messageNumber, this.redelivered);
  }

  private onMessage(): void {
    this.messagesThisRead++;
    this.lastTag = this.deliveryTag;
    const { autoAck, ackEvery } = this.settings;
    if (!autoAck && this.lastTag - this.ackedTag >= ackEvery) this.addAck();
  }

  private addAck(): void {
    if (this.ackBytes + ackFrameBytes > this.acks.length) {
      const larger = Buffer.allocUnsafe(this.acks.length * 2);
      this.acks.copy(larger, 0, 0, this.ackBytes);
      this.acks = larger;
    }
    this.acks.set(this.ackPattern, this.ackBytes);
    const high = Math.floor(this.lastTag / 0x1_0000_0000);
    if (high > 0) this.acks.writeUInt32BE(high, this.ackBytes + 11);
    this.acks.writeUInt32BE(this.lastTag % 0x1_0000_0000, this.ackBytes + 15);
    this.ackBytes += ackFrameBytes;
    this.ackedTag = this.lastTag;
  }

  private flushAcks(): void {
    this.settings.connection.write(Buffer.from(this.acks.subarray(0, this.ackBytes)));
    this.ackBytes = 0;
  }
}
