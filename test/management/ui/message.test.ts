import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QueueView } from '../../../src/management/ui/http/views.ts';
import { rowsOf, tableOf } from '../../../src/management/ui/message/arguments.ts';
import { deathsOf } from '../../../src/management/ui/message/deaths.ts';
import { effectiveSettings } from '../../../src/management/ui/message/effective-settings.ts';
import {
  EXCHANGE_ARGUMENTS,
  OPERATOR_POLICY_KEYS,
  POLICY_KEYS,
  QUEUE_ARGUMENTS,
} from '../../../src/management/ui/message/known-arguments.ts';
import {
  bytesBase64,
  hexDump,
  jsonTokens,
  payloadBytes,
  payloadText,
  prettyJson,
} from '../../../src/management/ui/message/payload.ts';
import { perSecond } from '../../../src/management/ui/message/transfer-rate.ts';
import { headAgeSeconds } from '../../../src/management/ui/pages/queue-age.ts';

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text));
const queue = (view: Partial<QueueView>) => ({ arguments: {}, ...view }) as QueueView;

describe('a payload', () => {
  it('is the bytes that were sent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), (array) => {
        const bytes = Uint8Array.from(array);
        const payload = bytesBase64(bytes);
        expect(payload).toBe(Buffer.from(array).toString('base64'));
        expect(payloadBytes({ payload, payload_encoding: 'base64' })).toEqual(bytes);
      }),
    );
    expect(payloadBytes({ payload: 'ü', payload_encoding: 'string' })).toEqual(bytesOf('ü'));
  });

  it('has a text only when it is UTF-8', () => {
    expect(payloadText(bytesOf('\ufeffgrün'))).toBe('\ufeffgrün');
    expect(payloadText(Uint8Array.of(0xff, 0x00))).toBeUndefined();
  });

  it('is shown as JSON when it is an object or a list', () => {
    expect(prettyJson('{"a":[1,null]}')).toBe('{\n  "a": [\n    1,\n    null\n  ]\n}');
    expect(['17', 'text', '{"a":', ''].map(prettyJson)).toEqual(Array(4).fill(undefined));
  });

  it('the pieces of JSON are the whole of it', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())),
        (value) => {
          const json = JSON.stringify(value, null, 2);
          expect(
            jsonTokens(json)
              .map(({ text }) => text)
              .join(''),
          ).toBe(json);
        },
      ),
    );
    const kinds = jsonTokens('{\n  "k": "v: true",\n  "n": -1.5e3,\n  "b": false\n}');
    expect(kinds.filter(({ kind }) => kind !== 'mark')).toEqual([
      { kind: 'key', text: '"k":' },
      { kind: 'string', text: '"v: true"' },
      { kind: 'key', text: '"n":' },
      { kind: 'number', text: '-1.5e3' },
      { kind: 'key', text: '"b":' },
      { kind: 'word', text: 'false' },
    ]);
  });

  it('is dumped as hexdump -C does', () => {
    expect(hexDump(bytesOf('0123456789abcdef\n<b>'), 100)).toBe(
      '00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n' +
        `00000010  0a 3c 62 3e${' '.repeat(37)}  |.<b>|`,
    );
    expect(hexDump(bytesOf('abc'), 2)).toContain('|ab|');
  });
});

describe('arguments', () => {
  const row = (key: string, type: 'string' | 'number' | 'boolean' | 'json', text: string) => ({
    key,
    type,
    text,
  });

  it('have the type that was chosen', () => {
    const rows = [
      row('s', 'string', '5'),
      row('n', 'number', '5'),
      row('b', 'boolean', 'false'),
      row('j', 'json', '{"a":[1]}'),
      row('', 'string', ''),
    ];
    const table = { s: '5', n: 5, b: false, j: { a: [1] } };
    expect({ ...tableOf(rows) }).toEqual(table);
    expect(rowsOf(table)).toEqual(rows.slice(0, 4));
  });

  it('may be called like what every object has', () => {
    const table = tableOf([row('__proto__', 'number', '1'), row('toString', 'string', 'x')]);
    expect(JSON.stringify(table)).toBe('{"__proto__":1,"toString":"x"}');
  });

  it.each([
    [row('a', 'number', 'five'), '"a" is no number: "five".'],
    [row('a', 'number', ''), '"a" is no number: "".'],
    [row('a', 'number', '9007199254740993'), '"a" is larger than this page can send exactly.'],
    [row('a', 'boolean', 'yes'), '"a" is true or false, not "yes".'],
    [row('a', 'json', '{'), '"a" is no valid JSON: {'],
    [row('', 'string', 'x'), 'The value "x" has no name.'],
  ])('%j is refused', (one, message) => {
    expect(() => tableOf([one])).toThrow(message);
  });

  it('are there once', () => {
    expect(() => tableOf([row('a', 'string', '1'), row('a', 'string', '2')])).toThrow(
      '"a" is there twice.',
    );
  });

  it('that are offered can be sent as they are, but for a value', () => {
    const offered = [QUEUE_ARGUMENTS, EXCHANGE_ARGUMENTS, POLICY_KEYS, OPERATOR_POLICY_KEYS];
    for (const known of offered) {
      const rows = known.map(({ key, type, text = type === 'number' ? '1' : 'x' }) =>
        row(key, type, text),
      );
      expect(Object.keys(tableOf(rows))).toEqual(known.map(({ key }) => key));
    }
  });
});

