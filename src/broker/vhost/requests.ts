// What a client asks of the topology, already decoded, and what it gets back. Channel state (the last
// declared queue, direct reply-to names) is resolved by the caller before it makes one of these.

import type { FieldTable } from '../../protocol/field-table.ts';
import type { Access } from '../access.ts';
import type { Random } from '../clock.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Limits } from '../limits.ts';
import type { Metadata } from '../metadata.ts';
import type { NodeCounts } from '../metrics/node-counts.ts';
import type { Queue } from '../queue/queue.ts';
import type { QueueDefinition } from '../queue/queue-definition.ts';
import type { IdSequence } from './id-sequence.ts';
import type { TopologyEvents } from './topology-events.ts';
import type { VirtualHosts } from './vhosts.ts';

export interface ExchangeDeclaration {
  readonly name: string;
  readonly type: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  readonly isInternal: boolean;
  readonly arguments: FieldTable;
}

export interface QueueDeclaration {
  /** Empty asks for a server-generated name. */
  readonly name: string;
  readonly isDurable: boolean;
  readonly isExclusive: boolean;
  readonly isAutoDelete: boolean;
  readonly arguments: FieldTable;
}

export interface QueueDeletion {
  readonly name: string;
  readonly ifUnused: boolean;
  readonly ifEmpty: boolean;
}

export interface BindingRequest {
  readonly source: string;
  readonly destinationKind: 'queue' | 'exchange';
  readonly destination: string;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

/**
 * `isStored` says that records joined the journal's batch: the reply must wait for their commit
 * (invariant 4).
 */
export interface TopologyChange {
  readonly isStored: boolean;
}

export interface DeclaredExchange extends TopologyChange {
  readonly exchange: Exchange;
}

export interface DeclaredQueue extends TopologyChange {
  readonly queue: Queue;
}

export interface DeletedQueue extends TopologyChange {
  /** Ready messages that went with it; 0 when there was no such queue. */
  readonly messageCount: number;
}

export type QueueFactory = (definition: QueueDefinition) => Queue;

/** What the rules work with. */
export interface TopologyContext {
  readonly access: Access;
  readonly metadata: Metadata;
  readonly random: Random;
  readonly limits: Limits;
  readonly ids: IdSequence;
  readonly vhosts: VirtualHosts;
  readonly createQueue: QueueFactory;
  readonly events: TopologyEvents;
  readonly counts: NodeCounts;
  /** A new exchange gets its intake. */
  readonly equipExchange: (exchange: Exchange) => void;
}
