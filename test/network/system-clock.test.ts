import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SystemClock } from '../../src/network/system-clock.ts';

const clock = new SystemClock();

test('a timer never fires before its delay is over', async () => {
  const earlyByMs = await Promise.all(
    Array.from({ length: 200 }, (_, index) => {
      const delayMs = (index % 20) + 0.3;
      const startMs = clock.nowMs();
      return new Promise<number>((resolve) => {
        clock.setTimer(delayMs, () => resolve(delayMs - (clock.nowMs() - startMs)));
        // setTimer does not keep the process alive, but the test must wait.
        setTimeout(() => {}, 100);
      });
    }),
  );
  expect(Math.max(...earlyByMs)).toBeLessThanOrEqual(0);
});

test('a cancelled timer does not fire, also after another one did', async () => {
  let fired = 0;
  const timer = clock.setTimer(1, () => {
    fired += 1;
  });
  timer.cancel();
  await new Promise<void>((resolve) => {
    clock.setTimer(5, resolve);
    setTimeout(() => {}, 50);
  });
  expect(fired).toBe(0);
});

test('a delay that is longer than setTimeout can take does not fire at once', async () => {
  let fired = 0;
  const timer = clock.setTimer(2 ** 40, () => {
    fired += 1;
  });
  await sleep(20);
  timer.cancel();
  expect(fired).toBe(0);
});

test('afterTurn runs after what is already waiting in this turn', async () => {
  const order: string[] = [];
  const done = new Promise<void>((resolve) => {
    clock.afterTurn(() => {
      order.push('after turn');
      resolve();
    });
  });
  process.nextTick(() => order.push('tick'));
  await Promise.resolve().then(() => order.push('microtask'));
  await done;
  expect(order.at(-1)).toBe('after turn');
  expect(order).toHaveLength(3);
});

test('wall time is the time of day', () => {
  const beforeMs = Date.now();
  const wallMs = clock.wallMs();
  expect(wallMs).toBeGreaterThanOrEqual(beforeMs);
  expect(wallMs).toBeLessThanOrEqual(Date.now());
});