describe('settings in effect', () => {
  it('name where they come from, and the stricter number wins', () => {
    const view = queue({
      arguments: { 'x-max-length': 100, 'x-message-ttl': 60_000, 'x-overflow': 'drop-head' },
      policy: 'p',
      operator_policy: 'o',
      effective_policy_definition: { 'max-length': 50, 'message-ttl': 90_000, expires: 1 },
    });
    expect(effectiveSettings(view)).toEqual([
      { key: 'expires', value: '1', origin: 'policy p or operator policy o' },
      { key: 'max-length', value: '50', origin: 'policy p or operator policy o' },
      { key: 'message-ttl', value: '60000', origin: 'argument' },
      { key: 'overflow', value: 'drop-head', origin: 'argument' },
    ]);
    expect(effectiveSettings(queue({}))).toEqual([]);
  });

  it('name the one policy whose value it is', () => {
    const view = queue({
      policy: 'p',
      operator_policy: 'o',
      effective_policy_definition: { 'max-length': 50, 'message-ttl': 9, expires: 1 },
    });
    const definitions = {
      policy: { 'max-length': 80, 'message-ttl': 9 },
      operatorPolicy: { 'max-length': 50, expires: 1 },
    };
    expect(effectiveSettings(view, definitions).map(({ key, origin }) => [key, origin])).toEqual([
      ['expires', 'operator policy o'],
      ['max-length', 'operator policy o'],
      ['message-ttl', 'policy p'],
    ]);
  });
});

describe('the age of the first message', () => {
  it('is what the broker says, when there is a message', () => {
    expect(headAgeSeconds(queue({ messages: 1, oldest_message_age_ms: 1500 }), 0)).toBe(1.5);
    expect(headAgeSeconds(queue({ messages: 0, oldest_message_age_ms: 0 }), 0)).toBeUndefined();
  });

  it('of a RabbitMQ is known when its publisher wrote a time', () => {
    expect(headAgeSeconds(queue({ head_message_timestamp: 1000 }), 1_060_000)).toBe(60);
    expect(headAgeSeconds(queue({ head_message_timestamp: 2000 }), 1_060_000)).toBe(0);
    expect(headAgeSeconds(queue({ head_message_timestamp: null }), 1)).toBeUndefined();
    expect(headAgeSeconds(queue({}), 1)).toBeUndefined();
  });
});

describe('deaths', () => {
  it('are read from x-death', () => {
    const entry = {
      count: 2,
      exchange: 'x',
      queue: 'q',
      reason: 'rejected',
      'routing-keys': ['a', 'b'],
      time: 17,
    };
    expect(deathsOf({ 'x-death': [entry] })).toEqual([
      { queue: 'q', reason: 'rejected', count: 2, exchange: 'x', keys: ['a', 'b'], timeMs: 17_000 },
    ]);
  });

  it.each([undefined, null, 'x', {}, { 'x-death': 'many' }, { 'x-death': [null, 1] }])(
    '%j has none',
    (headers) => {
      expect(deathsOf(headers)).toEqual([]);
    },
  );

  it('of a header that a client made up are still text', () => {
    const [death] = deathsOf({ 'x-death': [{ queue: { a: 1 }, count: 'x', 'routing-keys': 5 }] });
    expect(death).toMatchObject({
      queue: '[object Object]',
      count: 1,
      keys: [],
      reason: 'unknown',
    });
  });
});

describe('the rate of a transfer', () => {
  it('is that of the last ten seconds', () => {
    const first = perSecond([], { moved: 0, atMs: 1000 });
    expect(first.rate).toBeUndefined();
    const second = perSecond(first.kept, { moved: 500, atMs: 2000 });
    expect(second.rate).toBe(500);
    const later = perSecond(second.kept, { moved: 600, atMs: 12_000 });
    expect([later.rate, later.kept.length]).toEqual([10, 2]);
  });
});
