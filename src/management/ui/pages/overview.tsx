// The first page: is all well, how much flows, what needs attention.
import { chosenRange, RangeChoice } from '../chart/range-choice.tsx';
import { Page, Tile, Waiting } from '../elements/panel.tsx';
import { formatRate, formatShortCount } from '../format/numbers.ts';
import { countOf, rateOf } from '../format/stats.ts';
import { usePolled } from '../http/use-polled.ts';
import type { OverviewView } from '../http/views.ts';
import { sampleQuery } from '../preferences.ts';
import { may } from '../session.ts';
import { MessageCharts } from './message-charts.tsx';
import { NodePanel } from './node-panel.tsx';
import { ProblemPanel } from './problem-panel.tsx';

export function OverviewPage() {
  const query = sampleQuery(chosenRange(), ['lengths', 'msg_rates']);
  const { value, error } = usePolled<OverviewView>(['overview'], query);
  if (value === undefined) return <Waiting error={error} />;
  return (
    <Page title="Overview" actions={<RangeChoice />}>
      <Tiles overview={value} />
      <MessageCharts
        title="Messages in queues"
        depths={value.queue_totals}
        rates={value.message_stats}
        quiet={['get', 'redeliver', 'return_unroutable']}
      />
      <ProblemPanel />
      {may('monitoring') && <NodePanel overview={value} />}
    </Page>
  );
}

function Tiles({ overview }: { readonly overview: OverviewView }) {
  const { queue_totals: totals, object_totals: objects, message_stats: stats } = overview;
  const object = (name: string, label: string) => (
    <Tile label={label} value={formatShortCount(objects[name])} to={[name]} />
  );
  return (
    <section class="tiles" aria-label="Totals">
      <Tile label="Ready" value={formatShortCount(countOf(totals, 'messages_ready') ?? 0)} />
      <Tile
        label="Unacked"
        value={formatShortCount(countOf(totals, 'messages_unacknowledged') ?? 0)}
      />
      <Tile label="Published" value={formatRate(rateOf(stats, 'publish') ?? 0)} />
      <Tile label="Delivered" value={formatRate(rateOf(stats, 'deliver_get') ?? 0)} />
      {object('connections', 'Connections')}
      {object('channels', 'Channels')}
      {object('consumers', 'Consumers')}
      {object('exchanges', 'Exchanges')}
      {object('queues', 'Queues')}
    </section>
  );
}
