// The channels of one connection by number. channel-max bounds how many are open, not their numbers,
// as RabbitMQ does.

import { channelError, hardError } from '../../protocol/amqp-error.ts';
import { NOT_ALLOWED } from '../../protocol/generated/reply-codes.ts';
import type { Channel } from './channel.ts';

export class ChannelTable {
  readonly #channels = new Map<number, Channel>();
  /** The channel used last: most frames go to the same one as before. */
  #last: Channel | undefined;

  get(number: number): Channel | undefined {
    return this.#channels.get(number);
  }

  all(): IterableIterator<Channel> {
    return this.#channels.values();
  }

  get count(): number {
    return this.#channels.size;
  }

  /** The channel, undefined while it is closing (everything on it is ignored then). */
  open(number: number): Channel | undefined {
    const last = this.#last;
    if (last !== undefined && last.number === number && !last.isClosing) return last;
    const channel = this.#channels.get(number);
    if (channel === undefined) throw channelError("expected 'channel.open'");
    if (channel.isClosing) return undefined;
    this.#last = channel;
    return channel;
  }

  /** Throws 530 when the negotiated number of channels is open; 0 = unlimited. */
  requireRoom(channelMax: number): void {
    const count = this.#channels.size;
    if (channelMax === 0 || count < channelMax) return;
    throw hardError(
      NOT_ALLOWED,
      `number of channels opened (${count}) has reached the negotiated channel_max (${channelMax})`,
    );
  }

  add(channel: Channel): void {
    this.#channels.set(channel.number, channel);
  }

  remove(channel: Channel): void {
    this.#channels.delete(channel.number);
    if (this.#last === channel) this.#last = undefined;
  }

  /** The connection ends: every channel releases what it holds. */
  releaseAll(): void {
    for (const channel of this.#channels.values()) {
      channel.isClosing = true;
      channel.release();
    }
    this.#channels.clear();
    this.#last = undefined;
  }
}
