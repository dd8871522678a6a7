// A ring of complete publish sequences (method, header and body frames), encoded once before the run and all of the
// same length, so that publishing is nothing but writing slices of it. Stamps are patched into the bodies in place.
import { FrameEncoder, frameOverheadBytes, methodId } from './frame-encoder.ts';

export interface RingSettings {
  readonly exchange: string;
  /** One routing key for all, or many (all of one length) that are drawn at random. */
  readonly routingKeys: readonly string[];
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
    const first = encodePublish(settings, settings.routingKeys[0] ?? '');
    const encoded = new Map([[settings.routingKeys[0] ?? '', first]]);
    this.messageBytes = first.length;
    this.bodyOffset = bodyStart(first, settings.sizeBytes, settings.frameMaxBytes);
    this.bytes = Buffer.allocUnsafeSlow(this.messageBytes * this.messageCount);
    const keyCount = settings.routingKeys.length;
    for (let index = 0; index < this.messageCount; index++) {
      const key = settings.routingKeys[keyCount > 1 ? random() % keyCount : 0] ?? '';
      const message = encoded.get(key) ?? encodePublish(settings, key);
      encoded.set(key, message);
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

/** About `ringBytes`; with random keys at least twice as many messages as keys, so that most keys occur. */
function ringMessageCount({ sizeBytes, ringBytes, routingKeys }: RingSettings): number {
  const bySize = Math.max(4, Math.min(65536, Math.floor(ringBytes / Math.max(64, sizeBytes))));
  return routingKeys.length > 1
    ? Math.max(bySize, Math.min(routingKeys.length * 2, 40000))
    : bySize;
}

function encodePublish(settings: RingSettings, routingKey: string): Buffer {
  const { sizeBytes, persistent } = settings;
  const encoder = new FrameEncoder();
  encoder.beginMethod(1, methodId.basicPublish).short(0).shortString(settings.exchange);
  encoder.shortString(routingKey).octet(settings.mandatory ? 1 : 0);
  encoder.endFrame();
  encoder.beginFrame(2, 1).short(60).short(0).longLong(sizeBytes);
  encoder.short(persistent ? 0x1000 : 0);
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
