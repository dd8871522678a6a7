import { expect, it } from 'vitest';
import { brokerProcessProblem, readProcessUsage } from '../../../src/cli/perf/broker-process.ts';

it.runIf(process.platform === 'linux')('reads a process that runs', () => {
  expect(brokerProcessProblem(process.pid)).toBeUndefined();
  const usage = readProcessUsage(process.pid);
  const own = process.memoryUsage.rss() / 2 ** 20;
  expect(usage?.residentMebibytes).toBeGreaterThan(own / 2);
  expect(usage?.residentMebibytes).toBeLessThan(own * 2);
  expect(usage?.userSeconds).toBeGreaterThan(0);
});

it('says what is wrong with a process that does not', () => {
  expect(brokerProcessProblem(4_194_303)).toContain('--pid');
  expect(readProcessUsage(4_194_303)).toBeUndefined();
});
