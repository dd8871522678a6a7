import { expect, it } from 'vitest';
import { FrameEncoder, methodFrame, methodId } from '../../../src/cli/perf/frame-encoder.ts';

it('frames a method as the specification lays it out', () => {
  const frame = methodFrame(1, methodId.basicQos, (encoder) => encoder.long(0).short(7).octet(0));
  expect(frame.toString('hex')).toBe('0100010000000b003c000a00000000000700ce');
});

it('writes tables with their lengths, also nested', () => {
  const bytes = new FrameEncoder().table({ a: 'x', b: true, n: -1 }, ['c', { d: false }]).bytes();
  expect(bytes.toString('hex')).toBe(
    `00000022016153000000017801627401016e6c${'f'.repeat(16)}0163460000000401647400`,
  );
});

it('keeps what it has when it grows', () => {
  const body = Buffer.alloc(100_000, 'ab');
  const bytes = new FrameEncoder().octet(1).raw(body).longString('é').bytes();
  expect(bytes.length).toBe(1 + 100_000 + 6);
  expect(bytes.subarray(1, 100_001).equals(body)).toBe(true);
  expect(bytes.subarray(100_001).toString('hex')).toBe('00000002c3a9');
});

it('refuses a short string above 255 bytes', () => {
  expect(() => new FrameEncoder().shortString('é'.repeat(128))).toThrow('longer than 255 bytes');
});
