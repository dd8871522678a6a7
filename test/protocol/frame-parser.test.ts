// Any split of the same bytes, and any stopping on the way, gives the same calls.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AmqpError } from '../../src/protocol/amqp-error.ts';
import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import { createMethod } from '../../src/protocol/create-method.ts';
import { FrameParser, type FrameSink } from '../../src/protocol/frame-parser.ts';
import {
  encodeMethodFrame,
  writeBodyFrames,
  writeHeaderFrame,
} from '../../src/protocol/frame-writer.ts';

const FRAME_MAX = 4096;

function frame(type: number, channel: number, payload: Buffer | string, endOctet = 0xce): Buffer {
  const octets = typeof payload === 'string' ? Buffer.from(payload, 'hex') : payload;
  const head = Buffer.alloc(7);
  head[0] = type;
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(octets.length, 3);
  return Buffer.concat([head, octets, Buffer.from([endOctet])]);
}

function publish(channel: number, body: Buffer, frameMax: number): Buffer {
  const writer = new ByteWriter();
  writer.octets(
    encodeMethodFrame(channel, createMethod('basic.publish', { exchange: 'x', routingKey: 'k' })),
  );
  writeHeaderFrame(writer, channel, body.length, { deliveryMode: 2 });
  writeBodyFrames(writer, channel, body, frameMax);
  return writer.take();
}

const HEARTBEAT = frame(8, 0, '');

/** Writes down the calls; a publish in one call is written as the calls it stands for. */
class Recorder implements FrameSink {
  readonly calls: string[] = [];
  publishCount = 0;
  /** Called behind every call of the parser. */
  onCall: () => void = () => {};

  onMethod(channel: number, buffer: Buffer, start: number, end: number): void {
    this.#record('method', channel, buffer, start, end);
  }

  onHeader(channel: number, buffer: Buffer, start: number, end: number): void {
    this.#record('header', channel, buffer, start, end);
  }

  onBody(channel: number, buffer: Buffer, start: number, end: number): void {
    this.#record('body', channel, buffer, start, end);
  }

  onHeartbeat(): void {
    this.calls.push('heartbeat');
    this.onCall();
  }

  onPublish(
    channel: number,
    buffer: Buffer,
    methodStart: number,
    methodEnd: number,
    contentEnd: number,
    bodyBytes: number,
  ): void {
    this.publishCount++;
    this.#note('method', channel, buffer, methodStart, methodEnd);
    expect(buffer[methodEnd]).toBe(0xce);
    let at = methodEnd + 1;
    let seen = -1;
    while (at < contentEnd) {
      const end = at + 7 + buffer.readUInt32BE(at + 3);
      this.#note(buffer[at] === 2 ? 'header' : 'body', channel, buffer, at + 7, end);
      expect(buffer.readUInt16BE(at + 1)).toBe(channel);
      seen = seen < 0 ? 0 : seen + end - at - 7;
      at = end + 1;
    }
    expect([at, seen]).toEqual([contentEnd, bodyBytes]);
    this.onCall();
  }

  #record(kind: string, channel: number, buffer: Buffer, start: number, end: number): void {
    this.#note(kind, channel, buffer, start, end);
    this.onCall();
  }

  #note(kind: string, channel: number, buffer: Buffer, start: number, end: number): void {
    this.calls.push(`${kind} ${channel} ${buffer.toString('hex', start, end)}`);
  }
}

const pieces = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(1, 2, 256),
      fc.uint8Array({ maxLength: 40 }),
      fc.integer({ min: 9, max: 60 }),
    )
    .map(([channel, body, max]) => publish(channel, Buffer.from(body), max)),
  fc.constant(HEARTBEAT),
  fc.constant(encodeMethodFrame(1, createMethod('channel.open'))),
  fc.constant(encodeMethodFrame(0, createMethod('basic.publish'))),
  // Irregular content: empty body frame, announced size not reached, wrong class, stray frames.
  fc.constant(Buffer.concat([publish(1, Buffer.alloc(0), 100), frame(3, 1, 'aa')])),
  fc.constant(publish(1, Buffer.from('abcdef'), 11).subarray(0, -11)),
  fc.constant(frame(2, 1, `003c0000${'00'.repeat(8)}0000`)),
  fc.constant(frame(3, 2, '')),
  fc.uint8Array({ minLength: 200, maxLength: 300 }).map((body) => frame(3, 5, Buffer.from(body))),
);
const streams = fc.array(pieces, { minLength: 1, maxLength: 12 }).map((all) => Buffer.concat(all));

