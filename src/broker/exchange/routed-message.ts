// The message of a publish as routers see it: its properties are decoded when the first router asks.

import {
  decodeContentHeader,
  FLAG_HEADERS,
  type MessageProperties,
} from '../../protocol/content-header.ts';
import { EMPTY_TABLE, type FieldTable } from '../../protocol/field-table.ts';
import { FRAME_HEAD_BYTES } from '../../protocol/frame-constants.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { recordBytesAt } from '../message/record.ts';
import type { RoutedMessage } from './router.ts';

/** Of the property flags in the payload of a header frame. */
const FLAGS_OFFSET = 12;

export class PublishedMessage implements RoutedMessage {
  readonly routingKeys: readonly string[];
  readonly #message: IncomingMessage;
  #properties: MessageProperties | undefined;

  constructor(message: IncomingMessage, routingKeys: readonly string[]) {
    this.#message = message;
    this.routingKeys = routingKeys;
  }

  headers(): FieldTable {
    if (this.#properties === undefined) {
      const { buffer, contentStart } = this.#message;
      const flags = buffer.readUInt16BE(contentStart + 1 + FRAME_HEAD_BYTES + FLAGS_OFFSET);
      if ((flags & FLAG_HEADERS) === 0) return EMPTY_TABLE;
    }
    return this.properties().headers ?? EMPTY_TABLE;
  }

  properties(): MessageProperties {
    if (this.#properties === undefined) {
      const { buffer, contentStart } = this.#message;
      const start = contentStart + 1 + FRAME_HEAD_BYTES;
      const end = start + recordBytesAt(buffer, contentStart + 1 + 3);
      this.#properties = decodeContentHeader(buffer, start, end).properties;
    }
    return this.#properties;
  }

  incoming(): IncomingMessage {
    return this.#message;
  }
}
