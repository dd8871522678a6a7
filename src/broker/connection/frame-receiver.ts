// The frames of one connection: methods to their handlers, content to its channel, by the state
// the connection is in. Errors go to Connection.failed, the one place that answers them.

import { channelError, commandInvalid } from '../../protocol/amqp-error.ts';
import { ByteReader } from '../../protocol/byte-reader.ts';
import type { FrameSink } from '../../protocol/frame-parser.ts';
import {
  BASIC_ACK,
  BASIC_PUBLISH,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  CLASS_CONNECTION,
  CONNECTION_CLOSE,
  CONNECTION_CLOSE_OK,
  CONNECTION_UPDATE_SECRET,
  CONNECTION_UPDATE_SECRET_OK,
  decodeMethod,
  type Method,
} from '../../protocol/generated/methods.ts';
import type { User } from '../access.ts';
import type { BrokerNode } from '../broker-node.ts';
import type { VirtualHost } from '../vhost/vhost.ts';
import { Channel } from './channel.ts';
import { requireChannelRoom } from './client-limits.ts';
import type { Connection } from './connection.ts';
import { channelCreated } from './connection-events.ts';
import { ContentReceiver } from './content-receiver.ts';
import { handleChannelMethod } from './handlers/channel-methods.ts';

export class FrameReceiver implements FrameSink {
  readonly #connection: Connection;
  readonly #node: BrokerNode;
  readonly #content: ContentReceiver;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#node = connection.node;
    this.#content = new ContentReceiver(connection.node);
  }

  onHeartbeat(): void {}

  onMethod(number: number, buffer: Buffer, start: number, end: number): void {
    let id: number = 0;
    try {
      id = buffer.readUInt32BE(start);
      if (this.#connection.state === 'running' && id === BASIC_ACK && end - start === 13) {
        const channel = this.#connection.channels.open(number);
        if (channel !== undefined && !channel.isAssembling) {
          const tag =
            buffer.readUInt32BE(start + 4) * 0x1_0000_0000 + buffer.readUInt32BE(start + 8);
          channel.settle(tag, ((buffer[start + 12] as number) & 1) !== 0, 'acknowledge');
          return;
        }
      }
      this.#method(number, id, buffer, start, end);
    } catch (error) {
      this.#connection.failed(number, id, error);
    }
    this.#connection.output.replied();
    this.#connection.boundOutput();
  }

  onPublish(
    number: number,
    buffer: Buffer,
    methodStart: number,
    methodEnd: number,
    contentEnd: number,
    bodyBytes: number,
  ): void {
    if (this.#connection.state !== 'running') return this.#ignoreOrDrop();
    try {
      const channel = this.#connection.channels.open(number);
      if (channel === undefined) return;
      this.#content.publish(channel, buffer, methodStart, methodEnd, contentEnd, bodyBytes);
    } catch (error) {
      this.#connection.failed(number, BASIC_PUBLISH, error);
    }
    this.#afterPublish();
  }

  onHeader(number: number, buffer: Buffer, start: number, end: number): void {
    this.#onContent(number, (channel) => this.#content.header(channel, buffer, start, end));
  }

  onBody(number: number, buffer: Buffer, start: number, end: number): void {
    this.#onContent(number, (channel) => this.#content.body(channel, buffer, start, end));
  }

  #onContent(number: number, handle: (channel: Channel) => void): void {
    if (this.#connection.state !== 'running') return this.#ignoreOrDrop();
    let id: number = 0;
    try {
      const channel = this.#connection.channels.open(number);
      if (channel === undefined) return;
      if (channel.isAssembling) id = BASIC_PUBLISH;
      handle(channel);
    } catch (error) {
      this.#connection.failed(number, id, error);
    }
    this.#afterPublish();
  }

  #afterPublish(): void {
    if (this.#node.alarms.length > 0) this.#connection.block();
    this.#connection.boundOutput();
  }

  #ignoreOrDrop(): void {
    if (this.#connection.state === 'handshake') this.#connection.dropLater();
  }

  #method(number: number, id: number, buffer: Buffer, start: number, end: number): void {
    if (this.#connection.state === 'closed') return;
    if (this.#connection.state === 'closing') {
      if (id === CONNECTION_CLOSE) this.#connection.sendOnConnection({ id: CONNECTION_CLOSE_OK });
      if (id === CONNECTION_CLOSE_OK) this.#connection.endNow();
      return;
    }
    if (this.#connection.state === 'handshake') {
      if (number !== 0) return this.#connection.dropLater();
      const method = decodeMethod(new ByteReader(buffer, start, end));
      if (method.id === CONNECTION_CLOSE) return this.#connection.closedByClient();
      return this.#connection.handshake.method(method);
    }
    if (number === 0) {
      return this.#connectionMethod(decodeMethod(new ByteReader(buffer, start, end)));
    }
    const channel = this.#connection.channels.get(number);
    if (channel?.isClosing === true) return this.#closingChannelMethod(channel, id);
    if (channel?.isAssembling === true) throw channel.assembly.unexpected();
    if (id === BASIC_PUBLISH && channel !== undefined) {
      return this.#content.begin(channel, buffer, start, end);
    }
    this.#channelMethod(number, channel, decodeMethod(new ByteReader(buffer, start, end)));
  }

  #connectionMethod(method: Method): void {
    switch (method.id) {
      case CONNECTION_CLOSE:
        return this.#connection.closedByClient();
      case CONNECTION_UPDATE_SECRET:
        // Users of ours have no expiring secret: accepted and without effect, as RabbitMQ does.
        return this.#connection.sendOnConnection({ id: CONNECTION_UPDATE_SECRET_OK });
      default:
        throw channelError('unexpected method in connection state running');
    }
  }

  #channelMethod(number: number, channel: Channel | undefined, method: Method): void {
    if (method.id === CHANNEL_OPEN) return this.#openNewChannel(number, channel);
    if (channel === undefined || method.id === CHANNEL_CLOSE_OK) {
      throw channelError("expected 'channel.open'");
    }
    if (method.id >>> 16 === CLASS_CONNECTION) throw commandInvalid('unimplemented method');
    if (method.id === CHANNEL_CLOSE) {
      this.#connection.channels.remove(channel);
      channel.release();
      return this.#connection.send(number, { id: CHANNEL_CLOSE_OK });
    }
    handleChannelMethod(channel, method);
  }

  #closingChannelMethod(channel: Channel, id: number): void {
    if (id === CHANNEL_CLOSE) this.#connection.send(channel.number, { id: CHANNEL_CLOSE_OK });
    if (id === CHANNEL_CLOSE_OK) this.#connection.channels.remove(channel);
  }

  #openNewChannel(number: number, existing: Channel | undefined): void {
    if (existing !== undefined) throw channelError("second 'channel.open' seen");
    try {
      this.#connection.channels.requireRoom(this.#connection.channelMax);
      requireChannelRoom(this.#node, this.#connection.user as User);
    } catch (error) {
      // RabbitMQ names no method here.
      return this.#connection.failConnection(error, 0);
    }
    const actor = { user: this.#connection.user as User, connection: this.#connection };
    const vhost = this.#connection.vhost as VirtualHost;
    const channel = new Channel(this.#connection, number, vhost, actor);
    this.#connection.channels.add(channel);
    this.#node.counts.churn.channelsCreated++;
    channelCreated(channel);
    this.#connection.send(number, { id: CHANNEL_OPEN_OK });
  }
}
