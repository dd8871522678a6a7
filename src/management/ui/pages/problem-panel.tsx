// What needs attention, and the deepest queues. Two short lists sorted by the server, however many queues there are.
import { Empty, Panel } from '../elements/panel.tsx';
import { Table } from '../elements/table.tsx';
import { Link, Name, QueueLink } from '../elements/text.tsx';
import { formatCount, formatRate } from '../format/numbers.ts';
import { rateOf } from '../format/stats.ts';
import { usePolled } from '../http/use-polled.ts';
import type { ConnectionView, PageOf, QueueView } from '../http/views.ts';
import { findProblems, type Problem } from '../problems.ts';

const LOOKED_AT = 100;
const DEEPEST = 8;
const COLUMNS =
  'name,vhost,messages,messages_ready,messages_unacknowledged,consumers,message_stats.publish_details,' +
  'message_stats.deliver_get_details,message_stats.ack_details';

export function ProblemPanel() {
  const deepest = useLargest('messages_ready');
  const unacked = useLargest('messages_unacknowledged');
  const connections = usePolled<PageOf<ConnectionView>>(['connections'], {
    page: 1,
    page_size: LOOKED_AT,
    sort: 'state',
    columns: 'name,user_provided_name,state',
  });
  const problems = findProblems(
    distinct([...(deepest ?? []), ...(unacked ?? [])]),
    connections.value?.items ?? [],
  );
  return (
    <div class="columns">
      <Panel title="Needs attention" isFlush>
        {problems.length === 0 ? (
          <Empty>{deepest === undefined ? 'Looking…' : 'Nothing. All queues are served.'}</Empty>
        ) : (
          <ul class="problems">
            {problems.map((problem) => (
              <ProblemLine key={`${problem.title} ${problem.to?.join('/')}`} problem={problem} />
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="Deepest queues" isFlush>
        <DeepestQueues queues={(deepest ?? []).slice(0, DEEPEST)} />
      </Panel>
    </div>
  );
}

function useLargest(field: string): readonly QueueView[] | undefined {
  return usePolled<PageOf<QueueView>>(['queues'], {
    page: 1,
    page_size: LOOKED_AT,
    sort: field,
    sort_reverse: true,
    columns: COLUMNS,
  }).value?.items;
}

function distinct(queues: readonly QueueView[]): QueueView[] {
  return [...new Map(queues.map((queue) => [`${queue.vhost}\n${queue.name}`, queue])).values()];
}

export function ProblemLine({ problem }: { readonly problem: Problem }) {
  const { severity, title, name, text, to } = problem;
  return (
    <li class={severity}>
      <strong>{title}</strong>
      {name !== undefined && to !== undefined && (
        <Link to={to}>
          <Name text={name} />
        </Link>
      )}
      <span>{text}</span>
    </li>
  );
}

function DeepestQueues({ queues }: { readonly queues: readonly QueueView[] }) {
  const filled = queues.filter(({ messages = 0 }) => messages > 0);
  if (filled.length === 0) return <Empty>All queues are empty.</Empty>;
  return (
    <Table
      caption="Deepest queues"
      rows={filled}
      rowKey={({ vhost, name }) => `${vhost}/${name}`}
      columns={[
        { id: 'name', label: 'Queue', cell: (queue) => <QueueLink {...queue} /> },
        {
          id: 'ready',
          label: 'Ready',
          isNumber: true,
          cell: (queue) => formatCount(queue.messages_ready),
        },
        {
          id: 'unacked',
          label: 'Unacked',
          isNumber: true,
          importance: 2,
          cell: (queue) => formatCount(queue.messages_unacknowledged),
        },
        {
          id: 'in',
          label: 'In',
          isNumber: true,
          importance: 2,
          cell: (queue) => formatRate(rateOf(queue.message_stats, 'publish') ?? 0),
        },
        {
          id: 'out',
          label: 'Out',
          isNumber: true,
          cell: (queue) => formatRate(rateOf(queue.message_stats, 'deliver_get') ?? 0),
        },
      ]}
    />
  );
}
