import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHash, parseHash } from '../../../src/management/ui/location/hash-location.ts';

const name = fc.string({ unit: 'grapheme', minLength: 1 });

describe('the address', () => {
  it('holds any name and any filter', () => {
    fc.assert(
      fc.property(
        fc.array(name),
        fc.dictionary(name, name, { noNullPrototype: true }),
        (segments, query) => {
          expect(parseHash(formatHash(segments, query))).toEqual({ segments, query });
        },
      ),
    );
  });

  it('is short', () => {
    expect([formatHash([]), formatHash(['queues', '/'], { page: '', name: 'a' })]).toEqual([
      '#/',
      '#/queues/%2F?name=a',
    ]);
  });

  it.each(['', '#', '#/', '#//'])('%j is the first page', (hash) => {
    expect(parseHash(hash)).toEqual({ segments: [], query: {} });
  });

  it('keeps a damaged escape as it is', () => {
    expect(parseHash('#/queues/%2F/100%').segments).toEqual(['queues', '/', '100%']);
  });
});
