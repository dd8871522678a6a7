// Queues, exchanges and messages for routing tests, without the rules of topology.

import type { Clock, Random } from '../../../src/broker/clock.ts';
import { Deadlines } from '../../../src/broker/deadlines.ts';
import {
  Binding,
  type BindingDestination,
  bindingKey,
} from '../../../src/broker/exchange/binding.ts';
import { Exchange } from '../../../src/broker/exchange/exchange.ts';
import { EXCHANGE_TYPES, type ExchangeType } from '../../../src/broker/exchange/exchange-types.ts';
import type { Reached, RoutedMessage } from '../../../src/broker/exchange/router.ts';
import { IncomingMessage } from '../../../src/broker/message/incoming-message.ts';
import { MessageMemory } from '../../../src/broker/message/message-memory.ts';
import { Queue } from '../../../src/broker/queue/queue.ts';
import type { QueueConsumer } from '../../../src/broker/queue/queue-consumer.ts';
import type {
  QueueDefinition,
  QueueEnvironment,
} from '../../../src/broker/queue/queue-definition.ts';
import { Turn } from '../../../src/broker/turn.ts';
import type { MessageProperties } from '../../../src/protocol/content-header.ts';
import { EMPTY_TABLE, type FieldTable } from '../../../src/protocol/field-table.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
import { intakesOf } from '../../support/core/test-intakes.ts';

/** What topology may rely on of a queue, and nothing more. */
/** A real queue without a node around it, whose counts a test can set. */
export class TestQueue extends Queue {
  removedCount = 0;

  constructor(definition: QueueDefinition) {
    super(definition, queueEnvironment());
  }

  override get readyCount(): number {
    return super.readyCount;
  }

  /** Fills the queue with that many messages. */
  override set readyCount(count: number) {
    this.purge();
    for (let i = 0; i < count; i++) this.enqueue(smallMessage());
  }

  override get consumerCount(): number {
    return super.consumerCount;
  }

  /** Gives the queue that many consumers, none of which can take a message. */
  override set consumerCount(count: number) {
    for (const consumer of [...this.consumers]) this.removeConsumer(consumer);
    for (let i = 0; i < count; i++) this.addConsumer(new IdleConsumer(`c${i}`));
  }

  override remove(): void {
    this.removedCount++;
    super.remove();
  }
}

class IdleConsumer implements QueueConsumer {
  readonly consumerTag: string;
  readonly isNoAck = false;
  readonly isExclusive = false;
  readonly priority = 0n;
  readonly unackedCount = 0;

  constructor(consumerTag: string) {
    this.consumerTag = consumerTag;
  }

  canTake(): boolean {
    return false;
  }

  deliver(): void {
    throw new Error('an idle consumer takes nothing');
  }

  queueRemoved(): void {}
}

/** Commits never start: nothing of what these tests check is stored. */
function queueEnvironment(): QueueEnvironment {
  const journal = new MemoryJournal();
  const clock: Clock = {
    nowMs: () => 0,
    wallMs: () => 1,
    setTimer: () => ({ cancel: () => {} }),
    afterTurn: () => {},
  };
  const turn = new Turn(clock, journal);
  const deadlines = new Deadlines(clock);
  return {
    memory: new MessageMemory(1 << 20),
    journal,
    turn,
    clock,
    deadlines,
    intakes: intakesOf({ journal, turn, deadlines, clock }),
    deadLetters: { add: () => {}, settingsChanged: () => {} },
    random: { bytes: (count) => Buffer.alloc(count) },
    queueUnused: () => {},
    queueExpired: () => {},
  };
}

/** Exchange "", routing key "q", an empty body. */
export function smallMessage(): IncomingMessage {
  const message = new IncomingMessage();
  const header = [2, 0, 0, 0, 0, 0, 14, 0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xce];
  message.buffer = Buffer.from([0, 1, 0x71, 0xce, ...header]);
  message.namesEnd = 3;
  message.contentStart = 3;
  message.contentEnd = message.buffer.length;
  return message;
}

export function queueNamed(name: string): TestQueue {
  return new TestQueue({
    vhostName: '/',
    name,
    isDurable: false,
    isAutoDelete: false,
    exclusiveOwner: undefined,
    arguments: EMPTY_TABLE,
    storageId: 1,
  });
}

/** Arguments that a type cannot do without. */
const REQUIRED_ARGUMENTS: Readonly<Record<string, FieldTable>> = {
  'x-delayed-message': tableOf({ 'x-delayed-type': 'direct' }),
};

export function exchangeOf(
  type: string,
  name = 'x',
  exchangeArguments: FieldTable = REQUIRED_ARGUMENTS[type] ?? EMPTY_TABLE,
): Exchange {
  const { createRouter } = EXCHANGE_TYPES.get(type) as ExchangeType;
  const definition = {
    vhostName: '/',
    name,
    type,
    isDurable: false,
    isAutoDelete: false,
    isInternal: false,
    arguments: exchangeArguments,
    id: 0,
  };
  return new Exchange(definition, createRouter(exchangeArguments));
}

/** Binds without any check, as topology does after its checks. */
export function bindTo(
  source: Exchange,
  destination: Queue | Exchange,
  routingKey = '',
  plainArguments: { readonly [key: string]: PlainValue } = {},
): Binding {
  const bindingArguments = tableOf(plainArguments);
  const isExchange = destination instanceof Exchange;
  const end: BindingDestination = isExchange ? { exchange: destination } : { queue: destination };
  const kind = isExchange ? 'exchange' : 'queue';
  const key = bindingKey(kind, destination.name, routingKey, bindingArguments);
  const binding = new Binding(source, end, routingKey, bindingArguments, key, 0);
  source.bindings.set(key, binding);
  source.router.bind(binding);
  return binding;
}

export function unbind(binding: Binding): void {
  binding.source.bindings.delete(binding.key);
  binding.source.router.unbind(binding);
}

export function messageOf(
  routingKeys: readonly string[] = [''],
  headers: { readonly [key: string]: PlainValue } = {},
  properties: MessageProperties = {},
): RoutedMessage {
  const table = tableOf(headers);
  return {
    routingKeys,
    headers: () => table,
    properties: () => ({ ...properties, headers: table }),
    incoming: () => smallMessage(),
    enters: () => true,
  };
}

/** Collects what one router reports. */
export class Collected implements Reached {
  readonly bindings: Binding[] = [];
  readonly queues: Queue[] = [];

  add(binding: Binding): void {
    this.bindings.push(binding);
  }

  addQueue(queue: Queue): void {
    this.queues.push(queue);
  }

  /** The last of them, always. */
  choose(count: number): number {
    return count - 1;
  }

  /** Names of what the bindings lead to and of the queues, sorted. */
  get names(): string[] {
    const names = this.bindings.map((binding) => binding.destination.name);
    return [...names, ...this.queues.map((queue) => queue.name)].sort();
  }
}

/** What the exchange's own bindings match. */
export function reachedBy(exchange: Exchange, message: RoutedMessage): string[] {
  const collected = new Collected();
  exchange.router.route(message.routingKeys[0] as string, message, collected);
  return collected.names;
}

/** A Random that gives the same bytes in every run. */
export const FIXED_RANDOM: Random = { bytes: (count) => Buffer.alloc(count, 0x5a) };
