// The intakes of a node without a broker around it.

import type { Clock } from '../../../src/broker/clock.ts';
import type { Deadlines } from '../../../src/broker/deadlines.ts';
import { DueClock } from '../../../src/broker/delay/due-clock.ts';
import { Intakes } from '../../../src/broker/intake.ts';
import type { Journal } from '../../../src/broker/journal.ts';
import type { Turn } from '../../../src/broker/turn.ts';

export function intakesOf(parts: {
  readonly journal: Journal;
  readonly turn: Turn;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
}): Intakes {
  const { journal, turn, deadlines, clock } = parts;
  return new Intakes({ journal, turn, deadlines, dueClock: new DueClock(clock) });
}
