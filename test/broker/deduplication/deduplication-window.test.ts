import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DeduplicationSettings,
  DeduplicationWindow,
} from '../../../src/broker/deduplication/deduplication-window.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';

const STORAGE_ID = 4;

class World {
  readonly journal = new MemoryJournal();
  readonly #settings: DeduplicationSettings;
  readonly #isDurable: boolean;
  window: DeduplicationWindow;
  nowMs = 1000;

  constructor(settings: Partial<DeduplicationSettings> = {}, isDurable = true) {
    this.#settings = { cacheSize: 3, ttlMs: undefined, header: 'h', ...settings };
    this.#isDurable = isDurable;
    this.window = this.#open();
  }

  #open(): DeduplicationWindow {
    return new DeduplicationWindow(
      this.journal,
      { storageId: STORAGE_ID, isDurable: this.#isDurable },
      this.#settings,
      () => this.nowMs,
      this.journal.loadDeduplicationEntries(STORAGE_ID),
    );
  }

  async commit(): Promise<void> {
    await new Promise<void>((resolve) => this.journal.commit(resolve));
  }

  async restart(): Promise<void> {
    await this.commit();
    this.window = this.#open();
  }

  /** True when it is dropped. */
  publish(key: string, isPersistent = true, ttlMs?: number): boolean {
    const ttl = ttlMs === undefined ? {} : { 'x-cache-ttl': ttlMs };
    return this.window.isDuplicate({ headers: tableOf({ h: key, ...ttl }) }, isPersistent);
  }
}

describe('a deduplication window', () => {
  it('drops what it has seen, and forgets the oldest first', () => {
    const world = new World();
    expect(['a', 'b', 'a', 'c'].map((key) => world.publish(key))).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(world.publish('d')).toBe(false);
    expect(world.window.size).toBe(3);
    expect(world.publish('b')).toBe(true);
    expect(world.publish('a')).toBe(false);
    expect(world.publish('b')).toBe(false);
    expect(world.window.duplicateCount).toBe(2);
  });

  it('lets messages without a key pass', () => {
    const world = new World();
    for (let i = 0; i < 3; i++) expect(world.window.isDuplicate({}, true)).toBe(false);
    expect(world.window.size).toBe(0);
  });

  it('forgets a key after its time, which the message may set', () => {
    const world = new World({ ttlMs: 100 });
    world.publish('a');
    world.publish('b', true, 500);
    world.nowMs += 99;
    expect(world.publish('a')).toBe(true);
    world.nowMs += 1;
    expect(world.publish('a')).toBe(false);
    expect(world.publish('a')).toBe(true);
    expect(world.publish('b')).toBe(true);
    world.nowMs += 400;
    expect(world.publish('b')).toBe(false);
  });

  it('is there after a restart, for the persistent messages of a durable owner', async () => {
    const world = new World();
    for (const key of ['a', 'b', 'c', 'd']) world.publish(key);
    world.publish('transient', false);
    await world.restart();
    expect(world.window.size).toBe(2);
    expect(world.publish('transient', false)).toBe(false);
    expect(world.publish('d')).toBe(true);
    expect(world.publish('b')).toBe(false);
    await world.restart();
    expect(world.publish('d')).toBe(true);

    const transient = new World({}, false);
    transient.publish('a');
    await transient.restart();
    expect(transient.publish('a')).toBe(false);
  });

  it('leaves nothing on the disk when it is cleared', async () => {
    const world = new World();
    world.publish('a');
    world.publish('b');
    world.window.clear();
    expect(world.publish('a')).toBe(false);
    await world.commit();
    expect(world.journal.loadDeduplicationEntries(STORAGE_ID)).toHaveLength(1);
  });

  it('of a smaller size than before forgets the rest', async () => {
    const world = new World();
    for (const key of ['a', 'b', 'c']) world.publish(key);
    world.window.settings = { cacheSize: 1, ttlMs: undefined, header: 'h' };
    world.publish('d');
    expect(world.window.size).toBe(1);
    await world.commit();
    expect(world.journal.loadDeduplicationEntries(STORAGE_ID)).toHaveLength(1);
  });

  it('stays small when few keys expire again and again', async () => {
    const world = new World({ ttlMs: 1, cacheSize: 1000 });
    for (let i = 0; i < 10_000; i++) {
      world.nowMs += 2;
      expect(world.publish(String(i % 3))).toBe(false);
    }
    await world.commit();
    expect(world.journal.loadDeduplicationEntries(STORAGE_ID)).toHaveLength(3);
  });

  it('of any history is that of a list of keys', async () => {
    const step = fc.record({ key: fc.nat(8), passMs: fc.nat(40), isRestart: fc.boolean() });
    const steps = fc.array(step, { maxLength: 150, size: 'max' });
    const property = fc.asyncProperty(steps, async (all) => {
      const world = new World({ cacheSize: 4, ttlMs: 100 });
      let model: { key: number; expiresMs: number }[] = [];
      for (const { key, passMs, isRestart } of all) {
        world.nowMs += passMs;
        if (isRestart && key === 0) await world.restart();
        const seen = model.find((one) => one.key === key);
        const isDuplicate = seen !== undefined && seen.expiresMs > world.nowMs;
        expect(world.publish(String(key))).toBe(isDuplicate);
        if (isDuplicate) continue;
        model = model.filter((one) => one !== seen);
        model.push({ key, expiresMs: world.nowMs + 100 });
        if (model.length > 4) model.shift();
      }
    });
    await fc.assert(property, { numRuns: 100 });
  });
});
