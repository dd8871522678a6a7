// The page of one exchange: rates, bindings, publishing, and the routing tester.
import { Chart } from '../chart/chart.tsx';
import { chosenRange, RangeChoice } from '../chart/range-choice.tsx';
import { act } from '../elements/act.ts';
import { ArgumentList } from '../elements/arguments.tsx';
import { chosenTab, Facts, Page, Panel, Tabs, Waiting } from '../elements/panel.tsx';
import { Badge, DEFAULT_EXCHANGE, Name, VhostLink } from '../elements/text.tsx';
import { formatRate } from '../format/numbers.ts';
import { rateFigures } from '../format/stats.ts';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import { usePolled } from '../http/use-polled.ts';
import type { BindingView, ExchangeView } from '../http/views.ts';
import { goTo } from '../location/current-location.ts';
import { sampleQuery } from '../preferences.ts';
import { mayDo } from '../session.ts';
import { BindingPanel } from './bindings.tsx';
import { ExchangeBadges, isBuiltIn } from './exchanges.tsx';
import { line } from './message-figures.ts';
import { PublishForm } from './publish-form.tsx';
import { RoutingTester } from './routing-tester.tsx';

const TABS = [
  { name: 'overview', label: 'Overview' },
  { name: 'bindings', label: 'Bindings' },
  { name: 'route', label: 'Test routing' },
  { name: 'publish', label: 'Publish' },
] as const;

interface ExchangePageProps {
  readonly vhost: string;
  /** As in addresses: the default exchange is amq.default. */
  readonly name: string;
}

export function ExchangePage({ vhost, name }: ExchangePageProps) {
  const query = sampleQuery(chosenRange(), ['msg_rates']);
  const { value, error } = usePolled<ExchangeView>(['exchanges', vhost, name], query);
  const tabs = TABS.filter(
    (one) => one.name !== 'publish' || mayDo('write', vhost, value?.name ?? name),
  );
  const tab = chosenTab(tabs);
  return (
    <Page
      title={name === DEFAULT_EXCHANGE ? '(default exchange)' : name}
      above={{ label: 'Exchanges', to: ['exchanges'] }}
      badges={
        value !== undefined && (
          <>
            <Badge tone="accent">{visibleName(value.type)}</Badge>
            <ExchangeBadges exchange={value} />
          </>
        )
      }
      actions={
        value !== undefined &&
        !isBuiltIn(value.name) &&
        mayDo('configure', vhost, value.name) && (
          <button type="button" class="danger-quiet" onClick={() => remove(value)}>
            Delete…
          </button>
        )
      }
    >
      <Tabs tabs={tabs} chosen={tab} />
      {value === undefined ? (
        <Waiting error={error} />
      ) : (
        <>
          {tab === 'overview' && <ExchangeOverview exchange={value} />}
          {tab === 'bindings' && <ExchangeBindings exchange={value} path={name} />}
          {tab === 'route' && <RoutingTester vhost={vhost} exchange={name} type={value.type} />}
          {tab === 'publish' && <PublishForm vhost={vhost} exchange={name} />}
        </>
      )}
    </Page>
  );
}

async function remove({ vhost, name }: ExchangeView): Promise<void> {
  await act(
    () => request('DELETE', ['exchanges', vhost, name]),
    `The exchange ${visibleName(name)} is deleted.`,
    {
      title: 'Delete the exchange',
      consequences: [
        'All its bindings go too.',
        'Clients that publish to it get an error and their channel is closed.',
      ],
      typed: name,
      action: 'Delete exchange',
    },
    () => goTo(['exchanges']),
  );
}

function ExchangeOverview({ exchange }: { readonly exchange: ExchangeView }) {
  const { message_stats: stats } = exchange;
  return (
    <div class="columns">
      <Panel title="Message rates" actions={<RangeChoice />}>
        <Chart
          title="Message rates"
          format={formatRate}
          figures={rateFigures([
            line(stats, 'publish_in', 'Published in'),
            line(stats, 'publish_out', 'Routed out'),
          ])}
        />
      </Panel>
      <Panel title="Facts">
        <Facts
          facts={[
            { label: 'Type', value: visibleName(exchange.type) },
            { label: 'Vhost', value: <VhostLink name={exchange.vhost} /> },
            { label: 'Policy', value: exchange.policy ? <Name text={exchange.policy} /> : '–' },
            { label: 'Arguments', value: <ArgumentList table={exchange.arguments} /> },
          ]}
        />
      </Panel>
    </div>
  );
}

interface ExchangeBindingsProps {
  readonly exchange: ExchangeView;
  readonly path: string;
}

function ExchangeBindings({ exchange, path }: ExchangeBindingsProps) {
  const at = ['exchanges', exchange.vhost, path, 'bindings'];
  const from = usePolled<readonly BindingView[]>([...at, 'source']);
  const to = usePolled<readonly BindingView[]>([...at, 'destination']);
  return (
    <>
      <BindingPanel
        title="From this exchange"
        polled={from}
        far="destination"
        {...(exchange.name !== '' && mayDo('read', exchange.vhost, exchange.name)
          ? { addFrom: exchange }
          : {})}
      />
      <BindingPanel title="To this exchange" polled={to} far="source" />
    </>
  );
}
