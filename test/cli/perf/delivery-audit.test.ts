import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DeliveryAudit } from '../../../src/cli/perf/delivery-audit.ts';

it('finds loss, duplicates and disorder as a plain model does', () => {
  const numbers = fc.array(fc.nat(30));
  fc.assert(
    fc.property(numbers, (received) => {
      const audit = new DeliveryAudit();
      const last = new Map<number, number>();
      const seen = new Set<number>();
      let disordered = 0;
      for (const number of received) {
        audit.delivered('q', last, 0, number, false);
        if (!seen.has(number) && number < Math.max(-1, ...seen)) disordered++;
        seen.add(number);
      }
      expect(audit.result([{ scope: 'q', producer: 0, messageCount: 31 }])).toEqual({
        lost: 31 - seen.size,
        duplicates: received.length - seen.size,
        disordered,
      });
    }),
  );
});

it('keeps queues and producers apart, and expects up to the highest number where nothing is known', () => {
  const audit = new DeliveryAudit();
  const last = new Map<number, number>();
  audit.delivered('q1', last, 0, 5, false);
  audit.delivered('q2', new Map(), 0, 5, false);
  audit.delivered('q1', last, 1, 0, false);
  expect(audit.result(undefined)).toEqual({ lost: 10, duplicates: 0, disordered: 0 });
});

it('does not call a redelivered message disorder', () => {
  const audit = new DeliveryAudit();
  const last = new Map<number, number>();
  audit.delivered('q', last, 0, 1, false);
  audit.delivered('q', last, 0, 0, true);
  expect(audit.result(undefined).disordered).toBe(0);
});
