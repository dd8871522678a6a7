// Connections: the list with closing many, and the page of one.
import { Chart } from '../chart/chart.tsx';
import { chosenRange, RangeChoice } from '../chart/range-choice.tsx';
import { act } from '../elements/act.ts';
import { ArgumentList } from '../elements/arguments.tsx';
import { runBulk } from '../elements/bulk-run.tsx';
import { List } from '../elements/list.tsx';
import { Facts, Page, Panel, Waiting } from '../elements/panel.tsx';
import type { Column } from '../elements/table.tsx';
import { ConnectionLink, Name, State, UserLink, VhostLink } from '../elements/text.tsx';
import { chosenVhost, VhostChoice, withoutVhost } from '../elements/vhost-choice.tsx';
import { formatBytesRate, formatCount, formatTime } from '../format/numbers.ts';
import { rateFigures } from '../format/stats.ts';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import { usePolled } from '../http/use-polled.ts';
import type { ConnectionView } from '../http/views.ts';
import { goTo } from '../location/current-location.ts';
import { sampleQuery } from '../preferences.ts';
import { ChannelTable } from './channels.tsx';

const COLUMNS: readonly Column<ConnectionView>[] = [
  {
    id: 'name',
    label: 'Connection',
    sort: 'name',
    cell: (one) => (
      <>
        <ConnectionLink name={one.name} />
        {one.user_provided_name !== undefined && (
          <div class="second">
            <Name text={one.user_provided_name} />
          </div>
        )}
      </>
    ),
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
    importance: 2,
    cell: ({ vhost }) => <Name text={vhost} />,
  },
  {
    id: 'client',
    label: 'Client',
    importance: 3,
    cell: ({ client_properties: client }) => (
      <Name text={[client?.['product'], client?.['version']].filter(Boolean).join(' ') || '–'} />
    ),
  },
  {
    id: 'tls',
    label: 'TLS',
    sort: 'ssl',
    isExtra: true,
    cell: ({ ssl, ssl_protocol }) => (ssl ? (ssl_protocol ?? 'yes') : 'no'),
  },
  {
    id: 'since',
    label: 'Connected',
    sort: 'connected_at',
    isExtra: true,
    cell: ({ connected_at }) => formatTime(connected_at),
  },
  {
    id: 'channels',
    label: 'Channels',
    sort: 'channels',
    isNumber: true,
    cell: ({ channels }) => formatCount(channels),
  },
  {
    id: 'in',
    label: 'From client',
    sort: 'recv_oct_details.rate',
    isNumber: true,
    importance: 3,
    cell: (one) => formatBytesRate(one.recv_oct_details?.rate ?? 0),
  },
  {
    id: 'out',
    label: 'To client',
    sort: 'send_oct_details.rate',
    isNumber: true,
    importance: 3,
    cell: (one) => formatBytesRate(one.send_oct_details?.rate ?? 0),
  },
];

const close = (name: string) =>
  request('DELETE', ['connections', name], {
    headers: { 'X-Reason': 'Closed on the management page' },
  });

export function ConnectionsPage() {
  const vhost = chosenVhost();
  return (
    <Page title="Connections">
      <List<ConnectionView>
        id="connections"
        caption="Connections"
        path={vhost === '' ? ['connections'] : ['vhosts', vhost, 'connections']}
        columns={withoutVhost(COLUMNS, vhost)}
        rowKey={({ name }) => name}
        sort="name"
        controls={<VhostChoice />}
        empty="No client is connected."
        bulk={[{ label: 'Close…', isDanger: true, run: closeAll }]}
      />
    </Page>
  );
}

function closeAll(rows: readonly ConnectionView[], onDone: () => void): void {
  void runBulk({
    title: `Close ${rows.length} connections`,
    consequences: ['Their channels and consumers end, unacked messages are requeued.'],
    typed: `close ${rows.length}`,
    action: 'Close',
    items: rows.map(({ name }) => ({ name, run: () => close(name) })),
    onDone,
  });
}

export function ConnectionPage({ name }: { readonly name: string }) {
  const query = sampleQuery(chosenRange(), ['data_rates']);
  const { value, error } = usePolled<ConnectionView>(['connections', name], query);
  const closeOne = async () => {
    await act(
      () => close(name),
      'The connection is closed.',
      {
        title: 'Close the connection',
        consequences: [
          `${visibleName(name)}: ${value?.channels ?? 0} channels end, unacked messages are requeued.`,
          'Most clients connect again by themselves.',
        ],
        action: 'Close connection',
      },
      () => goTo(['connections']),
    );
  };
  return (
    <Page
      title={name}
      above={{ label: 'Connections', to: ['connections'] }}
      badges={value !== undefined && <State state={value.state} />}
      actions={
        <>
          <RangeChoice />
          <button type="button" class="danger-quiet" onClick={closeOne}>
            Close…
          </button>
        </>
      }
    >
      {value === undefined ? <Waiting error={error} /> : <ConnectionPanels connection={value} />}
    </Page>
  );
}

function ConnectionPanels({ connection }: { readonly connection: ConnectionView }) {
  const { recv_oct_details: received, send_oct_details: sent } = connection;
  return (
    <>
      <div class="columns">
        <Panel title="Traffic">
          <Chart
            title="Traffic"
            format={formatBytesRate}
            figures={rateFigures([
              { name: 'recv_oct', label: 'From client', details: received },
              { name: 'send_oct', label: 'To client', details: sent },
            ])}
          />
        </Panel>
        <Panel title="Facts">
          <ConnectionFacts connection={connection} />
        </Panel>
      </div>
      <ChannelTable path={['connections', connection.name, 'channels']} />
      <Panel title="Client properties">
        <ArgumentList table={connection.client_properties} />
      </Panel>
    </>
  );
}

function ConnectionFacts({ connection: one }: { readonly connection: ConnectionView }) {
  return (
    <Facts
      facts={[
        one.user_provided_name !== undefined && {
          label: 'Client’s name',
          value: <Name text={one.user_provided_name} />,
        },
        { label: 'User', value: <UserLink name={one.user} /> },
        { label: 'Vhost', value: <VhostLink name={one.vhost} /> },
        { label: 'Peer', value: `${one.peer_host}:${one.peer_port}` },
        { label: 'Connected', value: formatTime(one.connected_at) },
        { label: 'Protocol', value: one.protocol },
        { label: 'Login', value: one.auth_mechanism ?? '–' },
        {
          label: 'TLS',
          value: one.ssl ? [one.ssl_protocol, one.ssl_cipher].filter(Boolean).join(', ') : 'no',
        },
        Boolean(one.peer_cert_subject) && {
          label: 'Certificate',
          value: <Name text={one.peer_cert_subject ?? ''} />,
        },
        { label: 'Heartbeat', value: one.timeout === 0 ? 'off' : `${one.timeout ?? '–'} s` },
        { label: 'Frame size', value: formatCount(one.frame_max) },
        { label: 'Channels at most', value: formatCount(one.channel_max) },
      ]}
    />
  );
}
