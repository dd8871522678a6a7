import { describe, expect, it } from 'vitest';
import { parseObject, readBody } from '../../src/management/json-body.ts';
import {
  booleanField,
  integerField,
  objectField,
  requireKeys,
  textField,
} from '../../src/management/json-fields.ts';

const parse = (text: string | Buffer) => parseObject(Buffer.from(text));

async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

describe('a body', () => {
  it.each(['', ' ', 'null', 'undefined', '{}', ' {} \n', '\ufeff{}'])('%j is empty', (text) => {
    expect(parse(text)).toEqual({});
  });

  it.each(['{bad', '[]', '1', 'true', '"text"', '{"a":1}x', Buffer.from([0xff, 0xfe])])(
    '%j is not JSON of an object',
    (text) => {
      expect(() => parse(text)).toThrow(/^not_json$/);
    },
  );

  it('with half a character is none', () => {
    for (const text of ['{"a":"\\ud800"}', '{"\\udc00":1}', '{"a":["x\\uD83D"]}']) {
      expect(() => parse(text)).toThrow(/^not_json$/);
    }
    expect(parse('{"a":"\\ud83d\\udc30"}')).toEqual({ a: '\u{1f430}' });
  });

  it('encoded twice gets a hint', () => {
    expect(() => parse(JSON.stringify('{"a":1}'))).toThrow(/not_json: .*encoded twice/);
  });

  it('nested too deeply is refused, brackets in texts count for nothing', () => {
    const deep = '['.repeat(100) + ']'.repeat(100);
    expect(() => parse(`{"a":${deep}}`)).toThrow('JSON is nested deeper than 100 levels');
    const text = `\\"${'{'.repeat(200)}`;
    expect(parse(`{"a":"${text}"}`)['a']).toHaveLength(201);
  });

  it('keeps its own names to itself', () => {
    const body = parse('{"__proto__":{"durable":true}}');
    expect(booleanField(body, 'durable', false)).toBe(false);
    expect(() => requireKeys(body, ['constructor'])).toThrow('[{key_missing,constructor}]');
  });

  it('is read up to the limit', async () => {
    const stream = () => ReadableStream.from(chunks('{"a":', '1}'));
    expect((await readBody(stream(), 7)).toString()).toBe('{"a":1}');
    await expect(readBody(stream(), 6)).rejects.toThrow(
      'Exceeded HTTP request body size limit of 6 bytes',
    );
    expect(await readBody(null, 6)).toHaveLength(0);
  });
});

describe('fields', () => {
  it('that are missing are all named', () => {
    expect(() => requireKeys({ count: 1 }, ['count', 'ackmode', 'encoding'])).toThrow(
      /^\[\{key_missing,ackmode\},\{key_missing,encoding\}\]$/,
    );
    expect(() => requireKeys({}, ['properties', 'payload', 'payload_encoding'])).toThrow(
      '[{key_missing,properties},\n {key_missing,payload},\n {key_missing,payload_encoding}]',
    );
    expect(() => requireKeys({}, ['apply-to'])).toThrow("[{key_missing,'apply-to'}]");
  });

  it('that are true or false', () => {
    expect(booleanField({ a: 'true' }, 'a', false)).toBe(true);
    expect(booleanField({ a: 'false' }, 'a', true)).toBe(false);
    expect(booleanField({}, 'a', true)).toBe(true);
    expect(() => booleanField({ a: 'yes' }, 'a', true)).toThrow('not_boolean: yes');
    expect(() => booleanField({ a: null }, 'a', true)).toThrow('not_boolean: null');
  });

  it('of other kinds', () => {
    expect(integerField({ a: '12' }, 'a')).toBe(12);
    expect(integerField({ a: -1 }, 'a')).toBe(-1);
    expect(integerField({}, 'a')).toBeUndefined();
    expect(() => integerField({ a: 1.5 }, 'a')).toThrow('a should be an integer, not 1.5');
    expect(textField({ a: 'x' }, 'a')).toBe('x');
    expect(() => textField({ a: 1 }, 'a')).toThrow('a should be a string, not 1');
    expect(objectField({ a: [] }, 'a')).toEqual({});
    expect(() => objectField({ a: 'x'.repeat(999) }, 'a')).toThrow(
      /^a should be an object, not x{200}\.{3}$/,
    );
  });
});
