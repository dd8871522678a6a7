import { expect, it } from 'vitest';
import { Schedule } from '../../../src/cli/perf/pacer.ts';

it('spaces each producer evenly and the producers between one another', () => {
  const schedule = new Schedule(100, 4);
  schedule.start = 1000;
  expect([0, 1, 2, 3].map((producer) => schedule.dueTime(producer, 0))).toEqual([
    1000, 1002.5, 1005, 1007.5,
  ]);
  expect(schedule.dueTime(1, 3)).toBe(1032.5);
});

it('says how many are due: none before the first, one at its moment', () => {
  const schedule = new Schedule(100, 2);
  schedule.start = 1000;
  expect(schedule.dueCount(1, 1004.9)).toBe(0);
  expect(schedule.dueCount(1, 1005)).toBe(1);
  expect(schedule.dueCount(1, 1024.9)).toBe(2);
  expect(schedule.dueCount(1, 1025)).toBe(3);
});
