// Raw AMQP bytes, written and read without the broker's own codec: what lies here must be able to lie
// in every field, and what is read here judges the broker independently of its encoder.

export const PROTOCOL_HEADER = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');
export const METHOD = 1;
export const HEADER = 2;
export const BODY = 3;
export const HEARTBEAT = 8;
export const FRAME_END = 0xce;

/** Big-endian fields, one after the other. */
export function u8(value: number): Buffer {
  return Buffer.from([value & 0xff]);
}
export function u16(value: number): Buffer {
  return Buffer.from([(value >>> 8) & 0xff, value & 0xff]);
}
export function u32(value: number): Buffer {
  const field = Buffer.alloc(4);
  field.writeUInt32BE(value >>> 0);
  return field;
}
export function u64(value: bigint | number): Buffer {
  const field = Buffer.alloc(8);
  field.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)));
  return field;
}
export function shortString(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text as string, 'utf8');
  return Buffer.concat([u8(bytes.length), bytes]);
}
export function longString(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text as string, 'utf8');
  return Buffer.concat([u32(bytes.length), bytes]);
}
/** A table (or, without names, an array) around ready-made entries. */
export function table(...entries: Buffer[]): Buffer {
  return longString(Buffer.concat(entries));
}
export function entry(name: string, type: string, value: Buffer): Buffer {
  return Buffer.concat([shortString(name), Buffer.from(type, 'latin1'), value]);
}
export const EMPTY_TABLE = table();

/** A table in a table in a table: `depth` levels in all. */
export function nestedTable(depth: number): Buffer {
  // Inside out in one pass: the innermost table is empty, each level adds 4 + 2 + 1 bytes in front.
  const bytes = Buffer.alloc(4 + (depth - 1) * 7);
  for (let level = 0; level < depth; level++) {
    const at = level * 7;
    bytes.writeUInt32BE(bytes.length - at - 4, at);
    if (level < depth - 1) bytes.write('\x01aF', at + 4, 'latin1');
  }
  return bytes;
}

export interface FrameLies {
  readonly size?: number;
  readonly end?: number;
}

export function frame(
  type: number,
  channel: number,
  payload: Buffer,
  lies: FrameLies = {},
): Buffer {
  return Buffer.concat([
    u8(type),
    u16(channel),
    u32(lies.size ?? payload.length),
    payload,
    u8(lies.end ?? FRAME_END),
  ]);
}

export function method(
  channel: number,
  classId: number,
  methodId: number,
  ...fields: Buffer[]
): Buffer {
  return frame(METHOD, channel, Buffer.concat([u16(classId), u16(methodId), ...fields]));
}

export interface HeaderLies {
  readonly classId?: number;
  readonly weight?: number;
  readonly flags?: number;
  readonly properties?: Buffer;
}

export function header(channel: number, bodyBytes: bigint | number, lies: HeaderLies = {}): Buffer {
  return frame(
    HEADER,
    channel,
    Buffer.concat([
      u16(lies.classId ?? 60),
      u16(lies.weight ?? 0),
      u64(bodyBytes),
      u16(lies.flags ?? 0),
      lies.properties ?? Buffer.alloc(0),
    ]),
  );
}

export function body(channel: number, bytes: Buffer | string): Buffer {
  return frame(BODY, channel, Buffer.from(bytes as string));
}

export const heartbeat = frame(HEARTBEAT, 0, Buffer.alloc(0));

export interface WireFrame {
  readonly type: number;
  readonly channel: number;
  readonly payload: Buffer;
}

export interface ReadFrames {
  readonly frames: WireFrame[];
  /** Bytes of a frame that is not complete yet. */
  readonly rest: Buffer;
}

/** Splits a server's bytes into frames; throws on anything that is not a well-formed frame. */
export function readFrames(bytes: Buffer): ReadFrames {
  const frames: WireFrame[] = [];
  let at = 0;
  while (bytes.length - at >= 7) {
    const type = bytes[at] as number;
    if (type !== METHOD && type !== HEADER && type !== BODY && type !== HEARTBEAT) {
      throw new Error(`the server sent a frame of type ${type} at offset ${at}`);
    }
    const size = bytes.readUInt32BE(at + 3);
    if (size > 1 << 20) throw new Error(`the server announced a frame of ${size} bytes`);
    if (bytes.length - at < size + 8) break;
    if (bytes[at + 7 + size] !== FRAME_END) throw new Error('the server sent a wrong frame end');
    frames.push({
      type,
      channel: bytes.readUInt16BE(at + 1),
      payload: bytes.subarray(at + 7, at + 7 + size),
    });
    at += size + 8;
  }
  return { frames, rest: bytes.subarray(at) };
}

export function isMethod(frame: WireFrame, classId: number, methodId: number): boolean {
  return (
    frame.type === METHOD &&
    frame.payload.length >= 4 &&
    frame.payload.readUInt16BE(0) === classId &&
    frame.payload.readUInt16BE(2) === methodId
  );
}

export interface CloseFrame {
  readonly code: number;
  readonly text: string;
  readonly classId: number;
  readonly methodId: number;
}

/** The fields of connection.close and channel.close, which share one layout. */
export function readClose(frame: WireFrame): CloseFrame {
  const { payload } = frame;
  const textBytes = payload[6] as number;
  return {
    code: payload.readUInt16BE(4),
    text: payload.toString('utf8', 7, 7 + textBytes),
    classId: payload.readUInt16BE(7 + textBytes),
    methodId: payload.readUInt16BE(9 + textBytes),
  };
}
