// Queues: the list with bulk purge and delete, and adding one.
import { useState } from 'preact/hooks';
import { runBulk } from '../elements/bulk-run.tsx';
import { Modal } from '../elements/dialog.tsx';
import { List } from '../elements/list.tsx';
import { Page } from '../elements/panel.tsx';
import type { Column } from '../elements/table.tsx';
import { Badge, Name, QueueLink, State } from '../elements/text.tsx';
import { chosenVhost, NameCell, VhostChoice, withoutVhost } from '../elements/vhost-choice.tsx';
import { formatBytes, formatCount, formatRate, formatShare } from '../format/numbers.ts';
import { rateOf } from '../format/stats.ts';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import type { QueueView } from '../http/views.ts';
import { mayDoAny } from '../session.ts';
import { QueueForm } from './queue-form.tsx';

const rateColumn = (id: string, label: string, name: string): Column<QueueView> => ({
  id,
  label,
  sort: `message_stats.${name}_details.rate`,
  isNumber: true,
  importance: 2,
  cell: (queue) => formatRate(rateOf(queue.message_stats, name) ?? 0),
});

const COLUMNS: readonly Column<QueueView>[] = [
  {
    id: 'name',
    label: 'Queue',
    sort: 'name',
    cell: (queue) => (
      <NameCell vhost={queue.vhost}>
        <QueueLink {...queue} />
      </NameCell>
    ),
  },
  {
    id: 'vhost',
    label: 'Vhost',
    sort: 'vhost',
    importance: 3,
    cell: ({ vhost }) => <Name text={vhost} />,
  },
  { id: 'type', label: 'Type', sort: 'type', importance: 3, cell: ({ type }) => type },
  {
    id: 'features',
    label: 'Features',
    importance: 3,
    cell: (queue) => <QueueBadges queue={queue} />,
  },
  {
    id: 'state',
    label: 'State',
    sort: 'state',
    importance: 2,
    cell: ({ state }) => <State state={state} />,
  },
  {
    id: 'ready',
    label: 'Ready',
    sort: 'messages_ready',
    isNumber: true,
    cell: (queue) => formatCount(queue.messages_ready),
  },
  {
    id: 'unacked',
    label: 'Unacked',
    sort: 'messages_unacknowledged',
    isNumber: true,
    importance: 2,
    cell: (queue) => formatCount(queue.messages_unacknowledged),
  },
  {
    id: 'total',
    label: 'Total',
    sort: 'messages',
    isNumber: true,
    isExtra: true,
    cell: (queue) => formatCount(queue.messages),
  },
  {
    id: 'bytes',
    label: 'Bytes',
    sort: 'message_bytes',
    isNumber: true,
    isExtra: true,
    cell: (queue) => formatBytes(queue.message_bytes),
  },
  {
    id: 'consumers',
    label: 'Consumers',
    sort: 'consumers',
    isNumber: true,
    cell: (queue) => formatCount(queue.consumers),
  },
  {
    id: 'utilisation',
    label: 'Utilisation',
    sort: 'consumer_utilisation',
    isNumber: true,
    isExtra: true,
    cell: (queue) => formatShare(queue.consumer_utilisation),
  },
  rateColumn('in', 'In', 'publish'),
  rateColumn('out', 'Out', 'deliver_get'),
  { ...rateColumn('acks', 'Ack', 'ack'), importance: 3 },
];

export function QueueBadges({ queue }: { readonly queue: QueueView }) {
  const { durable, auto_delete, exclusive, arguments: table, policy, operator_policy } = queue;
  const keys = Object.keys(table).filter((key) => key !== 'x-queue-type');
  return (
    <span class="badges">
      {!durable && <Badge tone="warning">transient</Badge>}
      {auto_delete && <Badge>auto-delete</Badge>}
      {exclusive && <Badge>exclusive</Badge>}
      {keys.length > 0 && (
        <Badge title={visibleName(keys.map((key) => `${key}: ${String(table[key])}`).join(', '))}>
          {keys.length === 1 ? '1 argument' : `${keys.length} arguments`}
        </Badge>
      )}
      {policy && <Badge tone="accent">{visibleName(policy)}</Badge>}
      {operator_policy && <Badge tone="accent">{visibleName(operator_policy)}</Badge>}
    </span>
  );
}

export function QueuesPage() {
  const [isAdding, setAdding] = useState(false);
  const vhost = chosenVhost();
  return (
    <Page
      title="Queues"
      actions={
        mayDoAny('configure', vhost) && (
          <button type="button" class="primary" onClick={() => setAdding(true)}>
            Add queue
          </button>
        )
      }
    >
      <List<QueueView>
        id="queues"
        caption="Queues"
        path={vhost === '' ? ['queues'] : ['queues', vhost]}
        columns={withoutVhost(COLUMNS, vhost)}
        rowKey={({ vhost: host, name }) => `${host}/${name}`}
        controls={<VhostChoice />}
        empty="There is no queue yet. Clients declare them, or add one here."
        bulk={[
          ...(mayDoAny('read', vhost) ? [{ label: 'Purge…', isDanger: true, run: purgeAll }] : []),
          ...(mayDoAny('configure', vhost)
            ? [{ label: 'Delete…', isDanger: true, run: deleteAll }]
            : []),
        ]}
      />
      {isAdding && (
        <Modal title="Add queue" onClose={() => setAdding(false)}>
          <QueueForm onDone={() => setAdding(false)} />
        </Modal>
      )}
    </Page>
  );
}

const sum = (rows: readonly QueueView[], field: 'messages' | 'messages_ready' | 'consumers') =>
  formatCount(rows.reduce((total, row) => total + (row[field] ?? 0), 0));

function purgeAll(rows: readonly QueueView[], onDone: () => void): void {
  void runBulk({
    title: `Purge ${rows.length} queues`,
    consequences: [`${sum(rows, 'messages_ready')} ready messages are lost for good.`],
    typed: `purge ${rows.length}`,
    action: 'Purge',
    items: rows.map(({ vhost, name }) => ({
      name,
      run: () => request('DELETE', ['queues', vhost, name, 'contents']),
    })),
    onDone,
  });
}

function deleteAll(rows: readonly QueueView[], onDone: () => void): void {
  void runBulk({
    title: `Delete ${rows.length} queues`,
    consequences: [
      `${sum(rows, 'messages')} messages are lost for good.`,
      `${sum(rows, 'consumers')} consumers are cancelled.`,
      'Their bindings go too.',
    ],
    typed: `delete ${rows.length}`,
    action: 'Delete',
    items: rows.map(({ vhost, name }) => ({
      name,
      run: () => request('DELETE', ['queues', vhost, name]),
    })),
    onDone,
  });
}
