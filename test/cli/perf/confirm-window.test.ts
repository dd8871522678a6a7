import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfirmWindow } from '../../../src/cli/perf/confirm-window.ts';
import { LatencyHistogram } from '../../../src/cli/perf/latency-histogram.ts';

function windowWith(outstanding: number, sent: number): ConfirmWindow {
  const window = new ConfirmWindow(outstanding, new LatencyHistogram());
  for (let number = 0; number < sent; number++) window.recordSent(number, 0);
  return window;
}

describe('ConfirmWindow', () => {
  it('lets as many be outstanding as it was made for', () => {
    const window = windowWith(3, 3);
    expect(window.limit).toBe(3);
    window.settle(2, true, false, 1);
    expect(window.limit).toBe(5);
  });

  it('counts a second confirm and does not apply it', () => {
    const window = windowWith(3, 3);
    window.settle(2, false, false, 1);
    window.settle(2, false, false, 1);
    expect([window.confirmed, window.duplicates]).toEqual([1, 1]);
  });

  it('counts rejections among the settled', () => {
    const window = windowWith(3, 3);
    window.settle(3, true, true, 1);
    expect([window.confirmed, window.rejected]).toEqual([3, 3]);
  });

  it('refuses a tag that was never sent', () => {
    expect(() => windowWith(3, 2).settle(3, false, false, 1)).toThrow('never sent');
    expect(() => windowWith(3, 2).settle(0, false, false, 1)).toThrow('never sent');
  });

  it('settles every number once, in whatever order confirms come', () => {
    const confirms = fc.array(fc.tuple(fc.nat(19), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(confirms, (steps) => {
        const window = windowWith(20, 20);
        const model = new Set<number>();
        for (const [number, multiple] of steps) {
          window.settle(number + 1, multiple, false, 1);
          for (let each = multiple ? 0 : number; each <= number; each++) model.add(each);
          expect(window.confirmed).toBe(model.size);
        }
      }),
    );
  });
});
