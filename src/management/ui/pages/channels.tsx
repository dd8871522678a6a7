// Channels: the list and the page of one.
import { Chart } from '../chart/chart.tsx';
import { chosenRange, RangeChoice } from '../chart/range-choice.tsx';
import { List } from '../elements/list.tsx';
import { Empty, Facts, Page, Panel, Waiting } from '../elements/panel.tsx';
import { type Column, Table } from '../elements/table.tsx';
import {
  ChannelLink,
  ConnectionLink,
  ExchangeLink,
  Name,
  QueueLink,
  State,
  UserLink,
  VhostLink,
} from '../elements/text.tsx';
import { chosenVhost, VhostChoice, withoutVhost } from '../elements/vhost-choice.tsx';
import { formatCount, formatRate, formatTime } from '../format/numbers.ts';
import { rateOf } from '../format/stats.ts';
import { usePolled } from '../http/use-polled.ts';
import type { ChannelView, ObjectName, Stats } from '../http/views.ts';
import { sampleQuery } from '../preferences.ts';
import { ConsumerTable } from './consumers.tsx';
import { messageRates } from './message-figures.ts';

function modeOf({ confirm, transactional }: ChannelView): string {
  return [confirm && 'confirms', transactional && 'transactions'].filter(Boolean).join(', ') || '–';
}

const COLUMNS: readonly Column<ChannelView>[] = [
  {
    id: 'name',
    label: 'Channel',
    sort: 'name',
    cell: ({ name }) => <ChannelLink name={name} />,
  },
  { id: 'state', label: 'State', sort: 'state', cell: ({ state }) => <State state={state} /> },
  {
    id: 'user',
    label: 'User',
    sort: 'user',
    importance: 2,
    cell: ({ user }) => <Name text={user} />,
  },
  {
    id: 'vhost',
    label: 'Vhost',
    sort: 'vhost',
    importance: 3,
    cell: ({ vhost }) => <Name text={vhost} />,
  },
  { id: 'mode', label: 'Mode', importance: 3, cell: modeOf },
  {
    id: 'consumers',
    label: 'Consumers',
    sort: 'consumer_count',
    isNumber: true,
    importance: 2,
    cell: (one) => formatCount(one.consumer_count),
  },
  {
    id: 'prefetch',
    label: 'Prefetch',
    sort: 'prefetch_count',
    isNumber: true,
    importance: 3,
    cell: (one) => (one.prefetch_count === 0 ? '∞' : formatCount(one.prefetch_count)),
  },
  {
    id: 'unacked',
    label: 'Unacked',
    sort: 'messages_unacknowledged',
    isNumber: true,
    cell: (one) => formatCount(one.messages_unacknowledged),
  },
  {
    id: 'unconfirmed',
    label: 'Unconfirmed',
    sort: 'messages_unconfirmed',
    isNumber: true,
    importance: 3,
    cell: (one) => formatCount(one.messages_unconfirmed),
  },
  {
    id: 'publish',
    label: 'Publish',
    sort: 'message_stats.publish_details.rate',
    isNumber: true,
    importance: 2,
    cell: (one) => formatRate(rateOf(one.message_stats, 'publish') ?? 0),
  },
  {
    id: 'deliver',
    label: 'Deliver',
    sort: 'message_stats.deliver_get_details.rate',
    isNumber: true,
    importance: 2,
    cell: (one) => formatRate(rateOf(one.message_stats, 'deliver_get') ?? 0),
  },
];

export function ChannelsPage() {
  const vhost = chosenVhost();
  return (
    <Page title="Channels">
      <List<ChannelView>
        id="channels"
        caption="Channels"
        path={vhost === '' ? ['channels'] : ['vhosts', vhost, 'channels']}
        columns={withoutVhost(COLUMNS, vhost)}
        rowKey={({ name }) => name}
        sort="name"
        controls={<VhostChoice />}
        empty="No channel is open."
      />
    </Page>
  );
}

