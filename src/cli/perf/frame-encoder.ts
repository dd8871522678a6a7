// Encodes the few AMQP 0-9-1 frames that the load generator sends. It shares no code with the broker on purpose:
// a mistake in the broker's codec must show up here as a refused or damaged frame instead of cancelling itself out.

/** Class and method id in one number, as the first four octets of a method frame's payload hold them. */
export const methodId = {
  connectionStart: 0x000a000a,
  connectionStartOk: 0x000a000b,
  connectionTune: 0x000a001e,
  connectionTuneOk: 0x000a001f,
  connectionOpen: 0x000a0028,
  connectionOpenOk: 0x000a0029,
  connectionClose: 0x000a0032,
  connectionCloseOk: 0x000a0033,
  connectionBlocked: 0x000a003c,
  connectionUnblocked: 0x000a003d,
  channelOpen: 0x0014000a,
  channelOpenOk: 0x0014000b,
  channelClose: 0x00140028,
  exchangeDeclare: 0x0028000a,
  exchangeDeclareOk: 0x0028000b,
  exchangeDelete: 0x00280014,
  exchangeDeleteOk: 0x00280015,
  queueDeclare: 0x0032000a,
  queueDeclareOk: 0x0032000b,
  queueBind: 0x00320014,
  queueBindOk: 0x00320015,
  queuePurge: 0x0032001e,
  queuePurgeOk: 0x0032001f,
  queueDelete: 0x00320028,
  queueDeleteOk: 0x00320029,
  basicQos: 0x003c000a,
  basicQosOk: 0x003c000b,
  basicConsume: 0x003c0014,
  basicConsumeOk: 0x003c0015,
  basicCancel: 0x003c001e,
  basicPublish: 0x003c0028,
  basicReturn: 0x003c0032,
  basicDeliver: 0x003c003c,
  basicAck: 0x003c0050,
  basicNack: 0x003c0078,
  confirmSelect: 0x0055000a,
  confirmSelectOk: 0x0055000b,
} as const;

export const frameEnd = 0xce;
export const frameOverheadBytes = 8;
export const protocolHeader = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');

/** What a queue or exchange argument may be on the command line. */
export type ArgumentValue = string | number | boolean;

/** A growing buffer of complete frames; `beginFrame`/`endFrame` fill in the size and the end octet. */
export class FrameEncoder {
  private buffer = Buffer.allocUnsafe(256);
  private used = 0;
  private frameStart = 0;

  get byteCount(): number {
    return this.used;
  }

  /** A copy of everything encoded so far. */
  bytes(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.used));
  }

  beginFrame(type: number, channel: number): this {
    this.frameStart = this.used;
    return this.octet(type).short(channel).long(0);
  }

  beginMethod(channel: number, id: number): this {
    return this.beginFrame(1, channel).long(id);
  }

  endFrame(): this {
    this.buffer.writeUInt32BE(this.used - this.frameStart - 7, this.frameStart + 3);
    return this.octet(frameEnd);
  }

  octet(value: number): this {
    const at = this.reserve(1);
    this.buffer[at] = value;
    return this;
  }

  short(value: number): this {
    const at = this.reserve(2);
    this.buffer.writeUInt16BE(value, at);
    return this;
  }

  long(value: number): this {
    const at = this.reserve(4);
    this.buffer.writeUInt32BE(value, at);
    return this;
  }

  longLong(value: number): this {
    return this.long(Math.floor(value / 0x1_0000_0000)).long(value % 0x1_0000_0000);
  }

  shortString(value: string): this {
    const byteCount = Buffer.byteLength(value);
    if (byteCount > 255) throw new RangeError(`"${value.slice(0, 40)}…" is longer than 255 bytes`);
    this.octet(byteCount);
    const at = this.reserve(byteCount);
    this.buffer.write(value, at, 'utf8');
    return this;
  }

  longString(value: string): this {
    const byteCount = Buffer.byteLength(value);
    this.long(byteCount);
    const at = this.reserve(byteCount);
    this.buffer.write(value, at, 'utf8');
    return this;
  }

  raw(bytes: Uint8Array): this {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
    return this;
  }

  /** A field table; `nested` is one more table stored under the given key. */
  table(fields: Record<string, ArgumentValue>, nested?: [string, Record<string, boolean>]): this {
    const start = this.used;
    this.long(0);
    for (const [key, value] of Object.entries(fields)) this.field(key, value);
    if (nested !== undefined) this.shortString(nested[0]).octet(0x46).table(nested[1]);
    this.buffer.writeUInt32BE(this.used - start - 4, start);
    return this;
  }

  private field(key: string, value: ArgumentValue): void {
    this.shortString(key);
    if (typeof value === 'string') this.octet(0x53).longString(value);
    else if (typeof value === 'boolean') this.octet(0x74).octet(value ? 1 : 0);
    else {
      this.octet(0x6c);
      const at = this.reserve(8);
      this.buffer.writeBigInt64BE(BigInt(value), at);
    }
  }

  /** Makes room and returns where; it may replace `buffer`, so it must be called before that is read. */
  private reserve(byteCount: number): number {
    const at = this.used;
    if (at + byteCount > this.buffer.length) {
      const larger = Buffer.allocUnsafe((at + byteCount) * 2);
      this.buffer.copy(larger, 0, 0, at);
      this.buffer = larger;
    }
    this.used = at + byteCount;
    return at;
  }
}

/** One method frame without content; `write` adds its arguments. */
export function methodFrame(
  channel: number,
  id: number,
  write?: (encoder: FrameEncoder) => void,
): Buffer {
  const encoder = new FrameEncoder().beginMethod(channel, id);
  write?.(encoder);
  return encoder.endFrame().bytes();
}
