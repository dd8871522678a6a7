// Takes everything out of all queues: consumes until nothing came for a while and the broker counts
// nothing either.

import { SeededRandom } from '../simulation/seeded-random.ts';
import { Consumer } from './consumer.ts';
import type { HistoryEvent } from './history.ts';
import { Link } from './link.ts';
import { Producer, toBacklog } from './producer.ts';
import { checkWorld, QUEUES } from './world.ts';

const QUIET_MS = 300;
const STUCK_MS = 15_000;

/** Returns how many deliveries it took. */
export async function drain(
  url: string,
  epoch: number,
  note: (event: HistoryEvent) => void,
): Promise<number> {
  let count = 0;
  let lastMs = performance.now();
  const onDelivery = () => {
    count++;
    lastMs = performance.now();
  };
  const producer = new Producer('drain', 'none', new SeededRandom(0), toBacklog);
  const links: Link[] = [];
  for (const { name: queue } of QUEUES) {
    const link = await Link.open(url, epoch, note);
    links.push(link);
    const plan = { queue, habit: 'ack each', producer, hasMarks: false, onDelivery } as const;
    await new Consumer(plan, link).start();
  }
  const idleMs = () => performance.now() - lastMs;
  const watch = links[0] as Link;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    if (idleMs() < QUIET_MS) continue;
    const left = [...(await checkWorld(watch.client))].filter(([, ready]) => ready > 0);
    if (left.length === 0) break;
    if (idleMs() > STUCK_MS) throw new Error(`the drain is stuck at ${left.join('; ')}`);
  }
  await Promise.all(links.map((link) => link.client.close()));
  return count;
}
