// At start: virtual hosts, exchanges, queues and bindings from the stored definitions. A record that
// cannot be used is named and left alone in the store; everything else comes back.

import { AmqpError } from '../../protocol/amqp-error.ts';
import { DecodeError } from '../../protocol/decode-error.ts';
import { Binding, type BindingDestination, bindingKey } from '../exchange/binding.ts';
import { Exchange } from '../exchange/exchange.ts';
import { EXCHANGE_TYPES } from '../exchange/exchange-types.ts';
import type { MetadataRecord } from '../metadata.ts';
import { storageIdCount } from '../queue/queue-lanes.ts';
import { settingsOf } from '../queue/queue-settings.ts';
import { QUEUE_TYPES } from '../queue/queue-types.ts';
import { attachBinding } from './binding-rules.ts';
import { RecordError, RecordFields } from './records.ts';
import type { QueueFactory } from './requests.ts';
import { VHOST_LIMITS, type VirtualHost } from './vhost.ts';
import type { VirtualHosts } from './vhosts.ts';

/** What a record that does not fit may throw: everything else is a bug of ours. */
const UNUSABLE = [RecordError, DecodeError, AmqpError] as const;

export interface Recovered {
  readonly vhostCount: number;
  readonly exchangeCount: number;
  readonly queueCount: number;
  readonly bindingCount: number;
  /** Storage ids of what came back: the journal keeps these and drops all others. */
  readonly storageIds: ReadonlySet<number>;
  /** One line per record that could not be used. */
  readonly unusable: readonly string[];
}

/** `vhosts` is empty; `records` are all of `Metadata.load()`, also kinds that others own. */
export function recoverTopology(
  records: readonly MetadataRecord[],
  vhosts: VirtualHosts,
  createQueue: QueueFactory,
  equipExchange: (exchange: Exchange) => void,
): Recovered {
  const recovery = new Recovery(vhosts, createQueue, equipExchange);
  // By kind, because what a record refers to must be there first.
  const vhostCount = recovery.each(records, 'vhost', (record) => recovery.vhost(record));
  const exchangeCount = recovery.each(records, 'exchange', (record) => recovery.exchange(record));
  const queueCount = recovery.each(records, 'queue', (record) => recovery.queue(record));
  const bindingCount = recovery.each(records, 'binding', (record) => recovery.binding(record));
  const { storageIds, unusable } = recovery;
  return { vhostCount, exchangeCount, queueCount, bindingCount, storageIds, unusable };
}

class Recovery {
  readonly storageIds = new Set<number>();
  readonly unusable: string[] = [];
  readonly #vhosts: VirtualHosts;
  readonly #createQueue: QueueFactory;
  readonly #equipExchange: (exchange: Exchange) => void;

  constructor(
    vhosts: VirtualHosts,
    createQueue: QueueFactory,
    equipExchange: (exchange: Exchange) => void,
  ) {
    this.#vhosts = vhosts;
    this.#createQueue = createQueue;
    this.#equipExchange = equipExchange;
  }

  /** Returns how many records of the kind were used. */
  each(
    records: readonly MetadataRecord[],
    kind: MetadataRecord['kind'],
    restore: (record: MetadataRecord) => void,
  ): number {
    let restoredCount = 0;
    for (const record of records) {
      if (record.kind !== kind) continue;
      try {
        restore(record);
        restoredCount++;
      } catch (error) {
        if (!UNUSABLE.some((one) => error instanceof one)) throw error;
        this.unusable.push(`${kind} ${record.id}: ${(error as Error).message}`);
      }
    }
    return restoredCount;
  }

