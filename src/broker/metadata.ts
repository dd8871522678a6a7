// What the core asks of durable storage for definitions. Small records, all held in memory by the
// core; the store is read once at start. Writes join the journal's current batch, so a binding and
// the message that was routed by it are in one order on disk.

export type MetadataKind =
  | 'node'
  | 'vhost'
  | 'user'
  | 'permission'
  | 'exchange'
  | 'queue'
  | 'binding'
  | 'policy'
  | 'operator_policy'
  | 'topic_permission'
  | 'global_parameter';

export type MetadataValue = string | number | boolean | Uint8Array | readonly string[];

/** `id` is given by the core, unique within a kind, never reused. */
export interface MetadataRecord {
  readonly kind: MetadataKind;
  readonly id: number;
  /** Field names are the JSON names of RabbitMQ's definitions where it has one. */
  readonly fields: Readonly<Record<string, MetadataValue>>;
}

export interface Metadata {
  /** At start only: every record, in order of kind and id. */
  load(): MetadataRecord[];
  /** Joins the journal's current batch. */
  put(record: MetadataRecord): void;
  /** Joins the journal's current batch. Unknown records are ignored. */
  delete(kind: MetadataKind, id: number): void;
}