function expectedCalls(stream: Buffer): string[] {
  const calls: string[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = at + 7 + stream.readUInt32BE(at + 3);
    const kind = ['', 'method', 'header', 'body'][stream[at] as number];
    const channel = stream.readUInt16BE(at + 1);
    const text = `${kind} ${channel} ${stream.toString('hex', at + 7, end)}`;
    calls.push(stream[at] === 8 ? 'heartbeat' : text);
    at = end + 1;
  }
  return calls;
}

function chunksOf(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % stream.length))].sort((a, b) => a - b);
  return [...places, stream.length].map((end, i) =>
    // Copies, so that a parser that keeps a chunk is found out when it is overwritten.
    Buffer.from(stream.subarray(i === 0 ? 0 : places[i - 1], end)),
  );
}

test('any split gives the same calls', () => {
  fc.assert(
    fc.property(streams, fc.array(fc.nat(), { maxLength: 20 }), (stream, cuts) => {
      const recorder = new Recorder();
      const parser = new FrameParser(recorder, FRAME_MAX);
      for (const chunk of chunksOf(stream, cuts)) {
        parser.parse(chunk);
        chunk.fill(0xce);
      }
      expect(recorder.calls).toEqual(expectedCalls(stream));
      expect(parser.pendingBytes).toBe(0);
    }),
    { numRuns: 1000 },
  );
});

test('octet by octet', () => {
  fc.assert(
    fc.property(streams, (stream) => {
      const recorder = new Recorder();
      const parser = new FrameParser(recorder, FRAME_MAX);
      for (const octet of stream) parser.parse(Buffer.from([octet]));
      expect(recorder.calls).toEqual(expectedCalls(stream));
      expect(parser.pendingBytes).toBe(0);
    }),
    { numRuns: 100 },
  );
});

test('stopping and resuming anywhere changes nothing', () => {
  const choices = fc.infiniteStream(fc.constantFrom('go', 'stop', 'stop and resume', 'throw'));
  fc.assert(
    fc.property(
      streams,
      fc.array(fc.nat(), { maxLength: 10 }),
      choices,
      fc.infiniteStream(fc.boolean()),
      (stream, cuts, actions, resumes) => {
        const recorder = new Recorder();
        const parser = new FrameParser(recorder, FRAME_MAX);
        let callsWhileStopped = 0;
        recorder.onCall = () => {
          if (parser.isStopped) callsWhileStopped++;
          const action = actions.next().value;
          if (action === 'stop') parser.stop();
          if (action === 'stop and resume') {
            parser.stop();
            parser.resume();
          }
          if (action === 'throw') throw new Error('sink');
        };
        const quietly = (step: () => void): void => {
          try {
            step();
          } catch (error) {
            expect((error as Error).message).toBe('sink');
          }
        };
        for (const chunk of chunksOf(stream, cuts)) {
          quietly(() => parser.parse(chunk));
          chunk.fill(0xce);
          if (resumes.next().value) quietly(() => parser.resume());
        }
        recorder.onCall = () => {};
        parser.resume();
        expect(recorder.calls).toEqual(expectedCalls(stream));
        expect(parser.pendingBytes).toBe(0);
        expect(callsWhileStopped).toBe(0);
      },
    ),
    { numRuns: 1000 },
  );
});

describe('fast lane', () => {
  test('takes whole publishes only', () => {
    const recorder = new Recorder();
    const parser = new FrameParser(recorder, FRAME_MAX);
    const whole = publish(7, Buffer.from('hello world'), 12);
    parser.parse(Buffer.concat([whole, publish(7, Buffer.alloc(0), 100), whole]));
    expect(recorder.publishCount).toBe(3);
    parser.parse(whole.subarray(0, -1));
    parser.parse(whole.subarray(-1));
    parser.parse(Buffer.concat([whole.subarray(0, 40), HEARTBEAT]).subarray(0, 20));
    expect(recorder.publishCount).toBe(3);
  });

  test('not on channel 0, and not with a heartbeat in between', () => {
    const recorder = new Recorder();
    const parser = new FrameParser(recorder, FRAME_MAX);
    const method = encodeMethodFrame(1, createMethod('basic.publish'));
    const content = publish(1, Buffer.from('x'), 100).subarray(
      publish(1, Buffer.alloc(0), 100).length - 23,
    );
    parser.parse(Buffer.concat([method, HEARTBEAT, content]));
    expect(recorder.publishCount).toBe(0);
    expect(() => parser.parse(publish(0, Buffer.from('x'), 100))).toThrow('UNEXPECTED_FRAME');
    expect(recorder.publishCount).toBe(0);
  });
});

