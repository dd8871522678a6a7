// The conversation format itself: what the parser takes and refuses, and that a wrong answer is noticed.
import { describe, expect, test } from 'vitest';
import type { ByteStream } from '../support/amqp/byte-stream.ts';
import { encodeContentHeader } from '../support/amqp/content-header.ts';
import { encodeMethod } from '../support/amqp/method-codec.ts';
import { listDifferences } from '../support/conversation/differences.ts';
import { parsePhrase, splitComment } from '../support/conversation/phrase-parser.ts';
import { play } from '../support/conversation/player.ts';
import { parseScript } from '../support/conversation/script-parser.ts';
import type { ConversationTarget } from '../support/conversation/target.ts';

/** A broker that sends the given frames as soon as the client has said anything. */
function scripted(...frames: Buffer[]): ConversationTarget {
  const open = (): Promise<ByteStream> => {
    let onBytes: (bytes: Buffer) => void = () => undefined;
    let onEnd: () => void = () => undefined;
    let isAnswered = false;
    return Promise.resolve({
      write: () => {
        if (isAnswered) return;
        isAnswered = true;
        setImmediate(() => onBytes(Buffer.concat(frames)));
      },
      onBytes: (listener) => {
        onBytes = listener;
      },
      onEnd: (listener) => {
        onEnd = listener;
      },
      destroy: () => onEnd(),
    });
  };
  return { name: 'scripted', broker: 'warren', open, close: () => Promise.resolve() };
}

function frame(type: number, payload: Buffer): Buffer {
  const head = Buffer.of(type, 0, 1, 0, 0, 0, payload.length);
  return Buffer.concat([head, payload, Buffer.of(0xce)]);
}

const method = (name: string, fields: Record<string, string> = {}): Buffer =>
  frame(1, encodeMethod(name, new Map(Object.entries(fields))));

const get = (body: string): Buffer[] => [
  method('basic.get-ok', { 'delivery-tag': '1', 'message-count': '4' }),
  frame(
    2,
    encodeContentHeader({
      classId: 60,
      weight: 0,
      bodyBytes: body.length,
      properties: new Map([['headers', [{ key: 'n', value: { type: 'I', text: '7' } }]]]),
    }),
  ),
  frame(3, Buffer.from(body)),
];

const script = (...lines: string[]) =>
  parseScript(
    'test.txt',
    ['# title', 'connect', 'C: protocol-header 0 0 9 1', ...lines].join('\n'),
  );

describe('what the player notices', () => {
  test('the expected answer passes', async () => {
    const lines = ['S: basic.get-ok delivery-tag=1 { headers=!{n:I:7} } "abc"'];
    await play(script(...lines), scripted(...get('abc')));
  });

  test.each([
    ['another method', 'S: basic.get-empty', 'expected basic.get-empty'],
    ['another field', 'S: basic.get-ok delivery-tag=2', 'delivery-tag: expected "2", got "1"'],
    ['a field that is not named', 'S!: basic.get-ok delivery-tag=1', 'message-count is not named'],
    ['a field that does not exist', 'S: basic.get-ok tag=1', 'has no field tag'],
    ['another body', 'S: basic.get-ok "abd"', 'body: expected "abd", got "abc"'],
    ['a missing property', 'S: basic.get-ok { type=x }', 'the property type is absent'],
    ['a surplus property', 'S: basic.get-ok !{}', 'surplus properties headers'],
    ['another table type', 'S: basic.get-ok { headers={n:l:7} }', 'expected type l, got I'],
    ['another table value', 'S: basic.get-ok { headers={n:I:8} }', 'expected "8", got "7"'],
    ['a missing table key', 'S: basic.get-ok { headers={m:I:8} }', 'no m'],
    ['a regular expression', 'S: basic.get-ok delivery-tag=~/[2-9]/', 'expected /[2-9]/'],
    ['something instead of nothing', 'S: nothing', 'got basic.get-ok'],
    ['no end of the connection', 'S: closed within=20', 'got nothing in time'],
    ['an unknown variable', 'S: basic.get-ok routing-key=$x', '$x was not used before'],
  ])('%s', async (_, line, problem) => {
    await expect(play(script(line), scripted(...get('abc')))).rejects.toThrow(problem);
  });

  test('an event that no line reads', async () => {
    const target = scripted(...get('abc'), method('basic.get-empty'));
    await expect(play(script('S: basic.get-ok'), target)).rejects.toThrow(
      'also got basic.get-empty',
    );
  });

  test('a frame without its end octet', async () => {
    const bad = method('basic.get-empty');
    bad[bad.length - 1] = 0;
    const problem = play(script('S: basic.get-empty'), scripted(bad));
    await expect(problem).rejects.toThrow('malformed bytes');
  });

  test('a member of an unordered group that is missing', async () => {
    const target = scripted(method('basic.get-empty'), method('basic.qos-ok'));
    const problem = play(script('S*: basic.qos-ok', 'S*: basic.recover-ok'), target);
    await expect(problem).rejects.toThrow('got basic.get-empty');
  });

  test('C+ opens a channel and stays there', async () => {
    const onChannel2 = (bytes: Buffer) => Buffer.concat([Buffer.of(1, 0, 2), bytes.subarray(3)]);
    const target = scripted(
      method('channel.open-ok'),
      onChannel2(method('channel.open-ok')),
      onChannel2(method('basic.get-empty')),
    );
    await play(script('channel 1', 'C+: basic.get', 'S: basic.get-empty'), target);
  });

  test('confirms: any grouping, none beyond', async () => {
    const acks = [
      method('basic.ack', { 'delivery-tag': '2', multiple: 'true' }),
      method('basic.ack', { 'delivery-tag': '4' }),
      method('basic.ack', { 'delivery-tag': '3' }),
    ];
    await play(script('S: acks 1..4'), scripted(...acks));
    await expect(play(script('S: acks 1..3'), scripted(...acks))).rejects.toThrow('beyond 3');
    await expect(play(script('S: nacks 1..4'), scripted(...acks))).rejects.toThrow('got basic.ack');
  });
});