  vhost(record: MetadataRecord): void {
    const fields = new RecordFields(record);
    const name = fields.text('name');
    if (this.#vhosts.get(name) !== undefined) throw new RecordError(`vhost '${name}' comes twice`);
    const vhost = this.#vhosts.restore(name, record.id);
    for (const limit of VHOST_LIMITS) {
      const value = fields.optional(limit, fields.number);
      if (value !== undefined) vhost.limits.set(limit, value);
    }
    const type = QUEUE_TYPES.get(fields.optional('default_queue_type', fields.text) ?? '');
    if (type !== undefined) vhost.defaultQueueType = type;
    vhost.notes = {
      description: fields.optional('description', fields.text) ?? '',
      tags: fields.optional('tags', fields.texts) ?? [],
      isProtected: fields.optional('protected_from_deletion', fields.flag) ?? false,
    };
  }

  exchange(record: MetadataRecord): void {
    const fields = new RecordFields(record);
    // As for queues: what it holds back is kept for repair.
    this.storageIds.add(record.id);
    const vhost = this.#vhostOf(fields);
    const name = fields.text('name');
    const existing = vhost.exchanges.get(name);
    if (existing?.id === 0) return this.#adopt(existing, record.id);
    if (existing !== undefined) throw new RecordError(`exchange '${name}' comes twice`);
    const type = fields.text('type');
    const exchangeType = EXCHANGE_TYPES.get(type);
    if (exchangeType === undefined) throw new RecordError(`unknown exchange type '${type}'`);
    const exchangeArguments = fields.table('arguments');
    const exchange = new Exchange(
      {
        vhostName: vhost.name,
        name,
        type,
        isDurable: fields.flag('durable'),
        isAutoDelete: fields.flag('auto_delete'),
        isInternal: fields.flag('internal'),
        arguments: exchangeArguments,
        id: record.id,
      },
      exchangeType.createRouter(exchangeArguments),
    );
    this.#equipExchange(exchange);
    vhost.exchanges.set(name, exchange);
    vhost.topologyRevision++;
  }

  /** The record of a predeclared exchange only says under which id it holds messages back. */
  #adopt(predeclared: Exchange, id: number): void {
    predeclared.id = predeclared.storageId = id;
    this.#equipExchange(predeclared);
  }

  queue(record: MetadataRecord): void {
    const fields = new RecordFields(record);
    // Before anything can fail: messages of a queue that cannot be used are kept for repair.
    this.storageIds.add(record.id);
    const queueArguments = fields.table('arguments');
    const idCount = storageIdCount(settingsOf(queueArguments));
    for (let i = 0; i < idCount; i++) this.storageIds.add(record.id + i);
    const vhost = this.#vhostOf(fields);
    const name = fields.text('name');
    if (vhost.queues.has(name)) throw new RecordError(`queue '${name}' comes twice`);
    const queue = this.#createQueue({
      vhostName: vhost.name,
      name,
      isDurable: fields.flag('durable'),
      isAutoDelete: fields.flag('auto_delete'),
      exclusiveOwner: undefined,
      arguments: queueArguments,
      storageId: record.id,
    });
    vhost.queues.set(name, queue);
    vhost.topologyRevision++;
  }

  binding(record: MetadataRecord): void {
    const fields = new RecordFields(record);
    const vhost = this.#vhostOf(fields);
    const source = this.#exchangeOf(vhost, fields.text('source'));
    const kind = fields.text('destination_type') === 'queue' ? 'queue' : 'exchange';
    const destinationName = fields.text('destination');
    const destination = this.#destinationOf(vhost, kind, destinationName);
    const routingKey = fields.text('routing_key');
    const bindingArguments = fields.table('arguments');
    const key = bindingKey(kind, destinationName, routingKey, bindingArguments);
    if (source.bindings.has(key)) throw new RecordError('comes twice');
    attachBinding(
      vhost,
      new Binding(source, destination, routingKey, bindingArguments, key, record.id),
    );
  }

  #vhostOf(fields: RecordFields): VirtualHost {
    const name = fields.text('vhost');
    const vhost = this.#vhosts.get(name);
    if (vhost === undefined) throw new RecordError(`no vhost '${name}'`);
    return vhost;
  }

  #exchangeOf(vhost: VirtualHost, name: string): Exchange {
    const exchange = vhost.exchanges.get(name);
    if (exchange === undefined) throw new RecordError(`no exchange '${name}'`);
    return exchange;
  }

  #destinationOf(vhost: VirtualHost, kind: 'queue' | 'exchange', name: string): BindingDestination {
    if (kind === 'exchange') return { exchange: this.#exchangeOf(vhost, name) };
    const queue = vhost.queues.get(name);
    if (queue === undefined) throw new RecordError(`no queue '${name}'`);
    return { queue };
  }
}
