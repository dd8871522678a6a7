// One connection of a conversation: opens it, says the client's lines, closes it at the end.
import type { ByteStream } from '../amqp/byte-stream.ts';
import { encodeContentHeader, type PropertyValue } from '../amqp/content-header.ts';
import type { FieldEntry } from '../amqp/field-value.ts';
import { FrameClient } from '../amqp/frame-client.ts';
import { encodeMethod, type MethodFieldValue } from '../amqp/method-codec.ts';
import { toBytes, toEntries, toText } from './literals.ts';
import type { Attribute, Literal, Phrase } from './script.ts';
import type { Variables } from './variables.ts';

export const ANSWER_TIMEOUT_MS = 3_000;
const PROTOCOL_HEADER = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]);
const ALL_CAPABILITIES =
  'authentication_failure_close,basic.nack,connection.blocked,consumer_cancel_notify,publisher_confirms';

export interface OpenOptions {
  readonly user: string;
  readonly password: string;
  readonly vhost: string;
  readonly capabilities: string;
  readonly channelMax: string;
  readonly frameMax: string;
  readonly heartbeat: string;
  readonly channel: string;
}

export function openOptions(phrase: Phrase, variables: Variables): OpenOptions {
  const option = (name: string, otherwise: string): string => {
    const found = phrase.attributes.find((attribute) => attribute.name === name);
    return found === undefined ? otherwise : toText(found.literal, variables);
  };
  return {
    user: option('user', 'guest'),
    password: option('password', option('user', 'guest')),
    vhost: option('vhost', '/'),
    capabilities: option('capabilities', ALL_CAPABILITIES),
    channelMax: option('channel-max', '2047'),
    frameMax: option('frame-max', '131072'),
    heartbeat: option('heartbeat', '0'),
    channel: option('channel', '1'),
  };
}

export class Speaker {
  readonly client: FrameClient;
  readonly vhost: string;
  /** Of lines that name none. */
  defaultChannel = 1;
  #lastChannel = 0;
  #isRunning = false;

  constructor(stream: ByteStream, vhost: string) {
    this.client = new FrameClient(stream);
    this.vhost = vhost;
  }

