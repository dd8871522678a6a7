// The few client methods that hostile sessions are made of, as raw frames.

import {
  EMPTY_TABLE,
  entry,
  longString,
  method,
  shortString,
  table,
  u8,
  u16,
  u32,
  u64,
} from './wire.ts';

const TICKET = u16(0);

export const CAPABLE_CLIENT = table(
  entry(
    'capabilities',
    'F',
    table(
      entry('consumer_cancel_notify', 't', u8(1)),
      entry('connection.blocked', 't', u8(1)),
      entry('authentication_failure_close', 't', u8(1)),
    ),
  ),
);

export function startOk(
  mechanism: string,
  response: string | Buffer,
  properties = CAPABLE_CLIENT,
): Buffer {
  return method(
    0,
    10,
    11,
    properties,
    shortString(mechanism),
    longString(response),
    shortString('en_US'),
  );
}

export const plainLogin = startOk('PLAIN', '\0guest\0guest');

export function tuneOk(channelMax = 2047, frameMax = 131072, heartbeatSeconds = 0): Buffer {
  return method(0, 10, 31, u16(channelMax), u32(frameMax), u16(heartbeatSeconds));
}

export function open(vhost = '/'): Buffer {
  return method(0, 10, 40, shortString(vhost), shortString(''), u8(0));
}

export function connectionClose(): Buffer {
  return method(0, 10, 50, u16(200), shortString('bye'), u16(0), u16(0));
}

export const connectionCloseOk = method(0, 10, 51);

export function channelOpen(channel: number): Buffer {
  return method(channel, 20, 10, shortString(''));
}

export function channelClose(channel: number): Buffer {
  return method(channel, 20, 40, u16(200), shortString('bye'), u16(0), u16(0));
}

export function channelCloseOk(channel: number): Buffer {
  return method(channel, 20, 41);
}

export function exchangeDeclare(
  channel: number,
  exchange: string | Buffer,
  type: string,
  bits = 0,
  argumentTable = EMPTY_TABLE,
): Buffer {
  return method(
    channel,
    40,
    10,
    TICKET,
    shortString(exchange),
    shortString(type),
    u8(bits),
    argumentTable,
  );
}

export const PASSIVE = 1;
export const DURABLE = 2;
export const EXCLUSIVE = 4;
export const AUTO_DELETE = 8;

export function queueDeclare(
  channel: number,
  queue: string | Buffer,
  bits = 0,
  argumentTable = EMPTY_TABLE,
): Buffer {
  return method(channel, 50, 10, TICKET, shortString(queue), u8(bits), argumentTable);
}

export function queueBind(
  channel: number,
  queue: string,
  exchange: string,
  routingKey: string,
  argumentTable = EMPTY_TABLE,
): Buffer {
  return method(
    channel,
    50,
    20,
    TICKET,
    shortString(queue),
    shortString(exchange),
    shortString(routingKey),
    u8(0),
    argumentTable,
  );
}

export const MANDATORY = 1;
export const IMMEDIATE = 2;

/** The basic.publish method alone; its header and body follow as the caller likes. */
export function publish(
  channel: number,
  exchange: string,
  routingKey: string | Buffer,
  bits = 0,
): Buffer {
  return method(channel, 60, 40, TICKET, shortString(exchange), shortString(routingKey), u8(bits));
}

export function consume(
  channel: number,
  queue: string,
  tag: string,
  bits = 0,
  argumentTable = EMPTY_TABLE,
): Buffer {
  return method(
    channel,
    60,
    20,
    TICKET,
    shortString(queue),
    shortString(tag),
    u8(bits),
    argumentTable,
  );
}

export function get(channel: number, queue: string, noAck = true): Buffer {
  return method(channel, 60, 70, TICKET, shortString(queue), u8(noAck ? 1 : 0));
}

export function ack(channel: number, tag: bigint | number, multiple = false): Buffer {
  return method(channel, 60, 80, u64(tag), u8(multiple ? 1 : 0));
}

export function reject(channel: number, tag: bigint | number, requeue = false): Buffer {
  return method(channel, 60, 90, u64(tag), u8(requeue ? 1 : 0));
}

export function nack(channel: number, tag: bigint | number, bits = 0): Buffer {
  return method(channel, 60, 120, u64(tag), u8(bits));
}

export function qos(
  channel: number,
  prefetchBytes: number,
  prefetchCount: number,
  isGlobal = false,
): Buffer {
  return method(channel, 60, 10, u32(prefetchBytes), u16(prefetchCount), u8(isGlobal ? 1 : 0));
}
