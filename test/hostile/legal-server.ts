// Watches what a server sends: well-formed frames, methods a server may send, on channels that are
// open, whole contents, and nothing behind a close but what belongs there.

import { ByteReader } from '../../src/protocol/byte-reader.ts';
import { decodeContentHeader } from '../../src/protocol/content-header.ts';
import * as amqp from '../../src/protocol/generated/methods.ts';
import { BODY, HEADER, METHOD, PROTOCOL_HEADER, readFrames, type WireFrame } from './wire.ts';

const REPLY_CODES = [320, 403, 404, 405, 406, 501, 502, 503, 504, 505, 506, 530, 540, 541];
const TEXT_OCTETS_MAX = 255;

export class LegalServer {
  /** The first thing that was not legal. */
  problem: string | undefined;
  #rest: Buffer = Buffer.alloc(0);
  readonly #open = new Set<number>();
  readonly #closing = new Set<number>();
  /** Body octets to come per channel; -1 = a content header must come. */
  readonly #missing = new Map<number, number>();
  #hasClosed = false;
  #isOver = false;

  take(bytes: Buffer): void {
    let all = Buffer.concat([this.#rest, bytes]);
    if (this.#isOver) this.#fail('bytes behind the end');
    if (all.subarray(0, 4).equals(PROTOCOL_HEADER.subarray(0, 4))) {
      if (all.length < PROTOCOL_HEADER.length) {
        this.#rest = all;
        return;
      }
      if (!all.equals(PROTOCOL_HEADER)) this.#fail('more than a protocol header');
      this.#isOver = true;
      all = Buffer.alloc(0);
    }
    try {
      const { frames, rest } = readFrames(all);
      this.#rest = rest;
      for (const frame of frames) this.#frame(frame);
    } catch (error) {
      this.#fail(String(error));
    }
  }

  #fail(text: string): void {
    this.problem ??= `the server sent ${text}`;
  }

  #frame({ type, channel, payload }: WireFrame): void {
    const missing = this.#missing.get(channel);
    if (type === HEADER) {
      if (missing !== -1) return this.#fail('a stray content header');
      const { bodyBytes } = decodeContentHeader(payload, 0, payload.length);
      if (bodyBytes === 0) this.#missing.delete(channel);
      else this.#missing.set(channel, bodyBytes);
    } else if (type === BODY) {
      if (missing === undefined || missing < payload.length) return this.#fail('a stray body');
      if (missing === payload.length) this.#missing.delete(channel);
      else this.#missing.set(channel, missing - payload.length);
    } else if (type === METHOD) {
      if (missing !== undefined) return this.#fail('a method inside a content');
      this.#method(channel, amqp.decodeMethod(new ByteReader(payload, 0, payload.length)));
    } else if (channel !== 0) {
      this.#fail('a heartbeat on a channel');
    }
  }

  #method(channel: number, method: amqp.Method): void {
    const spec = amqp.METHODS.get(method.id);
    if (spec === undefined || spec.from === 'client')
      return this.#fail(`${spec?.name} to a client`);
    if (this.#hasClosed && method.id !== amqp.CONNECTION_CLOSE_OK) {
      return this.#fail(`${spec.name} behind connection.close`);
    }
    if (method.id === amqp.CONNECTION_CLOSE || method.id === amqp.CHANNEL_CLOSE) {
      this.#checkClose(method);
    }
    if (channel === 0) {
      if (method.id >>> 16 !== 10) this.#fail(`${spec.name} on channel 0`);
      if (method.id === amqp.CONNECTION_CLOSE) this.#hasClosed = true;
      // A client's close behind the server's is answered each time.
      if (method.id === amqp.CONNECTION_CLOSE_OK && !this.#hasClosed) this.#isOver = true;
      return;
    }
    this.#onChannel(channel, method, spec.name, spec.hasContent);
  }

  #onChannel(channel: number, method: amqp.Method, name: string, hasContent: boolean): void {
    if (method.id === amqp.CHANNEL_OPEN_OK) {
      if (this.#open.has(channel)) this.#fail('a second open-ok');
      this.#open.add(channel);
      this.#closing.delete(channel);
      return;
    }
    if (method.id === amqp.CHANNEL_CLOSE_OK) {
      if (!this.#closing.has(channel)) this.#open.delete(channel);
      return;
    }
    if (!this.#open.has(channel)) return this.#fail(`${name} on a channel that is not open`);
    if (method.id === amqp.CHANNEL_CLOSE) {
      this.#open.delete(channel);
      this.#closing.add(channel);
    }
    if (hasContent) this.#missing.set(channel, -1);
  }

  #checkClose({ replyCode, replyText }: amqp.ConnectionClose | amqp.ChannelClose): void {
    if (!REPLY_CODES.includes(replyCode)) this.#fail(`reply code ${replyCode}`);
    if (Buffer.byteLength(replyText) > TEXT_OCTETS_MAX) this.#fail('a text that is too long');
    if (!/^[A-Z_]+( - .*)?$/s.test(replyText)) this.#fail(`the text ${replyText}`);
  }
}
