import { describe, expect, it } from 'vitest';
import {
  hiddenKeysOf,
  senderSelectedKeys,
  withoutBcc,
} from '../../../src/broker/message/sender-selected.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';

describe('CC and BCC', () => {
  const headers = tableOf({ CC: ['a', 5, 'b'], BCC: ['c'], other: 1 });

  it('name keys, of which only strings count', () => {
    expect(senderSelectedKeys(headers, 'CC')).toEqual(['a', 'b']);
    expect(senderSelectedKeys(headers, 'BCC')).toEqual(['c']);
    expect(senderSelectedKeys(tableOf({}), 'CC')).toEqual([]);
  });

  it('must be arrays', () => {
    expect(() => senderSelectedKeys(tableOf({ BCC: 'a' }), 'BCC')).toThrow(
      'PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,"BCC",longstr}',
    );
  });

  it('BCC is taken out of what consumers see', () => {
    expect([...withoutBcc(headers).keys()]).toEqual(['CC', 'other']);
    expect(headers.has('BCC')).toBe(true);
  });
});

describe('hidden keys', () => {
  it('are short strings, one after the other', () => {
    expect(hiddenKeysOf([])).toBeUndefined();
    expect(hiddenKeysOf(['ab', ''])).toEqual(Buffer.from('\x02ab\x00'));
  });

  it('are as many as a trailer holds; longer ones are no keys', () => {
    expect(hiddenKeysOf(['x'.repeat(256), 'y'])).toEqual(Buffer.from('\x01y'));
    const many = Array.from({ length: 300 }, () => 'k'.repeat(255));
    expect(hiddenKeysOf(many)?.length).toBeLessThan(0x1_0000);
  });
});
