// The parts of a node that its connections and channels share: one of each per broker, no global state.

import type { ContentHeaderScan } from '../protocol/content-header-scan.ts';
import type { FieldTable } from '../protocol/field-table.ts';
import type { Access, User } from './access.ts';
import type { BrokerPublisher } from './broker-publisher.ts';
import type { BrokerLog, BrokerSettings } from './broker-settings.ts';
import type { Clock, Random } from './clock.ts';
import type { Deadlines } from './deadlines.ts';
import type { BrokerEvents } from './events.ts';
import type { Routing } from './exchange/route.ts';
import type { IncomingMessage } from './message/incoming-message.ts';
import type { NodeCounts } from './metrics/node-counts.ts';
import type { OutgoingSlabs } from './outgoing.ts';
import type { Turn } from './turn.ts';
import type { Topology } from './vhost/topology.ts';
import type { VirtualHost } from './vhost/vhost.ts';
import type { VirtualHosts } from './vhost/vhosts.ts';

/** A channel that waits for direct replies; see connection/reply-to.ts. */
export interface ReplyReceiver {
  deliverReply(record: Buffer): void;
}

/** A connection as limits count it. */
export interface OpenConnection {
  readonly user: User | undefined;
  readonly vhost: VirtualHost | undefined;
  readonly channels: { readonly count: number };
}

export interface BrokerNode {
  readonly clock: Clock;
  readonly random: Random;
  readonly access: Access;
  readonly log: BrokerLog;
  readonly settings: BrokerSettings;
  /** What connection.start says of the node. An operator may rename the cluster. */
  readonly serverProperties: FieldTable;
  readonly deadlines: Deadlines;
  readonly turn: Turn;
  readonly vhosts: VirtualHosts;
  readonly topology: Topology;
  readonly events: BrokerEvents;
  /** For messages of the broker's own. */
  readonly publisher: BrokerPublisher;
  readonly slabs: OutgoingSlabs;
  readonly counts: NodeCounts;
  /** Scratch, valid during one publish. */
  readonly message: IncomingMessage;
  readonly scan: ContentHeaderScan;
  readonly routing: Routing;
  /** Direct reply-to addresses of live requesters. */
  readonly replyReceivers: Map<string, ReplyReceiver>;
  /** Connections that are open; the node's connection limit counts them. */
  readonly openConnectionCount: number;
  readonly connections: ReadonlySet<OpenConnection>;
  /** The reasons of alarms that are on, as RabbitMQ names them (`low on memory`); none = empty. */
  readonly alarms: readonly string[];
}
