import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ballast } from '../../../src/storage/lmdb/ballast.ts';
import { makeDirectory, removeDirectory } from './data-directory.ts';

const BYTES = 100_000;
const RESERVE = 50_000;

describe('ballast', () => {
  let directory: string;

  beforeEach(() => {
    directory = makeDirectory();
  });
  afterEach(() => removeDirectory(directory));

  const size = () => fs.statSync(path.join(directory, 'ballast'), { throwIfNoEntry: false })?.size;

  it('is made only where it leaves the disk well above its limit', async () => {
    const ballast = new Ballast(directory, BYTES);
    await ballast.restore(RESERVE + 2 * BYTES - 1, RESERVE);
    expect(size()).toBeUndefined();
    await ballast.restore(RESERVE + 2 * BYTES, RESERVE);
    expect(size()).toBe(BYTES);
    expect(ballast.isThere).toBe(true);
  });

  it('is released and made again', async () => {
    const ballast = new Ballast(directory, BYTES);
    expect(ballast.release()).toBe(false);
    await ballast.restore(1e9, RESERVE);
    expect(ballast.release()).toBe(true);
    expect(size()).toBeUndefined();
    await ballast.restore(1e9, RESERVE);
    expect(ballast.isThere).toBe(true);
  });

  it('completes one that a crash left half made', async () => {
    fs.writeFileSync(path.join(directory, 'ballast'), 'short');
    const ballast = new Ballast(directory, BYTES);
    expect(ballast.isThere).toBe(false);
    await ballast.restore(1e9, RESERVE);
    expect(size()).toBe(BYTES);
  });

  it('is given up when the store closes meanwhile, and not begun after', async () => {
    const ballast = new Ballast(directory, 8 << 20);
    const writing = ballast.restore(1e9, RESERVE);
    await ballast.close();
    await writing;
    expect(size()).toBeUndefined();
    await ballast.restore(1e9, RESERVE);
    expect(size()).toBeUndefined();
  });

  it('of no bytes is never made', async () => {
    await new Ballast(directory, 0).restore(1e9, RESERVE);
    expect(size()).toBeUndefined();
  });
});