  async handshake(options: OpenOptions): Promise<void> {
    const capabilities = options.capabilities.split(',').filter((name) => name !== 'none');
    this.client.sendBytes(PROTOCOL_HEADER);
    await this.expectMethod(0, 'connection.start');
    const clientProperties: FieldEntry = {
      key: 'capabilities',
      value: {
        type: 'F',
        entries: capabilities.map((key) => ({ key, value: { type: 't', text: 'true' } })),
      },
    };
    this.#sendMethod(0, 'connection.start-ok', [
      ['client-properties', [clientProperties]],
      ['mechanism', 'PLAIN'],
      ['response', `\0${options.user}\0${options.password}`],
      ['locale', 'en_US'],
    ]);
    await this.expectMethod(0, 'connection.tune');
    this.#sendMethod(0, 'connection.tune-ok', [
      ['channel-max', options.channelMax],
      ['frame-max', options.frameMax],
      ['heartbeat', options.heartbeat],
    ]);
    this.#sendMethod(0, 'connection.open', [['virtual-host', options.vhost]]);
    await this.expectMethod(0, 'connection.open-ok');
    if (options.channel !== 'none') await this.openChannel(Number(options.channel));
  }

  async openChannel(channel: number): Promise<void> {
    this.#lastChannel = Math.max(this.#lastChannel, channel);
    this.#sendMethod(channel, 'channel.open', []);
    await this.expectMethod(channel, 'channel.open-ok');
  }

  /** The next number that was not used yet; the default from now on. */
  async openNewChannel(): Promise<void> {
    this.defaultChannel = this.#lastChannel + 1;
    await this.openChannel(this.defaultChannel);
  }

  async expectMethod(channel: number, name: string): Promise<void> {
    const event = await this.client.next(channel, ANSWER_TIMEOUT_MS);
    if (event?.kind === 'method' && event.name === name) {
      this.noteReceived(name);
      return;
    }
    const seen =
      event?.kind === 'method' ? `${event.name} ${JSON.stringify([...event.fields])}` : event?.kind;
    throw new Error(`expected ${name}, got ${seen ?? 'nothing'}`);
  }

  /** Follows the state of the connection, to know how to end it. */
  noteReceived(name: string): void {
    if (name === 'connection.open-ok') this.#isRunning = true;
    if (name === 'connection.close' || name === 'connection.close-ok') this.#isRunning = false;
  }

  say(channel: number, phrase: Phrase, variables: Variables): void {
    switch (phrase.word) {
      case 'protocol-header':
        this.client.sendBytes(
          Buffer.from([...PROTOCOL_HEADER.subarray(0, 4), ...octets(phrase.rest)]),
        );
        return;
      case 'raw':
        this.client.sendBytes(Buffer.from(phrase.rest.replace(/\s/g, ''), 'hex'));
        return;
      case 'frame': {
        const [type = '', ...hex] = phrase.rest.split(/\s+/);
        this.client.sendFrame(Number(type), channel, Buffer.from(hex.join(''), 'hex'));
        return;
      }
      case 'header':
        this.#sayHeader(channel, phrase, variables);
        return;
      case 'body':
        this.client.sendFrame(
          3,
          channel,
          phrase.body ? toBytes(phrase.body, variables) : Buffer.alloc(0),
        );
        return;
      default:
        this.#sayMethod(channel, phrase, variables);
    }
  }

  #sayMethod(channel: number, phrase: Phrase, variables: Variables): void {
    const fields = phrase.attributes.map(
      ({ name, literal }) => [name, fieldValue(literal, variables)] as const,
    );
    this.#sendMethod(channel, phrase.word, fields);
    if (phrase.body === undefined) return;
    const body = toBytes(phrase.body, variables);
    this.#sendHeader(channel, 60, 0, body.length, phrase.properties?.attributes ?? [], variables);
    this.client.sendBody(channel, body);
  }

  #sayHeader(channel: number, phrase: Phrase, variables: Variables): void {
    const number = (name: string, otherwise: number): number => {
      const found = phrase.attributes.find((attribute) => attribute.name === name);
      return found === undefined ? otherwise : Number(toText(found.literal, variables));
    };
    const properties = phrase.properties?.attributes ?? [];
    const classId = number('class-id', 60);
    this.#sendHeader(
      channel,
      classId,
      number('weight', 0),
      number('body-size', 0),
      properties,
      variables,
    );
  }

  #sendHeader(
    channel: number,
    classId: number,
    weight: number,
    bodyBytes: number,
    attributes: readonly Attribute[],
    variables: Variables,
  ): void {
    const properties = new Map<string, PropertyValue>(
      attributes.map(({ name, literal }) => [name, fieldValue(literal, variables)]),
    );
    const header = encodeContentHeader({ classId, weight, bodyBytes, properties });
    this.client.sendFrame(2, channel, header);
  }

  #sendMethod(
    channel: number,
    name: string,
    fields: ReadonlyArray<readonly [string, MethodFieldValue]>,
  ): void {
    const map = new Map(fields);
    const frameMax = Number(map.get('frame-max') ?? 0);
    if (name === 'connection.tune-ok' && frameMax >= 4096) this.client.frameMax = frameMax;
    if (name === 'connection.close') this.#isRunning = false;
    this.client.sendFrame(1, channel, encodeMethod(name, map));
  }

  /** The polite end. Resolves also when the broker does not answer. */
  async close(): Promise<void> {
    if (this.#isRunning && !this.client.isEnded) {
      this.client.release();
      this.#sendMethod(0, 'connection.close', [['reply-code', '200']]);
      await this.client.waitUntil(() => this.client.peek(0) !== undefined, ANSWER_TIMEOUT_MS);
      const event = this.client.peek(0);
      if (event?.kind === 'method' && event.name === 'connection.close-ok') this.client.take(0);
    }
    this.client.destroy();
  }
}

function octets(text: string): number[] {
  return text.split(/\s+/).map(Number);
}

function fieldValue(literal: Literal, variables: Variables): MethodFieldValue {
  if (literal.kind === 'table') return toEntries(literal.entries, variables);
  return toText(literal, variables);
}
