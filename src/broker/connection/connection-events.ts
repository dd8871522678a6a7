// What events say of logins, connections, channels and consumers: RabbitMQ's header names.

import type { BrokerNode } from '../broker-node.ts';
import { type EventFields, INTERNAL_USER, printedTable } from '../events.ts';
import type { Queue } from '../queue/queue.ts';
import type { Channel } from './channel.ts';
import type { Connection } from './connection.ts';
import type { Consumer } from './consumer.ts';

/** AMQP 0-9-1, as Erlang prints it. */
const PROTOCOL = '{0,9,1}';

export function authenticationEnded(
  connection: Connection,
  userName: string,
  isAccepted: boolean,
): void {
  const { events } = connection.node;
  if (isAccepted) {
    events.emit('user.authentication.success', () => loginFields(connection, userName));
    return;
  }
  events.emit('user.authentication.failure', () => ({
    error: `user '${userName}' - invalid credentials`,
    ...loginFields(connection, userName),
  }));
}

function loginFields(connection: Connection, userName: string): EventFields {
  const { transport } = connection;
  return {
    ssl: false,
    auth_mechanism: connection.mechanism,
    protocol: PROTOCOL,
    peer_port: transport.remotePort,
    peer_host: printedAddress(transport.remoteAddress),
    connection_name: connection.name,
    host: printedAddress(transport.localAddress),
    name: userName,
    connection_type: 'network',
  };
}

export function connectionCreated(connection: Connection): void {
  const { node, transport } = connection;
  const userName = userNameOf(connection);
  node.events.emit('connection.created', () => ({
    user_who_performed_action: userName,
    node: node.events.nodeName,
    connected_at: connection.connectedAtMs,
    client_properties: printedTable(connection.clientProperties),
    channel_max: connection.channelMax,
    frame_max: connection.frameMaxBytes,
    timeout: connection.heartbeatSeconds,
    vhost: connection.vhost?.name ?? '',
    user: userName,
    protocol: PROTOCOL,
    ssl_hash: '',
    ssl_cipher: '',
    ssl_key_exchange: '',
    ssl_protocol: '',
    auth_mechanism: connection.mechanism,
    peer_cert_validity: '',
    peer_cert_issuer: '',
    peer_cert_subject: '',
    ssl: false,
    peer_host: printedAddress(transport.remoteAddress),
    host: printedAddress(transport.localAddress),
    peer_port: transport.remotePort,
    port: transport.localPort,
    name: connection.name,
    pid: node.events.processName(connection),
    type: 'network',
    ...providedName(connection),
  }));
}

export function connectionClosed(connection: Connection): void {
  const { events } = connection.node;
  events.emit('connection.closed', () => ({
    client_properties: printedTable(connection.clientProperties),
    node: events.nodeName,
    pid: events.processName(connection),
    name: connection.name,
    ...providedName(connection),
  }));
}

export function channelCreated(channel: Channel): void {
  const { connection, node } = channel;
  const userName = userNameOf(connection);
  node.events.emit('channel.created', () => ({
    user_who_performed_action: userName,
    vhost: channel.vhost.name,
    user: userName,
    number: channel.number,
    connection: node.events.processName(connection),
    name: `${connection.name} (${channel.number})`,
    pid: node.events.processName(channel),
  }));
}

export function channelClosed(channel: Channel): void {
  const { events } = channel.node;
  events.emit('channel.closed', () => ({
    user_who_performed_action: userNameOf(channel.connection),
    pid: events.processName(channel),
  }));
}

export function consumerCreated(consumer: Consumer, queue: Queue): void {
  const { channel } = consumer;
  const { events } = channel.node;
  events.emit('consumer.created', () => ({
    user_who_performed_action: userNameOf(channel.connection),
    arguments: printedTable(consumer.arguments),
    prefetch_count: consumer.prefetchCount,
    queue: queue.name,
    vhost: queue.vhostName,
    channel: events.processName(channel),
    ack_required: !consumer.isNoAck,
    exclusive: consumer.isExclusive,
    consumer_tag: consumer.consumerTag,
  }));
}

/** Nothing is said of the consumer of direct replies, which has no queue. */
export function consumerDeleted(consumer: Consumer): void {
  const { channel, queue } = consumer;
  if (queue === undefined) return;
  const { events } = channel.node;
  events.emit('consumer.deleted', () => ({
    user_who_performed_action: userNameOf(channel.connection),
    queue: queue.name,
    vhost: queue.vhostName,
    channel: events.processName(channel),
    consumer_tag: consumer.consumerTag,
  }));
}

/** `source` is `memory` or `disk`. */
export function alarmChanged(node: BrokerNode, source: string, isOn: boolean): void {
  const { events } = node;
  events.emit(isOn ? 'alarm.set' : 'alarm.cleared', () => ({ node: events.nodeName, source }));
}

function userNameOf(connection: Connection): string {
  return connection.user?.name ?? INTERNAL_USER;
}

/** The name that a client gives its connection, if it does. */
function providedName(connection: Connection): EventFields {
  const name = connection.clientProperties.get('connection_name');
  return name?.type === 'S' ? { user_provided_name: name.value.toString('utf8') } : {};
}

/** As the tuple of numbers that Erlang has for it: {127,0,0,1}. */
export function printedAddress(address: string): string {
  if (!address.includes(':')) return `{${address.replaceAll('.', ',')}}`;
  // An IPv4 address at the end stands for two groups.
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)]
      .map((group) => group.toString(16))
      .join(':'),
  );
  const [head = '', tail] = hex.replace(/%.*$/, '').split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const zeros = new Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return `{${[...first, ...zeros, ...last].map((group) => Number.parseInt(group, 16)).join(',')}}`;
}