function refusal(...chunks: Buffer[]): { text: string; code: number; parser: FrameParser } {
  const parser = new FrameParser(new Recorder(), FRAME_MAX);
  try {
    for (const chunk of chunks) parser.parse(chunk);
  } catch (error) {
    expect(error).toBeInstanceOf(AmqpError);
    const { replyText, replyCode, isHard } = error as AmqpError;
    expect(isHard).toBe(true);
    return { text: replyText, code: replyCode, parser };
  }
  throw new Error('nothing thrown');
}

describe('malformed frames', () => {
  test('size: frame-max is tolerated as payload, one more is refused by its head alone', () => {
    const recorder = new Recorder();
    const parser = new FrameParser(recorder, FRAME_MAX);
    parser.parse(frame(3, 1, Buffer.alloc(FRAME_MAX)));
    expect(recorder.calls.length).toBe(1);
    const head = frame(3, 1, Buffer.alloc(FRAME_MAX + 1)).subarray(0, 7);
    const text = 'FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,4097,4088}';
    expect(refusal(head)).toMatchObject({ text, code: 501 });
    const split = refusal(head.subarray(0, 3), head.subarray(3));
    expect(split).toMatchObject({ text, code: 501 });
    expect(split.parser.pendingBytes).toBe(0);
    const huge = Buffer.from('030001ffffffff', 'hex');
    expect(refusal(huge).text).toContain('{frame_too_large,4294967295,4088}');
  });

  test.each<[string, Buffer, string]>([
    [
      'wrong end octet',
      frame(1, 0, Buffer.from('abc'), 0x0f),
      'FRAME_ERROR - type 1, all octets = <<"abc">>: {invalid_frame_end_marker,15}',
    ],
    [
      'unknown type',
      frame(4, 1, Buffer.alloc(17)),
      'FRAME_ERROR - type 4, first 16 octets = <<0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0>>: unknown_frame',
    ],
    [
      'heartbeat with a payload',
      frame(8, 0, '00'),
      'FRAME_ERROR - type 8, all octets = <<0>>: unknown_frame',
    ],
    ['heartbeat on a channel', frame(8, 1, ''), 'UNEXPECTED_FRAME - type 8, all octets = <<>>'],
    [
      'body on channel 0',
      frame(3, 0, Buffer.from('a')),
      'UNEXPECTED_FRAME - type 3, all octets = <<"a">>',
    ],
    [
      'header on channel 0',
      frame(2, 0, Buffer.alloc(14)),
      'UNEXPECTED_FRAME - type 2, all octets = <<0,0,0,0,0,0,0,0,0,0,0,0,0,0>>',
    ],
    [
      'method without ids',
      frame(1, 1, '003c'),
      'FRAME_ERROR - type 1, all octets = <<0,60>>: unknown_frame',
    ],
    [
      'header without size',
      frame(2, 1, '003c0000'),
      'FRAME_ERROR - type 2, all octets = <<0,60,0,0>>: unknown_frame',
    ],
  ])('%s', (_, octets, text) => {
    expect(refusal(octets).text).toBe(text);
    for (let cut = 1; cut < octets.length; cut++) {
      expect(refusal(octets.subarray(0, cut), octets.subarray(cut)).text).toBe(text);
    }
  });
});

test('what follows a refused frame is read, unless the frame had no end', () => {
  for (const [octets, count] of [
    [frame(4, 1, ''), 1],
    [frame(1, 0, '00', 0), 0],
  ] as const) {
    const recorder = new Recorder();
    const parser = new FrameParser(recorder, FRAME_MAX);
    expect(() => parser.parse(Buffer.concat([octets, HEARTBEAT]))).toThrow(AmqpError);
    parser.resume();
    expect(recorder.calls.length).toBe(count);
    parser.parse(HEARTBEAT);
    expect(recorder.calls.length).toBe(count * 2);
    expect(parser.pendingBytes).toBe(0);
  }
});

test('while stopped input is kept, and large storage is given up afterwards', () => {
  const recorder = new Recorder();
  const parser = new FrameParser(recorder, FRAME_MAX);
  parser.stop();
  const chunk = Buffer.concat(
    Array.from({ length: 100 }, () => publish(1, Buffer.alloc(500), 4096)),
  );
  for (let i = 0; i < 5; i++) parser.parse(chunk);
  expect(parser.pendingBytes).toBe(chunk.length * 5);
  expect(recorder.calls.length).toBe(0);
  parser.resume();
  expect(parser.pendingBytes).toBe(0);
  expect(recorder.publishCount).toBe(500);
});

test('parse from inside a sink call is a bug', () => {
  const recorder = new Recorder();
  const parser = new FrameParser(recorder, FRAME_MAX);
  recorder.onCall = () => parser.parse(HEARTBEAT);
  expect(() => parser.parse(HEARTBEAT)).toThrow('not called from inside');
});
