import { totalmem } from 'node:os';
import { expect, test } from 'vitest';
import { silentLog } from '../../src/network/log.ts';
import {
  availableMemoryBytes,
  MemoryMonitor,
  usedMemoryBytes,
} from '../../src/network/memory-monitor.ts';

function fixture() {
  const state = {
    usedBytes: 0,
    garbageBytes: 0,
    collections: 0,
    nowMs: 0,
    alarms: [] as boolean[],
  };
  const monitor = new MemoryMonitor({
    limitBytes: 1_000,
    onMemoryAlarm: (isOn) => state.alarms.push(isOn),
    log: silentLog,
    readUsedBytes: () => state.usedBytes + state.garbageBytes,
    collectGarbage: () => {
      state.collections += 1;
      state.garbageBytes = 0;
    },
  });
  const look = (usedBytes: number, garbageBytes = 0) => {
    state.usedBytes = usedBytes;
    state.garbageBytes = garbageBytes;
    state.nowMs += 1_000;
    monitor.check(state.nowMs);
    return monitor.isAlarmOn;
  };
  return { state, look };
}

test('the alarm goes on above the limit, and off only below the lower mark', () => {
  const { state, look } = fixture();
  expect(look(1_000)).toBe(false);
  expect(look(1_001)).toBe(true);
  expect(look(990)).toBe(true);
  expect(look(951)).toBe(true);
  expect(look(950)).toBe(false);
  expect(look(990)).toBe(false);
  expect(state.alarms).toEqual([true, false]);
});

test('garbage alone does not raise the alarm', () => {
  const { state, look } = fixture();
  expect(look(500, 2_000)).toBe(false);
  expect(state.collections).toBe(1);
  expect(state.alarms).toEqual([]);
});

test('while the alarm is on, garbage is collected now and then, so that it can end', () => {
  const { state, look } = fixture();
  look(2_000);
  expect(state.collections).toBe(1);
  for (let i = 0; i < 4; i += 1) look(2_000);
  expect(state.collections).toBe(1);
  expect(look(400, 2_000)).toBe(false);
  expect(state.collections).toBe(2);
});

test('below the limit nothing is collected', () => {
  const { state, look } = fixture();
  for (let i = 0; i < 20; i += 1) look(900);
  expect(state.collections).toBe(0);
});

test('the figures of this process are sensible, and the real collection can be called', () => {
  expect(availableMemoryBytes()).toBeGreaterThan(2 ** 26);
  expect(availableMemoryBytes()).toBeLessThanOrEqual(totalmem());
  expect(usedMemoryBytes()).toBeGreaterThan(2 ** 22);
  expect(usedMemoryBytes()).toBeLessThanOrEqual(process.memoryUsage.rss() * 2);
  const alarms: boolean[] = [];
  const monitor = new MemoryMonitor({
    limitBytes: 1,
    onMemoryAlarm: (isOn) => alarms.push(isOn),
    log: silentLog,
  });
  monitor.start();
  monitor.stop();
  expect(alarms).toEqual([true]);
});
