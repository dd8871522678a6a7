import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Deadline, Deadlines } from '../../src/broker/deadlines.ts';
import { ManualClock } from '../support/core/manual-clock.ts';

function world() {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const reached: string[] = [];
  const named = (name: string) => new Deadline(() => reached.push(name));
  return { clock, deadlines, reached, named };
}

test('reaches each deadline once, at its time and in order', () => {
  const { clock, deadlines, reached, named } = world();
  deadlines.setIn(named('late'), 30);
  deadlines.setIn(named('soon'), 10);
  clock.advance(9);
  expect(reached).toEqual([]);
  clock.advance(1);
  expect(reached).toEqual(['soon']);
  clock.advance(100);
  expect(reached).toEqual(['soon', 'late']);
});

test('one timer for all of them, none when nothing waits', () => {
  const { clock, deadlines, named } = world();
  const many = Array.from({ length: 1_000 }, (_, i) => named(String(i)));
  for (const [i, deadline] of many.entries()) deadlines.setIn(deadline, 1_000 - i);
  expect(clock.timerCount).toBe(1);
  for (const deadline of many) deadlines.cancel(deadline);
  expect(clock.timerCount).toBe(0);
  expect(deadlines.count).toBe(0);
});

test('a deadline in the past is reached in a later turn, and one set again while it is reached waits', () => {
  const { clock, deadlines } = world();
  let count = 0;
  const again: Deadline = new Deadline(() => {
    count++;
    deadlines.setIn(again, 5);
  });
  deadlines.setAt(again, -1);
  expect(count).toBe(0);
  clock.advance(0);
  expect(count).toBe(1);
  clock.advance(10);
  expect(count).toBe(3);
});

test('more than a turn may handle are spread over turns', () => {
  const { clock, deadlines, reached, named } = world();
  for (let i = 0; i < 2_500; i++) deadlines.setIn(named(String(i)), 1);
  clock.advance(1);
  expect(reached).toHaveLength(2_500);
});

test('after stop nothing is reached and no timer is held', () => {
  const { clock, deadlines, reached, named } = world();
  deadlines.setIn(named('before'), 5);
  deadlines.stop();
  deadlines.setIn(named('after'), 1);
  expect(clock.timerCount).toBe(0);
  clock.advance(10);
  expect(reached).toEqual([]);
});

test('any history of setting, moving and cancelling is that of a sorted list', () => {
  const step = fc.record({
    index: fc.nat(20),
    delayMs: fc.nat(50),
    kind: fc.constantFrom('set', 'set', 'cancel', 'advance'),
  });
  const property = fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
    const { clock, deadlines, reached } = world();
    const model = new Map<number, number>();
    const all = Array.from({ length: 21 }, (_, i) => new Deadline(() => reached.push(String(i))));
    for (const { index, delayMs, kind } of steps) {
      const deadline = all[index] as Deadline;
      if (kind === 'set') {
        deadlines.setIn(deadline, delayMs);
        model.set(index, clock.nowMs() + delayMs);
      } else if (kind === 'cancel') {
        deadlines.cancel(deadline);
        model.delete(index);
      } else {
        reached.length = 0;
        clock.advance(delayMs);
        const due = [...model].filter(([, atMs]) => atMs <= clock.nowMs());
        expect([...reached].sort()).toEqual(due.map(([i]) => String(i)).sort());
        for (const [i] of due) model.delete(i);
      }
      expect(all.filter(({ isSet }) => isSet)).toHaveLength(model.size);
      expect(clock.timerCount).toBe(model.size === 0 ? 0 : 1);
    }
  });
  fc.assert(property, { numRuns: 100 });
});