describe('what the parser takes', () => {
  test('a comment starts with a free-standing #', () => {
    expect(splitComment('C: x routing-key=a.# # why')).toEqual({
      text: 'C: x routing-key=a.#',
      reason: 'why',
    });
    expect(splitComment('C: x "a # b"').reason).toBe('');
  });

  test('repeated bodies, escapes and bare flags', () => {
    const phrase = parsePhrase('basic.publish mandatory "a\\x00\\n"*3');
    expect(phrase.attributes).toEqual([
      { name: 'mandatory', literal: { kind: 'text', text: 'true', repeat: 1 } },
    ]);
    expect(phrase.body).toEqual({ kind: 'text', text: 'a\0\n', repeat: 3 });
  });

  test.each([
    ['a line that is neither spoken nor a command', 'wave'],
    ['a quote that is not closed', 'C: body "abc'],
    ['a line for one broker without a reason', 'S[warren]: nothing'],
  ])('not %s', (_, line) => {
    expect(() => script(line)).toThrow('test.txt:4');
  });

  test('not a file without a title', () => {
    expect(() => parseScript('test.txt', 'open')).toThrow('# title');
  });

  test('loops are written out, nested ones too, and keep the numbers of their lines', () => {
    const { steps } = script(
      'for <a>=<b> in 1=x=y 2=z',
      'for <c> in 3 4',
      'C: body "<a> <b> <c>"',
      'end',
      'end',
      'C: body "behind"',
    );
    const said = steps.slice(2).map(({ source, line }) => [source, line]);
    expect(said).toEqual([
      ['C: body "1 x=y 3"', 6],
      ['C: body "1 x=y 4"', 6],
      ['C: body "2 z 3"', 6],
      ['C: body "2 z 4"', 6],
      ['C: body "behind"', 9],
    ]);
  });

  test.each([
    ['a loop without end', ['for <a> in 1', 'C: body "<a>"'], 'test.txt:4: "for" without "end"'],
    ['an end without a loop', ['end'], 'test.txt:4: "end" without "for"'],
    ['an item with too few parts', ['for <a>=<b> in 1', 'end'], 'test.txt:4: 1 has too few parts'],
  ])('not %s', (_, lines, problem) => {
    expect(() => script(...lines)).toThrow(problem);
  });

  test('lines for one broker become the list of differences', () => {
    const differing = script('S[rabbitmq]: nothing', 'S[warren]: closed # the reason');
    const list = listDifferences([script('S: nothing'), differing]);
    expect(list).toContain('1 conversations of 2');
    expect(list).toContain('  S[rabbitmq]: nothing\n  S[warren]: closed\n  Why: the reason');
  });
});
