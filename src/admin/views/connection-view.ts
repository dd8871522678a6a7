// A connection as the API shows it.

import type { Broker } from '../../broker/broker.ts';
import type { Connection } from '../../broker/connection/connection.ts';
import type { View } from '../columns.ts';
import { jsonOfTable } from '../field-json.ts';
import { NO_RANGES, type SampleRanges } from '../statistics/sample-ranges.ts';
import { columnsOf, type Samples } from '../statistics/samples.ts';
import { GARBAGE_COLLECTION, NO_REDUCTIONS } from './erlang-fields.ts';

const TRAFFIC_COLUMNS = columnsOf('data_rates', ['recv_oct', 'send_oct']);

export function connectionView(
  broker: Broker,
  samples: Samples,
  connection: Connection,
  ranges: SampleRanges = NO_RANGES,
): View {
  const { transport, outgoing, user, vhost } = connection;
  const name = providedName(connection);
  const view: Record<string, unknown> = {
    name: connection.name,
    node: broker.settings.nodeName,
    state: stateOf(broker, connection),
    type: 'network',
    protocol: 'AMQP 0-9-1',
    user: user?.name ?? '',
    user_who_performed_action: user?.name ?? '',
    vhost: vhost?.name ?? '',
    auth_mechanism: connection.mechanism,
    channels: connection.channels.count,
    channel_max: connection.channelMax,
    frame_max: connection.frameMaxBytes,
    timeout: connection.heartbeatSeconds,
    connected_at: connection.connectedAtMs,
    host: transport.localAddress,
    port: transport.localPort,
    peer_host: transport.remoteAddress,
    peer_port: transport.remotePort,
    client_properties: jsonOfTable(connection.clientProperties),
    ...(name !== undefined && { user_provided_name: name }),
    recv_cnt: connection.receivedCount,
    send_cnt: outgoing.sentCount,
    send_pend: transport.pendingBytes,
    ...NO_TLS,
    ...NO_REDUCTIONS,
    garbage_collection: GARBAGE_COLLECTION,
  };
  const values = [connection.receivedBytes, outgoing.sentBytes];
  samples.describe(view, connection, TRAFFIC_COLUMNS, values, 'data_rates', ranges);
  return view;
}

/** Empty texts in lists as well as for one: null breaks rabbitmqadmin. */
const NO_TLS = {
  ssl: false,
  ssl_protocol: '',
  ssl_key_exchange: '',
  ssl_cipher: '',
  ssl_hash: '',
  peer_cert_subject: '',
  peer_cert_issuer: '',
  peer_cert_validity: '',
};

/** RabbitMQ's words. Watchers take everything but `running` for a problem. */
function stateOf(broker: Broker, connection: Connection): string {
  if (!connection.isRunning) return 'closing';
  if (connection.flow.isBlocked) return 'blocked';
  if (broker.alarms.length > 0 && hasPublished(connection)) return 'blocking';
  return connection.flow.isThrottled ? 'flow' : 'running';
}

function hasPublished(connection: Connection): boolean {
  for (const { counts } of connection.channels.all()) if (counts.hasPublished) return true;
  return false;
}

/** The name that the client gave its connection. */
function providedName({ clientProperties }: Connection): string | undefined {
  const name = clientProperties.get('connection_name');
  return name?.type === 'S' ? name.value.toString('utf8') : undefined;
}
