// Connections, channels and consumers as operators see and end them.

import type { Channel } from '../broker/connection/channel.ts';
import type { Connection } from '../broker/connection/connection.ts';
import type { Consumer } from '../broker/connection/consumer.ts';
import { NotFoundError } from '../util/request-errors.ts';
import type { AdminNode } from './admin-node.ts';
import type { View } from './columns.ts';
import type { ListSource } from './listing.ts';
import { maySeeOwned, type Requester } from './requester.ts';
import { sortedQueues } from './sorted.ts';
import type { SampleRanges } from './statistics/sample-ranges.ts';
import { compareTexts } from './term-order.ts';
import {
  channelName,
  channelView,
  consumerView,
  detailedChannelView,
} from './views/channel-view.ts';
import { connectionView } from './views/connection-view.ts';
import { consumersOf } from './views/queue-view.ts';

/** What a client is told that an operator sends away without a word. */
const DEFAULT_REASON = 'Closed via management plugin';

/** RabbitMQ bounds no reason, AMQP does: a short string, with what stands in front of it. */
const REASON_LENGTH_MAX = 200;

interface Filter {
  readonly requester: Requester;
  /** Undefined: in all vhosts. */
  readonly vhost?: string | undefined;
}

function named<T>(items: T[], name: (item: T) => string, view: (item: T) => View): ListSource<T> {
  const keyed = items.map((item) => ({ item, name: name(item) }));
  keyed.sort((one, other) => compareTexts(one.name, other.name));
  return { items: keyed.map(({ item }) => item), name, view };
}

function seen(node: AdminNode, { requester, vhost }: Filter): Connection[] {
  return [...node.broker.connections].filter(
    (one) =>
      maySeeOwned(requester, one.user?.name) && (vhost === undefined || one.vhost?.name === vhost),
  );
}

/** By name: those that the requester may see. */
export function connectionList(
  node: AdminNode,
  filter: Filter,
  ranges: SampleRanges,
): ListSource<Connection> {
  const { broker, statistics } = node;
  return named(
    seen(node, filter),
    (connection) => connection.name,
    (connection) => connectionView(broker, statistics.samples, connection, ranges),
  );
}

/** Throws NotFoundError. */
export function connectionByName({ broker }: AdminNode, name: string): Connection {
  for (const connection of broker.connections) if (connection.name === name) return connection;
  throw new NotFoundError(`no connection '${name}'`);
}

export function connectionDetails(
  { broker, statistics }: AdminNode,
  connection: Connection,
  ranges: SampleRanges,
): View {
  return connectionView(broker, statistics.samples, connection, ranges);
}

/** The connections of one user, in short. */
export function connectionsOfUser({ broker }: AdminNode, userName: string): ListSource<Connection> {
  const items = [...broker.connections].filter(({ user }) => user?.name === userName);
  return named(
    items,
    (connection) => connection.name,
    ({ name, vhost, user }) => ({
      name,
      vhost: vhost?.name ?? '',
      user: user?.name ?? '',
      node: broker.settings.nodeName,
    }),
  );
}

/** Closes those connections with 320 and the reason. */
export function closeConnections(
  { broker }: AdminNode,
  isMeant: (connection: Connection) => boolean,
  reason: string | undefined,
): void {
  const text = [...(reason ?? DEFAULT_REASON)].slice(0, REASON_LENGTH_MAX).join('');
  for (const connection of [...broker.connections]) {
    if (isMeant(connection)) connection.force(text);
  }
}

/** By name: those that the requester may see. */
export function channelList(
  node: AdminNode,
  filter: Filter,
  ranges: SampleRanges,
): ListSource<Channel> {
  return channelsOf(node, seen(node, filter), ranges);
}

export function channelsOf(
  { broker, statistics }: AdminNode,
  connections: readonly Connection[],
  ranges: SampleRanges,
): ListSource<Channel> {
  const channels = connections.flatMap((connection) => [...connection.channels.all()]);
  return named(
    channels.filter((channel) => !channel.isClosing),
    channelName,
    (channel) => channelView(broker, statistics.samples, channel, ranges),
  );
}

/** Throws NotFoundError. */
export function channelByName({ broker }: AdminNode, name: string): Channel {
  const [, connectionName, number] = /^(.*) \((\d+)\)$/s.exec(name) ?? [];
  for (const connection of broker.connections) {
    if (connection.name !== connectionName) continue;
    const channel = connection.channels.get(Number(number));
    if (channel !== undefined && !channel.isClosing) return channel;
  }
  throw new NotFoundError(`no channel '${name}'`);
}

export function channelDetails(
  { broker, statistics }: AdminNode,
  channel: Channel,
  ranges: SampleRanges,
): View {
  return detailedChannelView(broker, statistics.samples, channel, ranges);
}

/** By queue: those in the vhosts that the requester may see. */
export function consumerList(
  { broker }: AdminNode,
  requester: Requester,
  vhostNames: readonly string[],
): ListSource<Consumer> {
  const items: Consumer[] = [];
  for (const name of vhostNames) {
    const vhost = broker.vhosts.get(name);
    if (vhost === undefined) continue;
    for (const queue of sortedQueues(vhost)) {
      if (queue.consumerCount === 0) continue;
      for (const consumer of consumersOf(queue)) {
        const { user } = consumer.channel.connection;
        if (maySeeOwned(requester, user?.name)) items.push(consumer);
      }
    }
  }
  return {
    items,
    name: ({ consumerTag }) => consumerTag,
    view: (consumer) => consumerView(broker, consumer),
  };
}

/** Ends a consumer: its client gets basic.cancel. Throws NotFoundError. */
export function cancelConsumer(
  node: AdminNode,
  vhostName: string,
  channel: string,
  consumerTag: string,
): void {
  const found = channelByName(node, channel);
  const consumer = found.vhost.name === vhostName ? found.consumers.get(consumerTag) : undefined;
  if (consumer === undefined) {
    throw new NotFoundError(`no consumer '${consumerTag}' on channel '${channel}'`);
  }
  consumer.cancel();
}
