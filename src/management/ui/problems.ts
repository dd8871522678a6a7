// What an operator should look at, found in what the API says anyway. Each names its cause and a remedy. Invariant: a
// healthy broker has none; a list that is never empty is not read.
import { formatBytes, formatCount } from './format/numbers.ts';
import { rateOf } from './format/stats.ts';
import type { ConnectionView, NodeView, QueueView } from './http/views.ts';

export interface Problem {
  readonly severity: 'danger' | 'warning';
  readonly title: string;
  /** The object's name, apart from the words: it is somebody else's text. */
  readonly name?: string;
  readonly text: string;
  readonly to?: readonly string[];
}

/** Alarms block publishers: they stand above everything else, on every page. */
export function findAlarms(nodes: readonly NodeView[]): Problem[] {
  return nodes.flatMap((node) => {
    const alarms: Problem[] = [];
    if (node.mem_alarm) {
      alarms.push({
        severity: 'danger',
        title: 'Memory alarm: publishers are blocked',
        text:
          `${formatBytes(node.mem_used)} of ${formatBytes(node.mem_limit)} are in use. ` +
          'Consume or purge queues, or raise the memory watermark.',
      });
    }
    if (node.disk_free_alarm) {
      alarms.push({
        severity: 'danger',
        title: 'Disk alarm: publishers are blocked',
        text:
          `${formatBytes(node.disk_free)} are free, the limit is ${formatBytes(node.disk_free_limit)}. ` +
          'Free disk space or consume queues.',
      });
    }
    return alarms;
  });
}

const DEAD_LETTER_NAME =
  /(^|[._-])(dlq|dlx|dead[._-]?letters?|dead|parking[._-]?lot|error)s?($|[._-])/i;
const SHOWN = 12;

export function findProblems(
  queues: readonly QueueView[],
  connections: readonly ConnectionView[],
): Problem[] {
  const found = [
    ...connections.filter(({ state }) => /^block/.test(state)).map(blocked),
    ...queues.flatMap(queueProblems),
  ];
  return found.slice(0, SHOWN);
}

function blocked({ name, user_provided_name, state }: ConnectionView): Problem {
  return {
    severity: 'warning',
    title: `Connection ${state}`,
    name: user_provided_name ?? name,
    text: 'It publishes while an alarm is on and has to wait.',
    to: ['connections', name],
  };
}

function queueProblems(queue: QueueView): Problem[] {
  const { name, vhost, messages_ready: ready = 0, consumers = 0 } = queue;
  const unacked = queue.messages_unacknowledged ?? 0;
  const at = { name, to: ['queues', vhost, name] };
  const problems: Problem[] = [];
  if (DEAD_LETTER_NAME.test(name) && ready > 0) {
    problems.push({
      ...at,
      severity: 'warning',
      title: 'Dead letters',
      text: `${formatCount(ready)} wait. Look at them, then redrive or purge.`,
      to: [...at.to],
    });
  } else if (ready > 0 && consumers === 0) {
    problems.push({
      ...at,
      severity: 'warning',
      title: 'No consumer',
      text: `${formatCount(ready)} ready and nobody takes them.`,
    });
  }
  if (unacked > 0 && consumers > 0 && isStuck(queue)) {
    problems.push({
      ...at,
      severity: 'warning',
      title: 'Nothing is acknowledged',
      text: `${formatCount(unacked)} unacked, ${formatCount(ready)} wait behind them.`,
    });
  }
  return problems;
}

/** Messages wait behind unacked ones, and the last samples saw neither an ack nor a delivery. */
function isStuck({ message_stats: stats, messages_ready: ready = 0 }: QueueView): boolean {
  const isStill = (name: string) => (rateOf(stats, name) ?? 0) === 0;
  return ready > 0 && isStill('ack') && isStill('deliver_get');
}
