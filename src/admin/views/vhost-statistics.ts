// The numbers of a vhost as the API shows them. Bytes of connections are those of the last sample.

import type { VirtualHost } from '../../broker/vhost/vhost.ts';
import type { View } from '../columns.ts';
import type { SampleRanges } from '../statistics/sample-ranges.ts';
import type { Statistics } from '../statistics/statistics.ts';
import { TOTALS_COLUMNS, totalsOf, totalsValues } from '../statistics/totals.ts';

export function vhostStatistics(
  statistics: Statistics,
  vhost: VirtualHost,
  ranges: SampleRanges,
): View {
  const view: Record<string, unknown> = {};
  const messageStats: Record<string, unknown> = {};
  const values = totalsValues(totalsOf([vhost]), statistics.traffic(vhost));
  const { samples } = statistics;
  samples.describe(view, vhost, TOTALS_COLUMNS, values, 'lengths', ranges);
  samples.describe(view, vhost, TOTALS_COLUMNS, values, 'data_rates', ranges);
  samples.describe(messageStats, vhost, TOTALS_COLUMNS, values, 'msg_rates', ranges);
  view['message_stats'] = messageStats;
  return view;
}
