// `warren status`: the broker at a glance.

import type { Command } from 'commander';
import { apiPath } from '../api-path.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';
import { column } from '../output/table.ts';
import { at, textAt, type View, viewsAt } from '../output/view.ts';
import { addSharedOptions, administer, type CommandContext } from '../session.ts';

const statusFields = [
  column('product', 'product'),
  column('cluster', 'cluster_name'),
  column('node', 'node'),
  column('uptime', 'uptime', 'milliseconds'),
  column('listeners', 'listening'),
  column('alarms', 'alarms'),
  column('memory', 'mem_used', 'bytes'),
  column('memory limit', 'mem_limit', 'bytes'),
  column('disk free', 'disk_free', 'bytes'),
  column('connections', 'object_totals.connections', 'count'),
  column('channels', 'object_totals.channels', 'count'),
  column('consumers', 'object_totals.consumers', 'count'),
  column('exchanges', 'object_totals.exchanges', 'count'),
  column('queues', 'object_totals.queues', 'count'),
  column('ready', 'queue_totals.messages_ready', 'count'),
  column('unacked', 'queue_totals.messages_unacknowledged', 'count'),
  column('in', 'message_stats.publish_details.rate', 'rate'),
  column('out', 'message_stats.deliver_get_details.rate', 'rate'),
];

/** Of a node, what a status shows. */
const NODE_KEYS = ['uptime', 'mem_used', 'mem_limit', 'disk_free', 'mem_alarm', 'disk_free_alarm'];

export function addStatusCommand(program: Command, context: CommandContext): void {
  const status = addSharedOptions(
    program
      .command('status')
      .description('the broker at a glance')
      .option('--check', 'end with 69 when an alarm is in effect'),
  );
  administer<{ check?: boolean }>(status, context, async ({ api, output }, _, { check }) => {
    const overview = await api.get<View>(apiPath`/api/overview`);
    const name = textAt(overview, 'node');
    // Only users with the tag monitoring see nodes.
    const node = name === '' ? {} : await api.get<View>(apiPath`/api/nodes/${name}`);
    const alarms = alarmsOf(node);
    const product = `${textAt(overview, 'product_name') || 'RabbitMQ'} ${
      textAt(overview, 'product_version') || textAt(overview, 'rabbitmq_version')
    }`;
    const view = {
      ...overview,
      ...Object.fromEntries(NODE_KEYS.map((key) => [key, node[key]])),
      product: printable(product),
      listening: listeners(overview),
      alarms: alarms.length === 0 ? 'none' : alarms.join(', '),
    };
    if (output.isJson) output.json({ ...view, alarms });
    else output.details(view, statusFields);
    return check === true && alarms.length > 0 ? adminExitCodes.unavailable : adminExitCodes.done;
  });
}

function alarmsOf(node: View): string[] {
  return [
    ...(node['mem_alarm'] === true ? ['memory'] : []),
    ...(node['disk_free_alarm'] === true ? ['disk'] : []),
  ];
}

function listeners(overview: View): string {
  return viewsAt(overview, 'listeners')
    .map((each) => `${textAt(each, 'protocol')} ${textAt(each, 'ip_address')}:${at(each, 'port')}`)
    .join(', ');
}
