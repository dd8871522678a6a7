// One binding: an edge from a source exchange to a queue or another exchange. Immutable; the set it
// belongs to (source, destination, routing key, arguments) holds it at most once.

import { ByteWriter } from '../../protocol/byte-writer.ts';
import type { FieldTable } from '../../protocol/field-table.ts';
import type { Queue } from '../queue/queue.ts';
import type { Exchange } from './exchange.ts';

/** Where a binding leads: exactly one of the two is set. */
export type BindingDestination =
  | { readonly queue: Queue; readonly exchange?: undefined }
  | { readonly exchange: Exchange; readonly queue?: undefined };

export class Binding {
  readonly source: Exchange;
  readonly destinationQueue: Queue | undefined;
  readonly destinationExchange: Exchange | undefined;
  readonly routingKey: string;
  readonly arguments: FieldTable;
  /** Distinguishes it among the bindings of its source: see `bindingKey`. */
  readonly key: string;
  /** Id of its metadata record (kind `binding`); 0 when it is not stored. */
  readonly id: number;
  /** Place in the BindingList that holds it; belongs to that list. */
  listIndex = -1;

  constructor(
    source: Exchange,
    destination: BindingDestination,
    routingKey: string,
    bindingArguments: FieldTable,
    key: string,
    id: number,
  ) {
    this.source = source;
    this.destinationQueue = destination.queue;
    this.destinationExchange = destination.exchange;
    this.routingKey = routingKey;
    this.arguments = bindingArguments;
    this.key = key;
    this.id = id;
  }

  get destination(): Queue | Exchange {
    return (this.destinationQueue ?? this.destinationExchange) as Queue | Exchange;
  }

  /** A binding survives a restart only when both of its ends do. */
  get isDurable(): boolean {
    return this.source.isDurable && this.destination.isDurable;
  }
}

/**
 * The identity of a binding among those of its source. Arguments count with their types, the order of
 * their names does not.
 */
export function bindingKey(
  kind: 'queue' | 'exchange',
  destination: string,
  routingKey: string,
  bindingArguments: FieldTable,
): string {
  // The length makes the border between name and routing key unambiguous.
  const edge = `${kind === 'queue' ? 'q' : 'e'}${destination.length}:${destination}${routingKey}`;
  if (bindingArguments.size === 0) return edge;
  const sorted = [...bindingArguments].sort(([a], [b]) => (a < b ? -1 : 1));
  const writer = new ByteWriter();
  writer.table(new Map(sorted));
  return `${edge}\0${writer.take().toString('latin1')}`;
}
