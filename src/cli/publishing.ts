// Publishes one message several times, with progress; counts those that reached a queue.

import type { ApiPath } from './api-path.ts';
import type { View } from './output/view.ts';
import type { Session } from './session.ts';

export async function publishTimes(
  session: Session,
  path: ApiPath,
  body: View,
  count: number,
): Promise<number> {
  const progress = session.output.progress('publishing', count);
  let routed = 0;
  try {
    for (let index = 0; index < count; index += 1) {
      const answer = await session.api.post<View>(path, body);
      if (answer['routed'] === true) routed += 1;
      progress.update(index + 1);
    }
  } finally {
    progress.end();
  }
  return routed;
}
