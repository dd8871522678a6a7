import { describe, expect, it } from 'vitest';
import { PublishRing, type RingSettings } from '../../../src/cli/perf/publish-ring.ts';

const settings: RingSettings = {
  exchange: '',
  routingKeys: ['queue'],
  groupCount: 0,
  sizeBytes: 20,
  persistent: true,
  mandatory: false,
  frameMaxBytes: 4096,
  ringBytes: 65536,
  seed: 1,
};

/** Types and payload lengths of the frames; checks each end octet. */
function framesOf(bytes: Buffer): [number, number][] {
  const frames: [number, number][] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt32BE(at + 3);
    expect(bytes[at + 7 + size]).toBe(0xce);
    frames.push([bytes[at]!, size]);
    at += size + 8;
  }
  return frames;
}

describe('PublishRing', () => {
  it('splits bodies at frame-max', () => {
    const ring = new PublishRing({ ...settings, sizeBytes: 10_000 });
    const bodies = framesOf(ring.slice(0, 1)).slice(2);
    expect(bodies).toEqual([
      [3, 4088],
      [3, 4088],
      [3, 1824],
    ]);
  });

  it('has no body frame for an empty body', () => {
    const ring = new PublishRing({ ...settings, sizeBytes: 0 });
    expect(framesOf(ring.slice(1, 1)).map(([type]) => type)).toEqual([1, 2]);
  });

  it('stamps the body and nothing else', () => {
    const ring = new PublishRing(settings);
    ring.stampTime(3, 1234.5);
    ring.stampNumber(3, 99, 7);
    const message = ring.slice(3, 1);
    const body = message.subarray(message.length - 21, message.length - 1);
    expect([body.readDoubleLE(0), body.readDoubleLE(8), body.readUInt32LE(16)]).toEqual([
      1234.5, 99, 7,
    ]);
    expect(framesOf(ring.slice(0, ring.messageCount))).toHaveLength(3 * ring.messageCount);
  });

  it('names groups in a header, and nothing without', () => {
    const ring = new PublishRing({ ...settings, groupCount: 3 });
    const text = ring.slice(0, ring.messageCount).toString('latin1');
    expect(new Set(text.match(/group-idS.{4}g\d{6}/gs)).size).toBe(3);
    expect(new PublishRing(settings).slice(0, 1).includes('group-id')).toBe(false);
  });

  it('draws routing keys of one length and refuses others', () => {
    const ring = new PublishRing({ ...settings, exchange: 'x', routingKeys: ['r.000', 'r.001'] });
    const text = ring.slice(0, ring.messageCount).toString('latin1');
    expect(text).toContain('r.000');
    expect(text).toContain('r.001');
    const uneven = { ...settings, routingKeys: ['a', 'bb'] };
    expect(() => new PublishRing(uneven)).toThrow('differ in length');
  });
});
