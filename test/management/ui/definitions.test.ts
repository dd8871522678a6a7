import { describe, expect, it } from 'vitest';
import {
  compareDefinitions,
  parseDefinitions,
} from '../../../src/management/ui/message/definitions.ts';

describe('a file of definitions', () => {
  it('may begin with a byte order mark', () => {
    expect(parseDefinitions('\ufeff{"queues":[]}')).toEqual({ queues: [] });
  });

  it.each([
    ['', /^The file is no JSON: /],
    ['[]', 'The file holds no definitions: it must be a JSON object.'],
    ['null', 'The file holds no definitions: it must be a JSON object.'],
    ['{"queues":{}}', '“queues” in the file is no list of objects.'],
    ['{"users":["guest"]}', '“users” in the file is no list of objects.'],
  ])('%s is refused', (text, message) => {
    expect(() => parseDefinitions(text)).toThrow(message);
  });
});

describe('an import', () => {
  it('is compared with what is there', () => {
    const present = {
      queues: [
        { vhost: '/', name: 'same', durable: true, arguments: { a: 1, b: 2 } },
        { vhost: '/', name: 'other', durable: true, arguments: {} },
      ],
      bindings: [
        {
          vhost: '/',
          source: 'x',
          destination: 'q',
          destination_type: 'queue',
          routing_key: 'k',
          arguments: {},
        },
      ],
    };
    const file = {
      queues: [
        { vhost: '/', name: 'same', durable: true, arguments: { b: 2, a: 1 } },
        { vhost: '/', name: 'other', durable: false, arguments: {} },
        { vhost: 'else', name: 'same', durable: true, arguments: {} },
      ],
      bindings: [...present.bindings, { ...present.bindings[0], routing_key: 'k2' }],
    };
    const comparison = compareDefinitions(file, present);
    expect(comparison.queues).toEqual({ total: 3, added: 1, same: 1, different: ['other'] });
    expect(comparison.bindings).toEqual({ total: 2, added: 1, same: 1, different: [] });
    expect(comparison.users).toEqual({ total: 0, added: 0, same: 0, different: [] });
  });

  it('of one vhost needs no vhost in its items', () => {
    const comparison = compareDefinitions(
      { queues: [{ name: 'q', durable: true }] },
      { queues: [{ name: 'q', durable: true, extra: 1 }] },
    );
    expect(comparison.queues).toEqual({ total: 1, added: 0, same: 1, different: [] });
  });
});
