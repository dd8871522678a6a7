// The lines that the message charts show, wherever they are.
import { detailsOf, gaugeFigures, rateFigures } from '../format/stats.ts';
import type { Stats } from '../http/views.ts';

export function depthFigures(stats: Stats | undefined) {
  return gaugeFigures([
    line(stats, 'messages_ready', 'Ready'),
    line(stats, 'messages_unacknowledged', 'Unacked'),
    line(stats, 'messages', 'Total'),
  ]);
}

export function messageRates(stats: Stats | undefined) {
  return rateFigures([
    line(stats, 'publish', 'Publish'),
    line(stats, 'deliver_get', 'Deliver'),
    line(stats, 'ack', 'Ack'),
    line(stats, 'confirm', 'Confirm'),
    line(stats, 'redeliver', 'Redeliver'),
    line(stats, 'get', 'Get'),
    line(stats, 'return_unroutable', 'Returned'),
  ]);
}

export function line(stats: Stats | undefined, name: string, label: string) {
  return { name, label, details: detailsOf(stats, name) };
}
