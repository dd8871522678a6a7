// Consumers: the list with cancelling, and the table of those of a queue or channel.
import { act } from '../elements/act.ts';
import { ArgumentList } from '../elements/arguments.tsx';
import { List } from '../elements/list.tsx';
import { Empty, Page, Panel } from '../elements/panel.tsx';
import { type Column, Table } from '../elements/table.tsx';
import { ChannelLink, Name, QueueLink, State } from '../elements/text.tsx';
import { chosenVhost, VhostChoice } from '../elements/vhost-choice.tsx';
import { formatCount } from '../format/numbers.ts';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import type { ConsumerView } from '../http/views.ts';
import { may } from '../session.ts';

const COLUMNS: readonly Column<ConsumerView>[] = [
  {
    id: 'tag',
    label: 'Consumer',
    sort: 'consumer_tag',
    cell: ({ consumer_tag }) => <Name text={consumer_tag} />,
  },
  {
    id: 'queue',
    label: 'Queue',
    sort: 'queue.name',
    cell: ({ queue }) => <QueueLink {...queue} />,
  },
  {
    id: 'channel',
    label: 'Channel',
    importance: 3,
    cell: ({ channel_details: { name } }) =>
      name === undefined ? '–' : <ChannelLink name={name} />,
  },
  {
    id: 'status',
    label: 'State',
    sort: 'activity_status',
    importance: 2,
    cell: ({ activity_status }) => <State state={activity_status ?? 'up'} />,
  },
  {
    id: 'ack',
    label: 'Acks',
    sort: 'ack_required',
    importance: 2,
    cell: ({ ack_required }) => (ack_required ? 'manual' : 'none'),
  },
  {
    id: 'exclusive',
    label: 'Exclusive',
    importance: 3,
    cell: ({ exclusive }) => (exclusive ? 'yes' : 'no'),
  },
  {
    id: 'prefetch',
    label: 'Prefetch',
    sort: 'prefetch_count',
    isNumber: true,
    cell: ({ prefetch_count }) => (prefetch_count === 0 ? '∞' : formatCount(prefetch_count)),
  },
  {
    id: 'arguments',
    label: 'Arguments',
    importance: 3,
    cell: ({ arguments: table }) => <ArgumentList table={table} />,
  },
];

const CANCEL: Column<ConsumerView> = {
  id: 'cancel',
  label: 'Actions',
  cell: (consumer) => (
    <button
      type="button"
      class="danger-quiet small"
      aria-label={`Cancel ${visibleName(consumer.consumer_tag)}`}
      onClick={() => cancel(consumer)}
    >
      Cancel…
    </button>
  ),
};

function cancel({ consumer_tag: tag, queue, channel_details: channel }: ConsumerView): void {
  const path = [queue.vhost, channel.connection_name ?? '', String(channel.number), tag];
  void act(() => request('DELETE', ['consumers', ...path]), 'The consumer is cancelled.', {
    title: 'Cancel the consumer',
    consequences: [
      `${visibleName(tag)} gets no more messages from ${visibleName(queue.name)}.`,
      'Its client is told. It keeps what it has not acknowledged yet.',
    ],
    action: 'Cancel consumer',
  });
}

const columns = () => (may('administrator') ? [...COLUMNS, CANCEL] : COLUMNS);
const keyOf = ({ consumer_tag, channel_details }: ConsumerView) =>
  `${channel_details.name} ${consumer_tag}`;

export function ConsumersPage() {
  const vhost = chosenVhost();
  return (
    <Page title="Consumers">
      <List<ConsumerView>
        id="consumers"
        caption="Consumers"
        path={vhost === '' ? ['consumers'] : ['consumers', vhost]}
        columns={columns()}
        rowKey={keyOf}
        controls={<VhostChoice />}
        isSearched={false}
        empty="Nobody consumes."
      />
    </Page>
  );
}

export function ConsumerTable({ consumers }: { readonly consumers: readonly ConsumerView[] }) {
  return (
    <Panel title="Consumers" isFlush>
      {consumers.length === 0 ? (
        <Empty>Nobody consumes here.</Empty>
      ) : (
        <Table caption="Consumers" columns={columns()} rows={consumers} rowKey={keyOf} />
      )}
    </Panel>
  );
}
