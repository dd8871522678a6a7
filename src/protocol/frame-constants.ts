// Octets of the frame format (semantics 1.1, 1.2).

export const FRAME_METHOD = 1;
export const FRAME_HEADER = 2;
export const FRAME_BODY = 3;
export const FRAME_HEARTBEAT = 8;
export const FRAME_END = 0xce;

/** Type, channel and size. */
export const FRAME_HEAD_BYTES = 7;
/** Head and end octet: what a frame has beside its payload. */
export const FRAME_OVERHEAD_BYTES = 8;

/** What a client begins with, and what a server answers to anything else. */
export const PROTOCOL_HEADER: Buffer = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');
export const HEARTBEAT_FRAME: Buffer = Buffer.from([FRAME_HEARTBEAT, 0, 0, 0, 0, 0, 0, FRAME_END]);
