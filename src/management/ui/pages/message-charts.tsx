// How many messages wait, and how many come and go: two charts beside each other, of a node or of one queue.
import type { ComponentChildren } from 'preact';
import { Chart } from '../chart/chart.tsx';
import { Panel } from '../elements/panel.tsx';
import { formatRate, formatShortCount } from '../format/numbers.ts';
import type { Stats } from '../http/views.ts';
import { depthFigures, messageRates } from './message-figures.ts';

interface MessageChartsProps {
  readonly title: string;
  readonly depths: Stats | undefined;
  readonly rates: Stats | undefined;
  /** Names of rates that are not drawn until they are asked for. */
  readonly quiet: readonly string[];
  readonly actions?: ComponentChildren;
}

export function MessageCharts({ title, depths, rates, quiet, actions }: MessageChartsProps) {
  return (
    <div class="columns">
      <Panel title={title} actions={actions}>
        <Chart
          title={title}
          figures={depthFigures(depths)}
          format={formatShortCount}
          quiet={['messages']}
        />
      </Panel>
      <Panel title="Message rates">
        <Chart
          title="Message rates"
          figures={messageRates(rates)}
          format={formatRate}
          quiet={quiet}
        />
      </Panel>
    </div>
  );
}
