// HOT. Turns publishes as they arrive (whole in one chunk, or frame by frame) into the node's
// IncomingMessage and hands it to the channel. Budget of the fast lane: integer arithmetic only.

import { frameError } from '../../protocol/amqp-error.ts';
import { ByteReader } from '../../protocol/byte-reader.ts';
import { SCAN_OK } from '../../protocol/content-header-scan.ts';
import { type BasicPublish, decodeMethod } from '../../protocol/generated/methods.ts';
import type { BrokerNode } from '../broker-node.ts';
import { LARGE_RECORD_BYTES } from '../message/incoming-message.ts';
import { RECORD_HEAD_BYTES } from '../message/record.ts';
import type { Channel } from './channel.ts';
import { scanError, tooLarge } from './publish.ts';

/** class-id, method-id and ticket in front of the exchange name. */
const NAMES_OFFSET = 6;
const MANDATORY = 1;
const IMMEDIATE = 2;
/** A body this size is announced to nobody's profit: RabbitMQ's upper bound. */
const BODY_BYTES_MAX = 512 * 1024 * 1024;

export class ContentReceiver {
  readonly #node: BrokerNode;
  /** Flags of the publish under assembly, by channel. */
  readonly #bits = new WeakMap<Channel, number>();

  constructor(node: BrokerNode) {
    this.#node = node;
  }

  /** A publish that lies whole in `buffer`; see FrameSink.onPublish. */
  publish(
    channel: Channel,
    buffer: Buffer,
    methodStart: number,
    methodEnd: number,
    contentEnd: number,
    bodyBytes: number,
  ): void {
    if (channel.isAssembling) throw channel.assembly.unexpected();
    const namesStart = methodStart + NAMES_OFFSET;
    const keyStart = namesStart + 1 + (buffer[namesStart] as number);
    const namesEnd = keyStart + 1 + (buffer[keyStart] as number);
    // Whatever does not fit exactly is decoded for its error.
    if (namesEnd + 1 !== methodEnd) decodeMethod(new ByteReader(buffer, methodStart, methodEnd));
    const message = this.#node.message;
    message.buffer = buffer;
    message.namesStart = namesStart;
    message.namesEnd = namesEnd;
    message.contentStart = methodEnd;
    message.contentEnd = contentEnd;
    message.bodyBytes = bodyBytes;
    message.record = undefined;
    channel.publishing.publish(message, buffer[namesEnd] as number);
  }

  /** The method frame of a publish whose content comes later. */
  begin(channel: Channel, buffer: Buffer, start: number, end: number): void {
    const method = decodeMethod(new ByteReader(buffer, start, end)) as BasicPublish;
    const bits = (method.mandatory ? MANDATORY : 0) | (method.immediate ? IMMEDIATE : 0);
    this.#bits.set(channel, bits);
    channel.assembly.begin(buffer, start + NAMES_OFFSET, end - 1);
  }

  header(channel: Channel, buffer: Buffer, start: number, end: number): void {
    const assembly = channel.assembly;
    if (!assembly.expectsHeader()) throw assembly.unexpected();
    const scan = this.#node.scan;
    const result = scan.scan(buffer, start, end);
    if (result !== SCAN_OK) throw scanError(result, buffer, start);
    if (scan.bodyBytes > BODY_BYTES_MAX) {
      throw frameError(
        `content body size ${sizeText(buffer, start)} exceeds maximum allowed size ${BODY_BYTES_MAX}`,
      );
    }
    // Better than RabbitMQ, which reads the whole body first.
    const { settings } = this.#node;
    if (scan.bodyBytes > settings.maxMessageBytes) throw tooLarge(scan.bodyBytes, settings);
    if (assembly.header(buffer, start, end, scan.bodyBytes)) this.#complete(channel);
  }

  body(channel: Channel, buffer: Buffer, start: number, end: number): void {
    const assembly = channel.assembly;
    if (assembly.isIdle || assembly.expectsHeader()) throw assembly.unexpected();
    if (!assembly.fits(end - start)) {
      throw frameError('content body frame exceeds remaining content size');
    }
    if (assembly.body(buffer, start, end)) this.#complete(channel);
  }

  #complete(channel: Channel): void {
    const assembly = channel.assembly;
    const message = this.#node.message;
    const isLarge = assembly.end >= LARGE_RECORD_BYTES;
    const bytes = assembly.end;
    message.namesStart = RECORD_HEAD_BYTES;
    message.namesEnd = assembly.namesEnd;
    message.contentStart = assembly.namesEnd;
    message.contentEnd = bytes;
    message.bodyBytes = assembly.bodyBytes;
    message.record = undefined;
    if (isLarge) {
      const record = assembly.release();
      message.buffer = record;
      message.record = record;
    } else {
      message.buffer = assembly.buffer;
    }
    channel.publishing.publish(message, this.#bits.get(channel) ?? 0);
  }
}

/** The announced size as a decimal, also beyond what a number holds. */
function sizeText(buffer: Buffer, start: number): string {
  return buffer.readBigUInt64BE(start + 4).toString();
}
