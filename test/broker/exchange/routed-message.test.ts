import { describe, expect, it } from 'vitest';
import { PublishedMessage } from '../../../src/broker/exchange/routed-message.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { incoming } from '../../support/core/messages.ts';

describe('a published message as routers see it', () => {
  it('has its properties and headers', () => {
    const headers = tableOf({ kind: 'report' });
    const message = incoming({
      body: Buffer.from('m'),
      properties: { headers, correlationId: 'c', messageId: 'm', timestamp: 5n },
    });
    const routed = new PublishedMessage(message, ['key']);
    expect(routed.routingKeys).toEqual(['key']);
    expect(routed.headers()).toEqual(headers);
    expect(routed.properties()).toMatchObject({
      correlationId: 'c',
      messageId: 'm',
      timestamp: 5n,
    });
    expect(routed.headers()).toBe(routed.headers());
    expect(routed.incoming()).toBe(message);
  });

  it.each([{}, { messageId: 'm' }, { headers: new Map() }])(
    'has no headers in %j',
    (properties) => {
      const message = incoming({ body: Buffer.alloc(0), properties });
      expect(new PublishedMessage(message, ['key']).headers().size).toBe(0);
    },
  );
});
