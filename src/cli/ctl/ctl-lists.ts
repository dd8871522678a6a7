// rabbitmqctl's lists of objects: list_queues, list_exchanges, list_bindings, list_connections, list_channels,
// list_consumers. Columns are chosen by operands.

import { type ApiPath, apiPath } from '../api-path.ts';
import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';
import { at, type View } from '../output/view.ts';
import type { CtlCall, CtlColumn, CtlCommand } from './ctl-call.ts';
import { requireVhost } from './ctl-errors.ts';

/** Name → path in the API's object, where they differ. */
type Columns = Readonly<Record<string, string>>;

const same = (names: string): Columns =>
  Object.fromEntries(names.split(' ').map((name) => [name, name]));

const queueColumns: Columns = {
  ...same('name durable auto_delete arguments policy operator_policy effective_policy_definition'),
  ...same('messages_ready messages_unacknowledged messages messages_ready_ram messages_ram'),
  ...same('messages_unacknowledged_ram messages_persistent message_bytes message_bytes_ready'),
  ...same('message_bytes_unacknowledged message_bytes_ram message_bytes_persistent'),
  ...same('head_message_timestamp disk_reads disk_writes consumers consumer_utilisation'),
  ...same('consumer_capacity memory state type exclusive leader members online'),
  exclusive_consumer_tag: 'exclusive_consumer_tag',
  owner_pid: 'owner_pid_details.name',
  pid: 'node',
};
const exchangeColumns = same('name type durable auto_delete internal arguments policy');
const bindingColumns: Columns = {
  source_name: 'source',
  source_kind: 'source_kind',
  destination_name: 'destination',
  destination_kind: 'destination_type',
  routing_key: 'routing_key',
  arguments: 'arguments',
};
/** A connection has no process of its own: its name is what close_connection takes. */
const connectionColumns: Columns = {
  ...same('name port host peer_port peer_host ssl state channels protocol auth_mechanism user'),
  ...same('vhost timeout frame_max channel_max client_properties connected_at recv_oct recv_cnt'),
  ...same('send_oct send_cnt send_pend peer_cert_subject peer_cert_issuer peer_cert_validity'),
  ...same('ssl_protocol ssl_key_exchange ssl_cipher ssl_hash user_provided_name'),
  pid: 'name',
};
const channelColumns: Columns = {
  ...same('name number user vhost transactional confirm consumer_count messages_unacknowledged'),
  ...same('messages_uncommitted acks_uncommitted messages_unconfirmed prefetch_count'),
  ...same('global_prefetch_count'),
  pid: 'name',
  connection: 'connection_details.name',
};
const consumerColumns: Columns = {
  queue_name: 'queue.name',
  channel_pid: 'channel_details.name',
  ...same('consumer_tag ack_required prefetch_count active activity_status arguments'),
};

const MANY = Number.POSITIVE_INFINITY;

function listing(
  columns: Columns,
  standard: string,
  path: (vhost: string) => ApiPath,
  banner: (call: CtlCall) => string,
  isOfVhost = true,
): CtlCommand {
  return {
    usage: '[-p <vhost>] [<column> ...]',
    operands: [0, MANY],
    options: ['online', 'offline', 'local'],
    banner,
    run: async (call, world) => {
      const chosen = chooseCtlColumns(columns, standard, call.operands);
      if (isOfVhost) await requireVhost(world, call.vhost);
      const paths = chosen.map(({ name }) => columns[name] ?? name);
      const rows = await world.api.get<View[]>(path(call.vhost), { columns: paths.join(',') });
      const { online, offline } = call.options;
      // A queue here is never down while its broker runs.
      if (offline === true && online !== true) return { rows: [], columns: chosen };
      return { rows: rows.map((row) => ({ source_kind: 'exchange', ...row })), columns: chosen };
    },
  };
}

/** Operands are names, or lists of names with commas. */
export function chooseCtlColumns(
  columns: Columns,
  standard: string,
  operands: readonly string[],
): CtlColumn[] {
  const asked = operands.flatMap((operand) => operand.split(',')).filter((name) => name !== '');
  const wrong = asked.filter((name) => !Object.hasOwn(columns, name));
  if (wrong.length > 0) {
    const text = `(argument validation): Info key(s) ${printable(wrong.join(','))} are not supported`;
    throw new CommandError(adminExitCodes.usage, text);
  }
  const names = asked.length > 0 ? asked : standard.split(' ');
  return names.map((name) => ({ name, read: (row) => at(row, columns[name] ?? name) }));
}

const vhostOf = ({ vhost }: CtlCall) => printable(vhost);

export const listCommands: Readonly<Record<string, CtlCommand>> = {
  list_queues: listing(
    queueColumns,
    'name messages',
    (vhost) => apiPath`/api/queues/${vhost}`,
    (call) => `Listing queues for vhost ${vhostOf(call)} ...`,
  ),
  list_exchanges: listing(
    exchangeColumns,
    'name type',
    (vhost) => apiPath`/api/exchanges/${vhost}`,
    (call) => `Listing exchanges for vhost ${vhostOf(call)} ...`,
  ),
  list_bindings: listing(
    bindingColumns,
    Object.keys(bindingColumns).join(' '),
    (vhost) => apiPath`/api/bindings/${vhost}`,
    (call) => `Listing bindings for vhost ${vhostOf(call)}...`,
  ),
  list_unresponsive_queues: {
    usage: '[-p <vhost>]',
    operands: [0, 0],
    banner: (call) => `Listing unresponsive queues for vhost ${vhostOf(call)} ...`,
    // A queue has no process of its own that could hang.
    run: async () => ({ rows: [], columns: [] }),
  },
  list_connections: listing(
    connectionColumns,
    'user peer_host peer_port state',
    () => apiPath`/api/connections`,
    () => 'Listing connections ...',
    false,
  ),
  list_channels: listing(
    channelColumns,
    'pid user consumer_count messages_unacknowledged',
    () => apiPath`/api/channels`,
    () => 'Listing channels ...',
    false,
  ),
  list_consumers: listing(
    consumerColumns,
    'queue_name channel_pid consumer_tag ack_required prefetch_count active arguments',
    (vhost) => apiPath`/api/consumers/${vhost}`,
    (call) => `Listing consumers in vhost ${vhostOf(call)} ...`,
  ),
};
