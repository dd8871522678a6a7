// Bytes of one direction of a connection, put together to methods with their content. Frames are cut
// by the tests' own reader; the generated codec only reads the fields.

import { ByteReader } from '../../src/protocol/byte-reader.ts';
import {
  decodeContentHeader,
  type MessageProperties,
  NO_PROPERTIES,
} from '../../src/protocol/content-header.ts';
import * as amqp from '../../src/protocol/generated/methods.ts';
import {
  BODY,
  HEADER,
  METHOD,
  PROTOCOL_HEADER,
  readFrames,
  type WireFrame,
} from '../hostile/wire.ts';
import { deathsIn, otherHeadersIn } from './header-reader.ts';
import type { Content } from './history.ts';

const PERSISTENT_MODE = 2;

interface Assembly {
  readonly method: amqp.Method;
  properties: MessageProperties;
  missingBytes: number;
  readonly chunks: Buffer[];
}

export type MethodSink = (
  channel: number,
  method: amqp.Method,
  content: Content | undefined,
) => void;

export class EdgeDecoder {
  /** The largest frame the reader of this direction allows. */
  frameMax = 131_072;
  readonly #sink: MethodSink;
  #rest: Buffer = Buffer.alloc(0);
  #headerBytes: number;
  readonly #assemblies = new Map<number, Assembly>();

  constructor(hasProtocolHeader: boolean, sink: MethodSink) {
    this.#headerBytes = hasProtocolHeader ? PROTOCOL_HEADER.length : 0;
    this.#sink = sink;
  }

  take(bytes: Buffer): void {
    let all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    if (this.#headerBytes > 0) {
      if (all.length < this.#headerBytes) {
        this.#rest = all;
        return;
      }
      all = all.subarray(this.#headerBytes);
      this.#headerBytes = 0;
    }
    const { frames, rest } = readFrames(all);
    this.#rest = rest;
    for (const frame of frames) this.#frame(frame);
  }

  #frame(frame: WireFrame): void {
    const { channel, payload, type } = frame;
    if (payload.length + 8 > this.frameMax) {
      throw new Error(`a frame of ${payload.length + 8} bytes, frame-max is ${this.frameMax}`);
    }
    const assembly = this.#assemblies.get(channel);
    if (type === METHOD) {
      if (assembly !== undefined) throw new Error('a method inside a content');
      const method = amqp.decodeMethod(new ByteReader(payload, 0, payload.length));
      if (!hasContent(method)) return this.#sink(channel, method, undefined);
      const chunks: Buffer[] = [];
      this.#assemblies.set(channel, {
        method,
        properties: NO_PROPERTIES,
        missingBytes: -1,
        chunks,
      });
    } else if (type === HEADER) {
      if (assembly === undefined || assembly.missingBytes >= 0) throw new Error('a stray header');
      const header = decodeContentHeader(payload, 0, payload.length);
      assembly.properties = header.properties;
      assembly.missingBytes = header.bodyBytes;
      this.#finish(channel, assembly);
    } else if (type === BODY) {
      if (
        assembly === undefined ||
        assembly.missingBytes < payload.length ||
        payload.length === 0
      ) {
        throw new Error('a stray body');
      }
      assembly.chunks.push(payload);
      assembly.missingBytes -= payload.length;
      this.#finish(channel, assembly);
    }
  }

  #finish(channel: number, assembly: Assembly): void {
    if (assembly.missingBytes > 0) return;
    this.#assemblies.delete(channel);
    const { method, properties, chunks } = assembly;
    this.#sink(channel, method, contentOf(properties, Buffer.concat(chunks)));
  }
}

function contentOf(properties: MessageProperties, body: Buffer): Content {
  const { deliveryMode, priority, expiration, headers } = properties;
  const deaths = deathsIn(headers);
  const others = otherHeadersIn(headers);
  const deliveryCount = headers?.get('x-delivery-count');
  return {
    body,
    isPersistent: deliveryMode === PERSISTENT_MODE,
    ...(priority === undefined ? {} : { priority }),
    ...(expiration === undefined ? {} : { expirationMs: Number(expiration) }),
    ...(deaths === undefined ? {} : { deaths }),
    ...(others === undefined ? {} : { headers: others }),
    ...(deliveryCount?.type === 'l' ? { deliveryCount: Number(deliveryCount.value) } : {}),
  };
}

function hasContent(method: amqp.Method): boolean {
  return (
    method.id === amqp.BASIC_PUBLISH ||
    method.id === amqp.BASIC_DELIVER ||
    method.id === amqp.BASIC_GET_OK ||
    method.id === amqp.BASIC_RETURN
  );
}
