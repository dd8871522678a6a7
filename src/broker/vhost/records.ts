// How definitions are written as metadata records: the one home of their field names, which are those
// of RabbitMQ's definitions. `recovery.ts` reads what this file writes.

import { ByteReader } from '../../protocol/byte-reader.ts';
import { ByteWriter } from '../../protocol/byte-writer.ts';
import { decodeTable, type FieldTable } from '../../protocol/field-table.ts';
import type { Binding } from '../exchange/binding.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Metadata, MetadataRecord, MetadataValue } from '../metadata.ts';
import { POLICY_KINDS, type Policy, type PolicyKind } from '../policy/policy.ts';
import type { Queue } from '../queue/queue.ts';
import type { VirtualHost } from './vhost.ts';

export function putVirtualHost(metadata: Metadata, vhost: VirtualHost): void {
  const { name, id, limits, defaultQueueType, notes } = vhost;
  const fields: Record<string, MetadataValue> = { name, ...Object.fromEntries(limits) };
  if (defaultQueueType !== undefined) fields['default_queue_type'] = defaultQueueType.name;
  if (notes.description !== '') fields['description'] = notes.description;
  if (notes.tags.length > 0) fields['tags'] = notes.tags;
  if (notes.isProtected) fields['protected_from_deletion'] = true;
  metadata.put({ kind: 'vhost', id, fields });
}

export function putExchange(metadata: Metadata, exchange: Exchange): void {
  metadata.put({
    kind: 'exchange',
    id: exchange.id,
    fields: {
      vhost: exchange.vhostName,
      name: exchange.name,
      type: exchange.type,
      durable: exchange.isDurable,
      auto_delete: exchange.isAutoDelete,
      internal: exchange.isInternal,
      arguments: tableOctets(exchange.arguments),
    },
  });
}

export function putQueue(metadata: Metadata, queue: Queue): void {
  metadata.put({
    kind: 'queue',
    id: queue.storageId,
    fields: {
      vhost: queue.vhostName,
      name: queue.name,
      durable: queue.isDurable,
      auto_delete: queue.isAutoDelete,
      arguments: tableOctets(queue.arguments),
    },
  });
}

export function putBinding(metadata: Metadata, binding: Binding): void {
  metadata.put({
    kind: 'binding',
    id: binding.id,
    fields: {
      vhost: binding.source.vhostName,
      source: binding.source.name,
      destination: binding.destination.name,
      destination_type: binding.destinationQueue === undefined ? 'exchange' : 'queue',
      routing_key: binding.routingKey,
      arguments: tableOctets(binding.arguments),
    },
  });
}

export function putPolicy(
  metadata: Metadata,
  kind: PolicyKind,
  vhostName: string,
  policy: Policy,
): void {
  metadata.put({
    kind,
    id: policy.id,
    fields: {
      vhost: vhostName,
      name: policy.name,
      pattern: policy.pattern.text,
      'apply-to': policy.applyTo,
      priority: policy.priority,
      definition: JSON.stringify(Object.fromEntries(policy.definition)),
    },
  });
}

function tableOctets(table: FieldTable): Buffer {
  const writer = new ByteWriter();
  writer.table(table);
  return writer.take();
}

/** Removes the records of a vhost and of all that is in it. */
export function deleteRecordsOf(metadata: Metadata, vhost: VirtualHost): void {
  for (const exchange of vhost.exchanges.values()) {
    for (const binding of exchange.bindings.values()) {
      if (binding.id !== 0) metadata.delete('binding', binding.id);
    }
    if (exchange.id !== 0) metadata.delete('exchange', exchange.id);
  }
  for (const queue of vhost.queues.values()) {
    if (queue.isDurable) metadata.delete('queue', queue.storageId);
  }
  for (const kind of POLICY_KINDS) {
    for (const policy of vhost.policies.all(kind)) metadata.delete(kind, policy.id);
  }
  metadata.delete('vhost', vhost.id);
}

/** Thrown for a record whose fields are not what this file writes; recovery names it and goes on. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

/** Typed access to the fields of one record. */
export class RecordFields {
  readonly #record: MetadataRecord;

  constructor(record: MetadataRecord) {
    this.#record = record;
  }

  text(field: string): string {
    const value = this.#value(field);
    if (typeof value !== 'string') throw this.#wrong(field);
    return value;
  }

  number(field: string): number {
    const value = this.#value(field);
    if (typeof value !== 'number') throw this.#wrong(field);
    return value;
  }

  flag(field: string): boolean {
    const value = this.#value(field);
    if (typeof value !== 'boolean') throw this.#wrong(field);
    return value;
  }

  texts(field: string): readonly string[] {
    const value = this.#value(field);
    if (!Array.isArray(value)) throw this.#wrong(field);
    return value;
  }

  table(field: string): FieldTable {
    const value = this.#value(field);
    if (!(value instanceof Uint8Array)) throw this.#wrong(field);
    return decodeTable(
      new ByteReader(Buffer.from(value.buffer, value.byteOffset, value.byteLength)),
    );
  }

  /** A value that was written as JSON. */
  json(field: string): unknown {
    try {
      return JSON.parse(this.text(field));
    } catch {
      throw this.#wrong(field);
    }
  }

  /** The field as `read` gives it; undefined when the record has none of that name. */
  optional<T>(field: string, read: (field: string) => T): T | undefined {
    return this.#value(field) === undefined ? undefined : read.call(this, field);
  }

  #value(field: string): MetadataValue | undefined {
    return this.#record.fields[field];
  }

  #wrong(field: string): RecordError {
    return new RecordError(`${this.#record.kind} ${this.#record.id}: bad field '${field}'`);
  }
}
