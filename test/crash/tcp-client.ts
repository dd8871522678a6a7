// A small AMQP client over TCP that survives nothing and hides nothing: when the broker dies, it is
// gone, and its owner knows what was answered until then.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import {
  encodeMethodFrame,
  writeBodyFrames,
  writeHeaderFrame,
} from '../../src/protocol/frame-writer.ts';
import * as amqp from '../../src/protocol/generated/methods.ts';
import * as raw from '../hostile/methods.ts';
import { PROTOCOL_HEADER } from '../hostile/wire.ts';
import { EdgeDecoder } from '../simulation/edge-decoder.ts';
import type { Content } from '../simulation/history.ts';

const FRAME_MAX = 131_072;
const CHANNEL = 1;

export class TcpClient {
  isGone = false;
  /** Deliveries and confirms, as they come. */
  onMethod: (method: amqp.Method, content: Content | undefined) => void = () => {};
  readonly #socket: Socket;
  #waiting: { resolve: (method: amqp.Method) => void; reject: (error: Error) => void } | undefined;
  #waitingContent: Content | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const decoder = new EdgeDecoder(false, (_channel, method, content) =>
      this.#take(method, content),
    );
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => decoder.take(bytes));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isGone = true;
      this.#waiting?.reject(new Error('the broker is gone'));
    });
  }

  /** An open connection with channel 1 open. */
  static async open(port: number): Promise<TcpClient> {
    const socket = connect({ host: '127.0.0.1', port });
    await once(socket, 'connect');
    const client = new TcpClient(socket);
    await client.#exchange(PROTOCOL_HEADER);
    await client.#exchange(raw.plainLogin);
    client.#socket.write(raw.tuneOk(2047, FRAME_MAX, 0));
    await client.#exchange(raw.open());
    await client.#exchange(raw.channelOpen(CHANNEL));
    return client;
  }

  #take(method: amqp.Method, content: Content | undefined): void {
    const isAnswer =
      method.id !== amqp.BASIC_DELIVER &&
      method.id !== amqp.BASIC_ACK &&
      method.id !== amqp.BASIC_NACK;
    if (!isAnswer) return this.onMethod(method, content);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#waitingContent = content;
    waiting?.resolve(method);
  }

  #exchange(bytes: Buffer): Promise<amqp.Method> {
    return new Promise((resolve, reject) => {
      if (this.isGone) return reject(new Error('the broker is gone'));
      this.#waiting = { resolve, reject };
      this.#socket.write(bytes);
    });
  }

  /** One synchronous method; throws when another reply comes, or none. */
  async call(method: amqp.Method, replyId?: amqp.Method['id']): Promise<amqp.Method> {
    const reply = await this.#exchange(encodeMethodFrame(CHANNEL, method));
    if (reply.id === amqp.CHANNEL_CLOSE || reply.id === amqp.CONNECTION_CLOSE) {
      throw new Error(reply.replyText);
    }
    if (replyId !== undefined && reply.id !== replyId)
      throw new Error(`unexpected reply ${reply.id}`);
    return reply;
  }

  async get(queue: string): Promise<{ method: amqp.BasicGetOk; body: Buffer } | undefined> {
    const reply = await this.call({ id: amqp.BASIC_GET, queue, noAck: true });
    if (reply.id !== amqp.BASIC_GET_OK) return undefined;
    return { method: reply, body: this.#waitingContent?.body ?? Buffer.alloc(0) };
  }

  /** False: the socket is full, wait for drained(). */
  publish(exchange: string, routingKey: string, body: Buffer): boolean {
    const method = {
      id: amqp.BASIC_PUBLISH,
      exchange,
      routingKey,
      mandatory: false,
      immediate: false,
    } as const;
    const writer = new ByteWriter(256);
    writeHeaderFrame(writer, CHANNEL, body.length, { deliveryMode: 2 });
    writeBodyFrames(writer, CHANNEL, body, FRAME_MAX);
    return this.#socket.write(Buffer.concat([encodeMethodFrame(CHANNEL, method), writer.take()]));
  }

  ack(deliveryTag: number): void {
    this.#socket.write(raw.ack(CHANNEL, deliveryTag));
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
