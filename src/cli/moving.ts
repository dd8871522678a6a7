// Long moves go in portions: progress can be shown, and an interruption stops between two of them.

import type { ApiPath } from './api-path.ts';
import { countAt, type View } from './output/view.ts';
import type { Session } from './session.ts';

const PORTION = 1_000;

export interface Moved {
  readonly count: number;
  /** Messages that could not go anywhere and stayed. */
  readonly skipped: number;
}

export async function moveInPortions(
  session: Session,
  path: ApiPath,
  total: number,
  body: (limit: number) => View,
): Promise<Moved> {
  const progress = session.output.progress('moving', total);
  let count = 0;
  let skipped = 0;
  try {
    while (count < total && !session.terminal.interrupted.aborted) {
      const limit = Math.min(PORTION, total - count);
      const answer = await session.api.post<View>(path, body(limit));
      const moved = countAt(answer, 'moved');
      skipped = countAt(answer, 'skipped');
      count += moved;
      progress.update(count);
      if (moved === 0) break;
    }
  } finally {
    progress.end();
  }
  return { count, skipped };
}
