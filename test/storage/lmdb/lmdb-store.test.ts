// Opening and closing: lock, format, damaged files, ballast, disk alarm, unfinished sweeps.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATABASE_NAMES, LmdbEnvironment } from '../../../src/storage/lmdb/environment.ts';
import type { LmdbJournal } from '../../../src/storage/lmdb/lmdb-journal.ts';
import type { StoreError, StoreErrorCode } from '../../../src/storage/store.ts';
import {
  commit,
  eventually,
  makeRecord,
  messagesOf,
  putMessages,
  queueState,
  readChunks,
} from '../../contracts/stored-messages.ts';
import { makeDirectory, openIn, removeDirectory } from './data-directory.ts';

describe('lmdb store', () => {
  let directory: string;

  beforeEach(() => {
    directory = makeDirectory();
  });
  afterEach(() => removeDirectory(directory));

  const file = (name: string): string => path.join(directory, name);

  async function fill(messages = 3): Promise<void> {
    const store = await openIn(directory);
    for (let i = 0; i < messages; i++) putMessages(store.journal, 1, i, [`message ${i}`]);
    store.journal.putQueueState(1, queueState(messages));
    await commit(store.journal);
    await store.close();
  }

  async function expectRefusal(code: StoreErrorCode, text: RegExp): Promise<void> {
    const before = fs.readdirSync(directory).sort();
    await expect(openIn(directory)).rejects.toMatchObject({
      name: 'StoreError',
      code,
      message: expect.stringMatching(text),
    });
    expect(fs.readdirSync(directory).sort()).toEqual(before);
  }

  describe('epoch', () => {
    it('grows with every open', async () => {
      for (const epoch of [1, 2, 3]) {
        const store = await openIn(directory);
        expect(store.epoch).toBe(epoch);
        await store.close();
      }
    });
  });

  describe('lock', () => {
    it('keeps a second broker out until the first closes', async () => {
      const store = await openIn(directory);
      await expect(openIn(directory)).rejects.toMatchObject({ code: 'locked' });
      await expect(openIn(directory)).rejects.toThrow(`process ${process.pid}`);
      await store.close();
      expect(fs.existsSync(file('lock'))).toBe(false);
      await (await openIn(directory)).close();
    });

    const placeOf = async (): Promise<{ place: string; processStart: string }> => {
      const store = await openIn(directory);
      const holder = JSON.parse(fs.readFileSync(file('lock'), 'utf8'));
      await store.close();
      return holder;
    };

    it('of a process that is gone is taken over', async () => {
      const holder = await placeOf();
      // Above the largest process number of any system here.
      fs.writeFileSync(file('lock'), JSON.stringify({ ...holder, pid: 2 ** 30 }));
      await (await openIn(directory)).close();
    });

    it.runIf(process.platform === 'linux')(
      'of a process whose number another one has now is taken over',
      async () => {
        const holder = await placeOf();
        const earlier = { ...holder, pid: process.ppid, processStart: '1' };
        fs.writeFileSync(file('lock'), JSON.stringify(earlier));
        await (await openIn(directory)).close();
      },
    );

    it('of a living process is respected', async () => {
      const holder = await placeOf();
      fs.writeFileSync(
        file('lock'),
        JSON.stringify({ ...holder, pid: process.ppid, processStart: '' }),
      );
      await expectRefusal('locked', /in use by another broker/);
      fs.rmSync(file('lock'));
    });

    it('from before a restart of the machine, or cut short by it, is taken over', async () => {
      const holder = await placeOf();
      const place = `${os.hostname()} another-boot pid:[1]`;
      fs.writeFileSync(file('lock'), JSON.stringify({ ...holder, place }));
      await (await openIn(directory)).close();
      fs.writeFileSync(file('lock'), '{"pid":');
      await (await openIn(directory)).close();
    });

    it('of a holder elsewhere counts while its file is touched', async () => {
      const holder = { ...(await placeOf()), place: 'elsewhere boot pid:[1]' };
      fs.writeFileSync(file('lock'), JSON.stringify(holder));
      const touch = setInterval(() => {
        const now = new Date();
        fs.utimesSync(file('lock'), now, now);
      }, 100);
      await expectRefusal('locked', /elsewhere/);
      clearInterval(touch);
      await (await openIn(directory)).close();
    }, 20_000);

    it('that another process took is fatal', async () => {
      const reasons: Error[] = [];
      const store = await openIn(directory, { onFatal: (reason) => reasons.push(reason) });
      const holder = fs.readFileSync(file('lock'), 'utf8');
      fs.writeFileSync(file('lock'), '{"pid":1}');
      await eventually(() => reasons.length > 0);
      expect(reasons[0]?.message).toMatch(/took the lock/);
      putMessages(store.journal, 1, 1, ['a']);
      let isDurable = false;
      store.journal.commit(() => (isDurable = true));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(isDurable).toBe(false);
      fs.writeFileSync(file('lock'), holder);
      await store.close();
    });
  });

  describe('format', () => {
    it('of a newer version is refused', async () => {
      await fill();
      fs.writeFileSync(file('format'), '{"format":"warrenmq","version":2}');
      await expectRefusal('newer-format', /has format 2.*knows up to 1/);
    });

    it('that cannot be read is refused', async () => {
      await fill();
      for (const content of ['', '\0\0\0\0', '{"format":"other","version":1}', '{"version":"1"}']) {
        fs.writeFileSync(file('format'), content);
        await expectRefusal('damaged', /format cannot be read/);
      }
    });

    it('without the data file means lost data', async () => {
      await fill();
      fs.rmSync(file('warren.mdb'));
      await expectRefusal('damaged', /warren\.mdb is missing/);
    });

    it('missing beside a sound data file is written again', async () => {
      await fill();
      fs.rmSync(file('format'));
      const store = await openIn(directory);
      expect(messagesOf(await readChunks(store.journal, 1)).size).toBe(3);
      await store.close();
      expect(JSON.parse(fs.readFileSync(file('format'), 'utf8'))).toEqual({
        format: 'warrenmq',
        version: 1,
      });
    });
  });

  describe('a data file', () => {
    const change = (edit: (content: Buffer) => Buffer): void =>
      fs.writeFileSync(file('warren.mdb'), edit(fs.readFileSync(file('warren.mdb'))));

    it('that is not one is refused', async () => {
      await fill();
      for (const content of [
        Buffer.alloc(0),
        Buffer.alloc(65_536),
        Buffer.alloc(65_536, 'garbage '),
      ]) {
        change(() => content);
        await expectRefusal('damaged', /is damaged: .*nothing was changed/);
      }
    });

    it('that was cut short is refused', async () => {
      await fill(2000);
      const pages = fs.statSync(file('warren.mdb')).size / 4096;
      change((content) => content.subarray(0, (pages >>> 1) * 4096));
      await expectRefusal('damaged', /damaged/);
      change((content) => content.subarray(0, 3 * 4096));
      await expectRefusal('damaged', /damaged/);
    });

    it('with all pages after the first two zeroed is refused', async () => {
      await fill();
      change((content) => content.fill(0, 2 * 4096));
      await expectRefusal('damaged', /does not hold what it should/);
    });

    it('with any one page of its trees zeroed is refused, or has lost only messages', async () => {
      await fill(200);
      const intact = fs.readFileSync(file('warren.mdb'));
      let refusals = 0;
      for (let page = 2; page < intact.length / 4096; page++) {
        fs.writeFileSync(
          file('warren.mdb'),
          Buffer.from(intact).fill(0, page * 4096, page * 4096 + 4096),
        );
        const store = await openIn(directory).catch((error: StoreError) => error);
        if (store instanceof Error) {
          expect(store).toMatchObject({ code: 'damaged' });
          refusals++;
          continue;
        }
        await readChunks(store.journal, 1);
        await store.close();
      }
      expect(refusals).toBeGreaterThan(0);
    });

    it('is not damaged after many kinds of use', async () => {
      await fill(3000);
      const store = await openIn(directory);
      store.journal.deleteChunks(1, 0, 2500);
      await commit(store.journal);
      store.metadata.put({ kind: 'queue', id: 1, fields: { name: 'q' } });
      await commit(store.journal);
      await store.close();
      for (let i = 0; i < 3; i++) await (await openIn(directory)).close();
    });
  });

  describe('sweeps', () => {
    it('are finished after a restart, and hide their range meanwhile', async () => {
      await fill(5000);
      const store = await openIn(directory);
      store.journal.deleteChunks(1, 1000, 5000);
      await commit(store.journal);
      await store.close();
      const again = await openIn(directory);
      expect(messagesOf(await readChunks(again.journal, 1)).size).toBe(1000);
      await eventually(async () => {
        await commit(again.journal);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return !(again.journal as LmdbJournal).hasOwnWork;
      });
      await again.close();
      const environment = new LmdbEnvironment(file('warren.mdb'));
      expect(environment.entries('sweeps')).toEqual([]);
      expect(environment.entries('chunks')).toHaveLength(1000);
      await environment.close();
    });

    it('leave nothing behind of an owner that was dropped', async () => {
      const store = await openIn(directory);
      const { journal } = store;
      for (let i = 0; i < 2500; i++) {
        journal.putDelayed(1, { dueMs: 5, sequence: i }, makeRecord('delayed'));
        journal.putDeliveryCount(1, i, 1);
        const key = Buffer.from(String(i));
        journal.putDeduplicationEntry(1, { sequence: i, key, expiresMs: 1 });
      }
      journal.putDelayedState(1, { nextSequence: 2500, messageCount: 2500 });
      await commit(journal);
      journal.dropQueue(1);
      await commit(journal);
      await store.close();
      const again = await openIn(directory);
      await eventually(async () => {
        await commit(again.journal);
        return !(again.journal as LmdbJournal).hasOwnWork;
      });
      await again.close();
      const environment = new LmdbEnvironment(file('warren.mdb'));
      for (const database of DATABASE_NAMES) {
        if (database === 'node') continue;
        expect([database, environment.entries(database)]).toEqual([database, []]);
      }
      await environment.close();
    });
  });

  describe('disk', () => {
    it('alarm is raised at the start when the limit is above what is free', async () => {
      const alarms: boolean[] = [];
      const store = await openIn(directory, {
        diskFreeLimitBytes: Number.MAX_SAFE_INTEGER,
        onDiskAlarm: (isLow) => alarms.push(isLow),
      });
      expect(alarms).toEqual([true]);
      expect(await store.freeBytes()).toBeGreaterThan(0);
      await store.close();
    });

    it('ballast is made of real blocks when there is room', async () => {
      const ballastBytes = (3 << 20) + 5;
      const store = await openIn(directory, { ballastBytes });
      const status = () => fs.statSync(file('ballast'), { throwIfNoEntry: false });
      await eventually(() => status()?.size === ballastBytes);
      expect((status()?.blocks as number) * 512).toBeGreaterThanOrEqual(ballastBytes);
      await store.close();
      expect(status()?.size).toBe(ballastBytes);
    });

    it('ballast is given up at the start when the disk is full', async () => {
      fs.writeFileSync(file('ballast'), Buffer.alloc(4096, 1));
      // More than the disk has: what is free is less than the ballast, so it counts as full.
      const store = await openIn(directory, { ballastBytes: 2 ** 52 });
      expect(fs.existsSync(file('ballast'))).toBe(false);
      await store.close();
    });
  });

  it('leaves no lock behind when the directory cannot be used', async () => {
    fs.mkdirSync(file('warren.mdb'));
    await expect(openIn(directory)).rejects.toMatchObject({ name: 'StoreError' });
    expect(fs.existsSync(file('lock'))).toBe(false);
    await expect(openIn(file('lock-parent\0'))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
