// A scripted peer over a simulated pipe: shakes hands, keeps what a client must know of its channels,
// and waits for the reply to a synchronous method before it does anything else.

import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import type { MessageProperties } from '../../src/protocol/content-header.ts';
import {
  encodeMethodFrame,
  writeBodyFrames,
  writeHeaderFrame,
} from '../../src/protocol/frame-writer.ts';
import * as amqp from '../../src/protocol/generated/methods.ts';
import * as raw from '../hostile/methods.ts';
import { PROTOCOL_HEADER } from '../hostile/wire.ts';
import { EdgeDecoder } from './edge-decoder.ts';
import type { SimulatedPipe } from './simulated-pipe.ts';

export interface ClientChannel {
  readonly number: number;
  mode: 'plain' | 'confirm' | 'tx';
  hasPrefetch: boolean;
  hasGlobalPrefetch: boolean;
  readonly consumers: Map<string, { readonly isNoAck: boolean }>;
  /** Tags of deliveries that are to be settled, in order. */
  readonly unacked: number[];
  /** What the transaction has settled and may give back. */
  readonly txUnacked: number[];
}

export class SimulatedClient {
  readonly number: number;
  readonly channels = new Map<number, ClientChannel>();
  frameMax: number;
  isOpen = false;
  isGone = false;
  /** Synchronous methods without a reply so far. */
  awaiting: amqp.Method['id'] | undefined;
  /** Called once per reply to a synchronous method. */
  onReply: (method: amqp.Method) => void = () => {};
  readonly #pipe: SimulatedPipe;
  #awaitingChannel = 0;
  #getIsNoAck = false;

  constructor(number: number, pipe: SimulatedPipe, frameMax: number) {
    this.number = number;
    this.#pipe = pipe;
    this.frameMax = frameMax;
    const decoder = new EdgeDecoder(false, (channel, method) => this.#received(channel, method));
    pipe.onReceived = (bytes) => decoder.take(bytes);
    pipe.onClosed = () => {
      this.isOpen = false;
      this.isGone = true;
    };
    pipe.send(PROTOCOL_HEADER);
  }

  get isIdle(): boolean {
    return this.isOpen && this.awaiting === undefined;
  }

  /** Sends a method that has no reply, or whose reply is not waited for. */
  cast(channel: number, method: amqp.Method): void {
    this.#pipe.send(encodeMethodFrame(channel, method));
  }

  /** Sends a synchronous method. */
  call(channel: number, method: amqp.Method): void {
    this.awaiting = method.id;
    this.#awaitingChannel = channel;
    if (method.id === amqp.BASIC_GET) this.#getIsNoAck = method.noAck;
    this.cast(channel, method);
  }

  publish(
    channel: number,
    method: amqp.BasicPublish,
    body: Buffer,
    properties: MessageProperties,
  ): void {
    const writer = new ByteWriter(256);
    writeHeaderFrame(writer, channel, body.length, properties);
    writeBodyFrames(writer, channel, body, this.frameMax);
    this.#pipe.send(Buffer.concat([encodeMethodFrame(channel, method), writer.take()]));
  }

  openChannel(number: number): ClientChannel {
    const channel: ClientChannel = {
      number,
      mode: 'plain',
      hasPrefetch: false,
      hasGlobalPrefetch: false,
      consumers: new Map(),
      unacked: [],
      txUnacked: [],
    };
    this.channels.set(number, channel);
    this.call(number, { id: amqp.CHANNEL_OPEN });
    return channel;
  }

  /** Says goodbye; the broker answers and closes. */
  close(): void {
    this.isOpen = false;
    this.#pipe.send(raw.connectionClose());
  }

  reset(): void {
    this.#pipe.reset();
  }

  #received(number: number, method: amqp.Method): void {
    if (number === 0) return this.#onConnection(method);
    const channel = this.channels.get(number);
    switch (method.id) {
      case amqp.BASIC_DELIVER:
        if (channel?.consumers.get(method.consumerTag)?.isNoAck === false) {
          channel.unacked.push(method.deliveryTag);
        }
        return;
      case amqp.BASIC_GET_OK:
        if (!this.#getIsNoAck) channel?.unacked.push(method.deliveryTag);
        return this.#replied(method);
      case amqp.BASIC_CANCEL:
        channel?.consumers.delete(method.consumerTag);
        return;
      case amqp.CHANNEL_CLOSE:
        this.channels.delete(number);
        this.cast(number, { id: amqp.CHANNEL_CLOSE_OK });
        // Both sides closed at once: our own close is answered too.
        if (this.awaiting === amqp.CHANNEL_CLOSE) return;
        // A reply on another channel is still to come.
        if (this.awaiting !== undefined && this.#awaitingChannel !== number) return;
        return this.#replied(method);
      case amqp.BASIC_ACK:
      case amqp.BASIC_NACK:
      case amqp.BASIC_RETURN:
        return;
      default:
        return this.#replied(method);
    }
  }

  #replied(method: amqp.Method): void {
    this.awaiting = undefined;
    this.onReply(method);
  }

  #onConnection(method: amqp.Method): void {
    if (method.id === amqp.CONNECTION_START) {
      this.#pipe.send(raw.plainLogin);
    } else if (method.id === amqp.CONNECTION_TUNE) {
      this.#pipe.send(raw.tuneOk(2047, this.frameMax, 0));
      this.#pipe.send(raw.open());
    } else if (method.id === amqp.CONNECTION_OPEN_OK) {
      this.isOpen = true;
      this.onReply(method);
    }
  }
}
