// A binding as the API shows it, and the key that names it in a path.

import type { Binding } from '../../broker/exchange/binding.ts';
import type { Queue } from '../../broker/queue/queue.ts';
import { ByteWriter } from '../../protocol/byte-writer.ts';
import { EMPTY_TABLE, type FieldTable } from '../../protocol/field-table.ts';
import type { View } from '../columns.ts';
import { jsonOfTable } from '../field-json.ts';

/** What of a binding the API shows; the default exchange's are made up as they are asked for. */
export interface BindingSubject {
  readonly vhost: string;
  readonly source: string;
  readonly destination: string;
  readonly kind: 'queue' | 'exchange';
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

export function subjectOf(binding: Binding): BindingSubject {
  return {
    vhost: binding.source.vhostName,
    source: binding.source.name,
    destination: binding.destination.name,
    kind: binding.destinationQueue === undefined ? 'exchange' : 'queue',
    routingKey: binding.routingKey,
    arguments: binding.arguments,
  };
}

/** Every queue is bound to the default exchange by its name. */
export function implicitBinding({ vhostName, name }: Queue): BindingSubject {
  return {
    vhost: vhostName,
    source: '',
    destination: name,
    kind: 'queue',
    routingKey: name,
    arguments: EMPTY_TABLE,
  };
}

export function bindingView(subject: BindingSubject): View {
  return {
    source: subject.source,
    vhost: subject.vhost,
    destination: subject.destination,
    destination_type: subject.kind,
    routing_key: subject.routingKey,
    arguments: jsonOfTable(subject.arguments),
    properties_key: propertiesKey(subject.routingKey, subject.arguments),
  };
}

/** RabbitMQ's form; the hash is our own, and the same for equal arguments for ever. */
export function propertiesKey(routingKey: string, bindingArguments: FieldTable): string {
  if (bindingArguments.size === 0) return routingKey === '' ? '~' : formEncoded(routingKey);
  return `${formEncoded(routingKey)}~${argumentsHash(bindingArguments)}`;
}

/** As it came in a path, decoded once: also when the client did not encode the key a second time. */
export function isMeantBy(subject: BindingSubject, key: string): boolean {
  if (key === propertiesKey(subject.routingKey, subject.arguments)) return true;
  const hash = subject.arguments.size === 0 ? '' : `~${argumentsHash(subject.arguments)}`;
  return key === `${subject.routingKey}${hash}` && subject.routingKey !== '';
}

/** Space → `+`; octets that are no letter, digit, `.`, `_` or `-` → `%XX`. */
function formEncoded(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** FNV-1a over the table with its names in order. */
function argumentsHash(table: FieldTable): string {
  const writer = new ByteWriter();
  writer.table(new Map([...table].sort(([one], [other]) => (one < other ? -1 : 1))));
  let hash = 0x811c9dc5;
  for (const octet of writer.take()) hash = Math.imul(hash ^ octet, 0x01000193);
  const octets = Buffer.alloc(4);
  octets.writeInt32BE(hash);
  return octets.toString('base64url');
}