/** The channels of one connection. */
export function ChannelTable({ path }: { readonly path: readonly string[] }) {
  const { value, error } = usePolled<readonly ChannelView[]>(path);
  return (
    <Panel title="Channels" isFlush>
      {value === undefined && <Waiting error={error} />}
      {value?.length === 0 && <Empty>No channel is open.</Empty>}
      {value !== undefined && value.length > 0 && (
        <Table caption="Channels" columns={COLUMNS} rows={value} rowKey={({ name }) => name} />
      )}
    </Panel>
  );
}

export function ChannelPage({ name }: { readonly name: string }) {
  const query = sampleQuery(chosenRange(), ['msg_rates']);
  const { value, error } = usePolled<ChannelView>(['channels', name], query);
  return (
    <Page
      title={name}
      above={{ label: 'Channels', to: ['channels'] }}
      badges={value !== undefined && <State state={value.state} />}
      actions={<RangeChoice />}
    >
      {value === undefined ? (
        <Waiting error={error} />
      ) : (
        <>
          <div class="columns">
            <Panel title="Message rates">
              <Chart
                title="Message rates"
                figures={messageRates(value.message_stats)}
                format={formatRate}
                quiet={['get', 'redeliver', 'return_unroutable']}
              />
            </Panel>
            <Panel title="Facts">
              <ChannelFacts channel={value} />
            </Panel>
          </div>
          <ConsumerTable consumers={value.consumer_details ?? []} />
          <Flows channel={value} />
        </>
      )}
    </Page>
  );
}

function ChannelFacts({ channel: one }: { readonly channel: ChannelView }) {
  const connection = one.connection_details.name;
  return (
    <Facts
      facts={[
        connection !== undefined && {
          label: 'Connection',
          value: <ConnectionLink name={connection} />,
        },
        { label: 'User', value: <UserLink name={one.user} /> },
        { label: 'Vhost', value: <VhostLink name={one.vhost} /> },
        { label: 'Mode', value: modeOf(one) },
        { label: 'Prefetch', value: formatCount(one.prefetch_count) },
        { label: 'Prefetch of the channel', value: formatCount(one.global_prefetch_count) },
        { label: 'Unacked', value: formatCount(one.messages_unacknowledged) },
        { label: 'Unconfirmed', value: formatCount(one.messages_unconfirmed) },
        { label: 'Uncommitted', value: formatCount(one.messages_uncommitted) },
        one.idle_since !== undefined && { label: 'Idle since', value: formatTime(one.idle_since) },
      ]}
    />
  );
}

/** Where the channel publishes to and takes from. */
function Flows({ channel }: { readonly channel: ChannelView }) {
  const published = (channel.publishes ?? []).map(({ exchange, stats }) => ({
    key: `to ${exchange.vhost}/${exchange.name}`,
    target: <ExchangeLink {...exchange} />,
    stats,
    rate: 'publish',
  }));
  const delivered = (channel.deliveries ?? []).map(({ queue, stats }) => ({
    key: `from ${queue.vhost}/${queue.name}`,
    target: <QueueLink {...(queue as ObjectName)} />,
    stats,
    rate: 'deliver_get',
  }));
  const rows = [...published, ...delivered];
  if (rows.length === 0) return null;
  return (
    <Panel title="Publishes to, receives from" isFlush>
      <Table
        caption="Publishes to, receives from"
        rows={rows}
        rowKey={({ key }) => key}
        columns={[
          { id: 'target', label: 'Exchange or queue', cell: ({ target }) => target },
          {
            id: 'way',
            label: 'Way',
            cell: ({ rate }) => (rate === 'publish' ? 'publishes to' : 'receives from'),
          },
          {
            id: 'rate',
            label: 'Rate',
            isNumber: true,
            cell: ({ stats, rate }) => formatRate(rateOf(stats as Stats, rate) ?? 0),
          },
        ]}
      />
    </Panel>
  );
}
