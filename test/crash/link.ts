// One client connection to one incarnation of the broker. It ends with the broker and is never
// opened again: whoever goes on takes a new link.

import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import type { HistoryEvent } from './history.ts';

interface BrokerAnswer {
  readonly deliveryTag: number;
  readonly multiple: boolean;
}

let linkCount = 0;

export class Link {
  readonly epoch: number;
  readonly name: string;
  readonly client: ChannelModel;
  readonly closed: Promise<void>;
  isClosed = false;
  readonly #note: (event: HistoryEvent) => void;
  #channelCount = 0;

  constructor(client: ChannelModel, epoch: number, note: (event: HistoryEvent) => void) {
    this.client = client;
    this.epoch = epoch;
    this.name = `link ${++linkCount}`;
    this.#note = note;
    client.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      client.on('close', () => {
        this.isClosed = true;
        resolve();
      });
    });
  }

  static async open(
    url: string,
    epoch: number,
    note: (event: HistoryEvent) => void,
  ): Promise<Link> {
    return new Link(await amqp.connect(url, { noDelay: true }), epoch, note);
  }

  note(event: HistoryEvent): void {
    this.#note(event);
  }

  /** A confirming channel; every answer of the broker is noted as it comes, then `onAnswer` runs. */
  async confirmChannel(
    onAnswer: (tag: number) => void,
  ): Promise<{ name: string; channel: ConfirmChannel }> {
    const name = `${this.name} channel ${++this.#channelCount}`;
    const channel = await this.client.createConfirmChannel();
    channel.on('error', () => undefined);
    const answered = (isNack: boolean) => (fields: BrokerAnswer) => {
      const { deliveryTag: tag, multiple: isMultiple } = fields;
      this.#note({ kind: 'answered', channel: name, tag, isMultiple, isNack });
      onAnswer(tag);
    };
    channel.on('ack', answered(false));
    channel.on('nack', answered(true));
    return { name, channel };
  }
}
