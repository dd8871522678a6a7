// A ring of complete publish sequences (method, header and body frames), encoded once before the run and all of the
// same length, so that publishing is nothing but writing slices of it. Stamps are patched into the bodies in place.
import { FrameEncoder, frameOverheadBytes, methodId } from './frame-encoder.ts';

export interface RingSettings {
  readonly exchange: string;
  /** One routing key for all, or many (all of one length) that are drawn at random. */
  readonly routingKeys: readonly string[];
  /** Message groups: the header group-id has one of this many values, drawn at random; 0 = no header. */
  readonly groupCount: number;
  readonly sizeBytes: number;
  readonly persistent: boolean;
  readonly mandatory: boolean;
  readonly frameMaxBytes: number;
  readonly ringBytes: number;
  readonly seed: number;
}

/** Octets at the start of a stamped body: send time (double), number (double), producer (32 bits). */
export const latencyStampBytes = 8;
export const verifyStampBytes = 20;

export class PublishRing {
  readonly messageBytes: number;
  readonly messageCount: number;
  private readonly bytes: Buffer;
  private readonly bodyOffset: number;

  constructor(settings: RingSettings) {
    this.messageCount = ringMessageCount(settings);
    const random = linearCongruential(settings.seed);
    const { routingKeys, groupCount } = settings;
    const first = encodePublish(settings, routingKeys[0] ?? '', 0);
    const encoded = new Map<string, Buffer>();
    this.messageBytes = first.length;
    this.bodyOffset = bodyStart(first, settings.sizeBytes, settings.frameMaxBytes);
    this.bytes = Buffer.allocUnsafeSlow(this.messageBytes * this.messageCount);
    const keyCount = routingKeys.length;
    for (let index = 0; index < this.messageCount; index++) {
      const key = routingKeys[keyCount > 1 ? random() % keyCount : 0] ?? '';
      const group = groupCount > 1 ? random() % groupCount : 0;
      const name = `${group} ${key}`;
      const message = encoded.get(name) ?? encodePublish(settings, key, group);
      encoded.set(name, message);
      if (message.length !== this.messageBytes) {
        throw new Error('the messages of a ring differ in length');
      }
      message.copy(this.bytes, index * this.messageBytes);
    }
  }

  slice(firstIndex: number, count: number): Buffer {
    return this.bytes.subarray(
      firstIndex * this.messageBytes,
      (firstIndex + count) * this.messageBytes,
    );
  }

  stampTime(index: number, sendTime: number): void {
    this.bytes.writeDoubleLE(sendTime, index * this.messageBytes + this.bodyOffset);
  }

  stampNumber(index: number, messageNumber: number, producer: number): void {
    const at = index * this.messageBytes + this.bodyOffset;
    this.bytes.writeDoubleLE(messageNumber, at + 8);
    this.bytes.writeUInt32LE(producer, at + 16);
  }
}

/** A value of the header group-id. */
export function groupOf(index: number): string {
  return `g${String(index).padStart(6, '0')}`;
}

/** About `ringBytes`; with random keys or groups at least twice as many messages, so that most occur. */
function ringMessageCount(settings: RingSettings): number {
  const { sizeBytes, ringBytes, routingKeys, groupCount } = settings;
  const bySize = Math.max(4, Math.min(65536, Math.floor(ringBytes / Math.max(64, sizeBytes))));
  const kinds = Math.max(routingKeys.length, groupCount);
  return kinds > 1 ? Math.max(bySize, Math.min(kinds * 2, 40000)) : bySize;
}

function encodePublish(settings: RingSettings, routingKey: string, group: number): Buffer {
  const { sizeBytes, persistent, groupCount } = settings;
  const encoder = new FrameEncoder();
  encoder.beginMethod(1, methodId.basicPublish).short(0).shortString(settings.exchange);
  encoder.shortString(routingKey).octet(settings.mandatory ? 1 : 0);
  encoder.endFrame();
  encoder.beginFrame(2, 1).short(60).short(0).longLong(sizeBytes);
  encoder.short((persistent ? 0x1000 : 0) | (groupCount > 0 ? 0x2000 : 0));
  if (groupCount > 0) encoder.table({ 'group-id': groupOf(group) });
  if (persistent) encoder.octet(2);
  encoder.endFrame();
  const body = Buffer.alloc(sizeBytes, '0123456789abcdef');
  const largestPayload = settings.frameMaxBytes - frameOverheadBytes;
  for (let sent = 0; sent < sizeBytes; sent += largestPayload) {
    const part = body.subarray(sent, Math.min(sizeBytes, sent + largestPayload));
    encoder.beginFrame(3, 1).raw(part).endFrame();
  }
  return encoder.bytes();
}

function bodyStart(message: Buffer, sizeBytes: number, frameMaxBytes: number): number {
  const largestPayload = frameMaxBytes - frameOverheadBytes;
  const frames = Math.ceil(sizeBytes / largestPayload);
  return message.length - sizeBytes - frames * frameOverheadBytes + 7;
}

/** The constants of Numerical Recipes; good enough to spread keys, and the same on every run. */
function linearCongruential(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}
