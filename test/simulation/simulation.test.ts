// Fixed seeds in every test run (many fresh ones: npm run simulate), the same seed twice, and the proof
// that the rig goes red on a disk that lies.

import { describe, expect, it } from 'vitest';
import { SimulatedDisk } from './simulated-disk.ts';
import { Simulation } from './simulation.ts';

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);

/** Forgets every tenth chunk that it was given. */
class ForgetfulDisk extends SimulatedDisk {
  #count = 0;

  override putChunk(storageId: number, firstPosition: number, bytes: Buffer): void {
    if (++this.#count % 10 !== 0) super.putChunk(storageId, firstPosition, bytes);
  }
}

/** Gives settled messages back: a bitmap never arrives. */
class StubbornDisk extends SimulatedDisk {
  override putSettled(): void {}
  override deleteChunk(): void {}
}

/** Turns one bit of every body. */
class FlippingDisk extends SimulatedDisk {
  override putChunk(storageId: number, firstPosition: number, bytes: Buffer): void {
    const at = bytes.length - 2;
    bytes[at] = (bytes[at] as number) ^ 1;
    super.putChunk(storageId, firstPosition, bytes);
  }
}

/** The classes of violations that some seeds show on such a disk. */
function violationsOn(createDisk: () => SimulatedDisk): Set<string> {
  const kinds = new Set<string>();
  for (const seed of SEEDS.slice(0, 20)) {
    const { violations } = new Simulation({ seed, steps: 300, disk: createDisk() }).run();
    for (const violation of violations) kinds.add(violation.slice(0, violation.indexOf(':')));
  }
  return kinds;
}

describe('simulation', () => {
  it.each(SEEDS)('seed %i', (seed) => {
    const result = new Simulation({ seed, steps: 400 }).run();
    expect(result.violations).toEqual([]);
    expect(result.messageCount).toBeGreaterThan(0);
  });

  it('does the same twice', () => {
    const one = new Simulation({ seed: 4711, steps: 200 }).run();
    const other = new Simulation({ seed: 4711, steps: 200 }).run();
    expect(other.history).toEqual(one.history);
    expect(one.history.length).toBeGreaterThan(100);
  });

  it('goes red on a disk that forgets', () => {
    const kinds = violationsOn(() => new ForgetfulDisk());
    expect([...kinds].some((kind) => ['lost', 'order', 'count'].includes(kind))).toBe(true);
  });

  it('goes red on a disk that keeps what was settled', () => {
    expect(violationsOn(() => new StubbornDisk())).toContain('duplicate');
  });

  it('goes red on a disk that flips bits', () => {
    expect(violationsOn(() => new FlippingDisk())).not.toEqual(new Set());
  });
});
