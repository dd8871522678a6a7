import { describe, expect, it } from 'vitest';
import {
  contentHeaderOf,
  hasHeaders,
  headersOf,
  propertiesOf,
  rewriteProperties,
} from '../../../src/broker/message/message-properties.ts';
import { recordOf, routingKey } from '../../../src/broker/message/message-record.ts';
import { EMPTY_TABLE } from '../../../src/protocol/field-table.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { bodyOfRecord, incoming } from '../../support/core/messages.ts';

const body = Buffer.from('the body');

describe('properties of a message', () => {
  it('are read from its content header', () => {
    const headers = tableOf({ a: 1 });
    const message = incoming({ body, properties: { messageId: 'm', headers } });
    expect(propertiesOf(message)).toEqual({ messageId: 'm', headers });
    expect(contentHeaderOf(message).bodyBytes).toBe(body.length);
    expect(headersOf(message)).toEqual(headers);
    expect(hasHeaders(message)).toBe(true);
  });

  it('may have no headers', () => {
    const message = incoming({ body, properties: { messageId: 'm' } });
    expect(headersOf(message)).toBe(EMPTY_TABLE);
    expect(hasHeaders(message)).toBe(false);
  });

  it.each([5, 200_000])('are written anew around a body of %d octets', (bytes) => {
    const large = Buffer.alloc(bytes, 'x');
    const message = incoming({ body: large, routingKey: 'k', properties: { messageId: 'm' } });
    const before = message.buffer;
    const copy = Buffer.from(before);
    rewriteProperties(message, { messageId: 'longer', headers: tableOf({ a: 'b' }) });
    expect(before).toEqual(copy);
    expect(propertiesOf(message)).toEqual({ messageId: 'longer', headers: tableOf({ a: 'b' }) });
    expect(routingKey(message)).toBe('k');
    expect(message.record).toBeUndefined();
    expect(bodyOfRecord(recordOf(message), 0)).toEqual(large);
  });
});
