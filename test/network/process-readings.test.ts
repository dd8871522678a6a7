import { expect, test } from 'vitest';
import { ProcessReadings } from '../../src/network/process-readings.ts';

test('says what the system says of the process', async () => {
  const readings = new ProcessReadings({
    memoryLimitBytes: 1,
    diskFreeLimitBytes: 2,
    fileDescriptorsMax: 3,
    directory: '.',
  });
  readings.start();
  try {
    // The loop's delay is known once its timer ran.
    await new Promise((resolve) => setTimeout(resolve, 60));
    await readings.refresh();
  } finally {
    readings.stop();
  }
  expect(readings.processId).toBe(process.pid);
  expect(readings.memoryUsedBytes).toBeGreaterThan(1 << 20);
  expect(readings.residentBytes).toBeGreaterThan(1 << 20);
  expect(readings.heapTotalBytes).toBeGreaterThanOrEqual(readings.heapUsedBytes);
  expect(readings.diskFreeBytes).toBeGreaterThan(0);
  expect(readings.cpuSeconds).toBeGreaterThan(0);
  expect(readings.uptimeMs).toBeGreaterThan(0);
  expect(readings.processStartedMs).toBeLessThan(Date.now());
  const { median, p99, max } = readings.loopDelay;
  expect(median).toBeLessThanOrEqual(p99);
  expect(p99).toBeLessThanOrEqual(max);
});
