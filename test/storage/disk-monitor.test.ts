import { describe, expect, it } from 'vitest';
import { DiskMonitor } from '../../src/storage/disk-monitor.ts';

const LIMIT = 50_000_000;

function makeMonitor(): {
  monitor: DiskMonitor;
  disk: { free: number };
  alarms: boolean[];
  looks: number[];
} {
  const disk = { free: 1e9 };
  const alarms: boolean[] = [];
  const looks: number[] = [];
  const monitor = new DiskMonitor({
    limitBytes: LIMIT,
    readFreeBytes: () => Promise.resolve(disk.free),
    onDiskAlarm: (isLow) => alarms.push(isLow),
    onChecked: (freeBytes) => looks.push(freeBytes),
    intervalMs: 1 << 30,
  });
  return { monitor, disk, alarms, looks };
}

const aTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('disk monitor', () => {
  it('raises the alarm at the start when the disk is low', async () => {
    const { monitor, disk, alarms } = makeMonitor();
    disk.free = LIMIT - 1;
    await monitor.start();
    expect(alarms).toEqual([true]);
    monitor.stop();
  });

  it('raises once and ends only above the limit with a margin', async () => {
    const { monitor, disk, alarms } = makeMonitor();
    await monitor.start();
    expect(alarms).toEqual([]);
    disk.free = LIMIT - 1;
    await monitor.check();
    await monitor.check();
    expect(alarms).toEqual([true]);
    disk.free = LIMIT + 1;
    await monitor.check();
    expect(alarms).toEqual([true]);
    expect(monitor.isLow).toBe(true);
    disk.free = LIMIT * 1.1;
    await monitor.check();
    expect(alarms).toEqual([true, false]);
    monitor.stop();
  });

  it('looks before its time when what was written might have passed the limit', async () => {
    const { monitor, disk, alarms, looks } = makeMonitor();
    await monitor.start();
    expect(looks).toHaveLength(1);
    monitor.noteWritten(400_000_000);
    await aTurn();
    expect(looks).toHaveLength(1);
    disk.free = 10;
    monitor.noteWritten(100_000_000);
    await aTurn();
    expect(looks).toEqual([1e9, 10]);
    expect(alarms).toEqual([true]);
    monitor.stop();
  });

  it('does not raise on the estimate alone', async () => {
    const { monitor, alarms, looks } = makeMonitor();
    await monitor.start();
    monitor.noteWritten(2e9);
    await aTurn();
    expect(looks).toHaveLength(2);
    expect(alarms).toEqual([]);
    monitor.stop();
  });

  it('treats a disk that cannot be asked as full, and says nothing after stop', async () => {
    const alarms: boolean[] = [];
    const monitor = new DiskMonitor({
      limitBytes: LIMIT,
      readFreeBytes: () => Promise.reject(new Error('EIO')),
      onDiskAlarm: (isLow) => alarms.push(isLow),
    });
    await monitor.check();
    expect(alarms).toEqual([true]);
    const { monitor: stopped, disk, alarms: none } = makeMonitor();
    disk.free = 0;
    const look = stopped.check();
    stopped.stop();
    await look;
    expect(none).toEqual([]);
  });
});
