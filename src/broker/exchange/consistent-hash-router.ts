// Exchange type `x-consistent-hash`: each message goes to one destination, chosen by the hash of its
// routing key, of a header or of a property. The binding key is the destination's weight: its number
// of buckets. Buckets stand in the order of binding; of several bindings to one destination the oldest
// counts.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import type { MessageProperties } from '../../protocol/content-header.ts';
import { formatOctets } from '../../protocol/erlang-text.ts';
import { type FieldTable, fieldTypeName } from '../../protocol/field-table.ts';
import { formatFieldValue } from '../../protocol/field-value.ts';
import type { Queue } from '../queue/queue.ts';
import type { Binding } from './binding.ts';
import type { Exchange } from './exchange.ts';
import { hashOfText, jumpHash } from './jump-hash.ts';
import type { Reached, RoutedMessage, Router } from './router.ts';

const HASH_HEADER = 'hash-header';
const HASH_PROPERTY = 'hash-property';
/** RabbitMQ's bound since 4.3.5; earlier any weight was taken, and memory with it. */
const WEIGHT_MAX = 10_000;

/** What `hash-property` may say → what is hashed; undefined when the message lacks it. */
const HASHED_PROPERTIES: ReadonlyMap<
  string,
  (properties: MessageProperties) => string | undefined
> = new Map([
  ['correlation_id', (properties) => properties.correlationId],
  ['message_id', (properties) => properties.messageId],
  ['timestamp', (properties) => properties.timestamp?.toString()],
]);

/** What of a message is hashed. Those without it share one value, and so one destination. */
type HashInput = (routingKey: string, message: RoutedMessage) => string;

interface Ring {
  readonly bindings: readonly Binding[];
  /** The bucket behind the last one of each binding; the last is the number of buckets. */
  readonly ends: readonly number[];
  readonly bucketCount: number;
}

export class ConsistentHashRouter implements Router {
  readonly usesEveryKey = false;
  readonly isCacheable: boolean;
  readonly #hashInput: HashInput;
  readonly #byDestination = new Map<Queue | Exchange, Set<Binding>>();
  /** Made by the first route behind a change, so that a thousand changes cost one ring. */
  #ring: Ring | undefined;

  constructor(exchangeArguments: FieldTable) {
    const hashInput = hashInputOf(exchangeArguments);
    this.isCacheable = hashInput === undefined;
    this.#hashInput = hashInput ?? ((routingKey) => routingKey);
  }

  validate(routingKey: string): void {
    if (!/^[+-]?\d+$/.test(routingKey)) {
      const octets = Buffer.from(routingKey, 'utf8');
      throw preconditionFailed(
        `The binding key must be an integer: ${formatOctets(octets, 0, octets.length)}`,
      );
    }
    const weight = Number(routingKey);
    if (weight < 1) throw preconditionFailed('The binding key must be greater than 0');
    if (weight > WEIGHT_MAX) {
      throw preconditionFailed(`The binding key must not exceed ${WEIGHT_MAX}`);
    }
  }

  bind(binding: Binding): void {
    const bound = this.#byDestination.get(binding.destination);
    if (bound === undefined) this.#byDestination.set(binding.destination, new Set([binding]));
    else bound.add(binding);
    this.#ring = undefined;
  }

  unbind(binding: Binding): void {
    const bound = this.#byDestination.get(binding.destination) as Set<Binding>;
    bound.delete(binding);
    if (bound.size === 0) this.#byDestination.delete(binding.destination);
    this.#ring = undefined;
  }

  route(routingKey: string, message: RoutedMessage, reached: Reached): void {
    if (this.#byDestination.size === 0) return;
    this.#ring ??= this.#makeRing();
    const { bindings, ends, bucketCount } = this.#ring;
    const hash = hashOfText(this.#hashInput(routingKey, message));
    reached.add(bindings[ownerOf(ends, jumpHash(hash, bucketCount))] as Binding);
  }

  #makeRing(): Ring {
    const bindings: Binding[] = [];
    const ends: number[] = [];
    let bucketCount = 0;
    for (const [oldest] of this.#byDestination.values()) {
      bindings.push(oldest as Binding);
      bucketCount += Number((oldest as Binding).routingKey);
      ends.push(bucketCount);
    }
    return { bindings, ends, bucketCount };
  }
}

/** Throws AmqpError. `resource` is what `resourceText` gives. */
export function validateHashArguments(exchangeArguments: FieldTable, resource: string): void {
  for (const name of [HASH_HEADER, HASH_PROPERTY]) {
    const value = exchangeArguments.get(name);
    if (value === undefined || value.type === 'S') continue;
    throw preconditionFailed(
      `invalid type '${fieldTypeName(value.type)}' for arg '${name}' in ${resource}`,
    );
  }
  const property = textOf(exchangeArguments, HASH_PROPERTY);
  if (property === undefined) return;
  if (exchangeArguments.has(HASH_HEADER)) {
    throw preconditionFailed(`${HASH_HEADER} and ${HASH_PROPERTY} are mutually exclusive`);
  }
  if (!HASHED_PROPERTIES.has(property)) {
    throw preconditionFailed(`Unsupported property: ${property}`);
  }
}

function textOf(exchangeArguments: FieldTable, name: string): string | undefined {
  const value = exchangeArguments.get(name);
  return value?.type === 'S' ? value.value.toString('utf8') : undefined;
}

/** Undefined: the routing key. The arguments are valid. */
function hashInputOf(exchangeArguments: FieldTable): HashInput | undefined {
  const header = textOf(exchangeArguments, HASH_HEADER);
  if (header !== undefined) {
    return (_routingKey, message) => {
      const value = message.headers().get(header);
      return value === undefined ? '' : formatFieldValue(value);
    };
  }
  const property = textOf(exchangeArguments, HASH_PROPERTY);
  const read = property === undefined ? undefined : HASHED_PROPERTIES.get(property);
  if (read === undefined) return undefined;
  return (_routingKey, message) => read(message.properties()) ?? '';
}

/** Index of the first end above `bucket`. */
function ownerOf(ends: readonly number[], bucket: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] as number) > bucket) high = middle;
    else low = middle + 1;
  }
  return low;
}
