// What simulated clients do next: a weighted choice per step, everything from the seed. Only moves the
// auditor's model can foretell: errors are made on purpose and rarely.

import { EMPTY_TABLE, type FieldTable } from '../../src/protocol/field-table.ts';
import * as amqp from '../../src/protocol/generated/methods.ts';
import { EXCHANGE_RULES, RULED_KEYS } from './exchange-rules.ts';
import { integer, rulesOf, tableOf, UNTOUCHED_QUEUES } from './queue-rules.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { ClientChannel, SimulatedClient } from './simulated-client.ts';
import { WorkloadMessages } from './workload-messages.ts';
import type { WorldFamilies } from './world-families.ts';
import * as world from './world-names.ts';

const CHANNELS_MAX = 3;

export class Workload {
  readonly #random: SeededRandom;
  readonly #families: WorldFamilies;
  readonly #messages: WorkloadMessages;
  #tagCount = 0;
  readonly #moves: readonly (readonly [
    number,
    (client: SimulatedClient, channel: ClientChannel) => void,
  ])[];

  constructor(random: SeededRandom, families: WorldFamilies, nowMs: () => number) {
    this.#random = random;
    this.#families = families;
    this.#messages = new WorkloadMessages(random, families, nowMs);
    this.#moves = [
      [40, (client, channel) => this.#publishSome(client, channel)],
      [40, (client, channel) => this.#settle(client, channel)],
      [10, (client, channel) => this.#get(client, channel)],
      [10, (client, channel) => this.#consume(client, channel)],
      [4, (client, channel) => this.#cancel(client, channel)],
      [7, (client, channel) => this.#declare(client, channel)],
      [4, (client, channel) => this.#bind(client, channel)],
      [2, (client, channel) => this.#purge(client, channel)],
      [2, (client, channel) => this.#remove(client, channel)],
      [6, (client, channel) => this.#qos(client, channel)],
      [2, (client, channel) => this.#recover(client, channel)],
      [10, (client, channel) => this.#transact(client, channel)],
      [2, (client, channel) => this.#closeChannel(client, channel)],
      [1, (client, channel) => this.#err(client, channel)],
    ];
  }

  get messageCount(): number {
    return this.#messages.count;
  }

  crashed(): void {
    this.#messages.crashed();
  }

  /** One move of an idle client. */
  step(client: SimulatedClient): void {
    const random = this.#random;
    if (client.channels.size === 0 || (client.channels.size < CHANNELS_MAX && random.chance(4))) {
      this.#openChannel(client);
      return;
    }
    const channel = random.pick([...client.channels.values()]);
    let dart = random.below(this.#moves.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, move] of this.#moves) {
      dart -= weight;
      if (dart < 0) return move(client, channel);
    }
  }

  #openChannel(client: SimulatedClient): void {
    let number = 1;
    while (client.channels.has(number)) number++;
    const channel = client.openChannel(number);
    const dice = this.#random.below(10);
    const select: amqp.Method | undefined =
      dice < 5
        ? { id: amqp.CONFIRM_SELECT, noWait: false }
        : dice < 7
          ? { id: amqp.TX_SELECT }
          : undefined;
    if (select === undefined) return;
    client.onReply = (method) => {
      client.onReply = () => {};
      if (method.id !== amqp.CHANNEL_OPEN_OK) return;
      channel.mode = dice < 5 ? 'confirm' : 'tx';
      client.call(number, select);
    };
  }

  #queue(client: SimulatedClient): string {
    const random = this.#random;
    if (random.chance(60)) return random.pick(this.#families.queueChoices);
    return this.#plainQueue(client);
  }

  #plainQueue(client: SimulatedClient): string {
    return this.#random.chance(15)
      ? world.exclusiveQueue(client.number)
      : this.#random.pick(world.SHARED_QUEUES);
  }

  /** One that may be purged or deleted. */
  #expendableQueue(client: SimulatedClient): string {
    const isLimited = this.#random.chance(20);
    const limited = this.#families.queues.filter((name) => !UNTOUCHED_QUEUES.includes(name));
    return isLimited && limited.length > 0 ? this.#random.pick(limited) : this.#plainQueue(client);
  }

  #exchange(): string {
    return this.#random.pick([...world.EXCHANGES.map(({ name }) => name), 'amq.topic']);
  }

  #publishSome(client: SimulatedClient, channel: ClientChannel): void {
    const random = this.#random;
    for (let count = random.between(1, 6); count > 0; count--) {
      const [exchange, routingKey] = this.#target(client);
      const method: amqp.BasicPublish = {
        id: amqp.BASIC_PUBLISH,
        exchange,
        routingKey,
        // Whether a message that may be a duplicate comes back cannot be told.
        mandatory: EXCHANGE_RULES[exchange]?.window === undefined && random.chance(20),
        immediate: false,
      };
      if (channel.mode === 'tx' && rulesOf(routingKey).overflow !== undefined) continue;
      const body = this.#messages.body(client.number);
      const properties = this.#messages.properties(exchange, routingKey);
      client.publish(channel.number, method, body, properties);
    }
  }

  #target(client: SimulatedClient): [exchange: string, routingKey: string] {
    const random = this.#random;
    const ruled = this.#families.exchanges;
    if (ruled.length > 0 && random.chance(30)) {
      return [random.pick(ruled), random.pick(RULED_KEYS)];
    }
    if (random.chance(45)) return ['', this.#queue(client)];
    // y-fanout is not always there: a publish to it may close the channel.
    const names = ['x-direct', 'x-fanout', 'x-topic', 'amq.topic'];
    return [random.chance(1) ? 'y-fanout' : random.pick(names), random.pick(world.ROUTING_KEYS)];
  }

  #settle(client: SimulatedClient, channel: ClientChannel): void {
    const random = this.#random;
    const { unacked } = channel;
    if (unacked.length === 0) return this.#publishSome(client, channel);
    const multiple = random.chance(30);
    const index = random.chance(60) ? 0 : random.below(unacked.length);
    const deliveryTag = unacked[index] as number;
    const taken = multiple ? unacked.splice(0, index + 1) : unacked.splice(index, 1);
    if (channel.mode === 'tx') channel.txUnacked.push(...taken);
    const requeue = random.chance(40);
    const dice = random.below(10);
    if (dice < 3) client.cast(channel.number, { id: amqp.BASIC_ACK, deliveryTag, multiple });
    else if (dice < 8 || multiple) {
      client.cast(channel.number, { id: amqp.BASIC_NACK, deliveryTag, multiple, requeue });
    } else client.cast(channel.number, { id: amqp.BASIC_REJECT, deliveryTag, requeue });
  }

  #get(client: SimulatedClient, channel: ClientChannel): void {
    const queue = this.#queue(client);
    // A dead letter that goes to a get whose answer nobody sees could not be told from a lost one.
    const noAck = !UNTOUCHED_QUEUES.includes(queue) && this.#random.chance(30);
    client.call(channel.number, { id: amqp.BASIC_GET, queue, noAck });
  }

  /** Several consumers have to meet at one queue. */
  #queueToConsume(client: SimulatedClient): string {
    const random = this.#random;
    const { focus } = this.#families;
    if (this.#families.has('active') && random.chance(70)) {
      return random.pick(['active-none', 'active-none', 'active-one']);
    }
    return random.chance(40) ? random.pick(focus) : this.#queue(client);
  }

  #consume(client: SimulatedClient, channel: ClientChannel): void {
    const consumerTag = `tag-${++this.#tagCount}`;
    const isNoAck = this.#random.chance(25);
    const queue = this.#queueToConsume(client);
    // Only while those of higher priority are busy do others get something.
    if (queue === 'active-none' && !channel.hasPrefetch) return this.#qos(client, channel, 1);
    // Quorum queues refuse consumers on a channel with a shared prefetch count.
    if (rulesOf(queue).isQuorum === true && channel.hasGlobalPrefetch) return;
    channel.consumers.set(consumerTag, { isNoAck });
    client.call(channel.number, {
      id: amqp.BASIC_CONSUME,
      queue,
      consumerTag,
      noLocal: false,
      noAck: isNoAck,
      exclusive: false,
      noWait: false,
      arguments: this.#consumerArguments(),
    });
  }

  #consumerArguments(): FieldTable {
    const random = this.#random;
    return random.chance(60)
      ? EMPTY_TABLE
      : tableOf([['x-priority', integer(random.pick([-1, 3]))]]);
  }

  #cancel(client: SimulatedClient, channel: ClientChannel): void {
    const [consumerTag] = channel.consumers.keys();
    if (consumerTag === undefined) return this.#consume(client, channel);
    client.call(channel.number, { id: amqp.BASIC_CANCEL, consumerTag, noWait: false });
    const forget = client.onReply;
    client.onReply = (method) => {
      channel.consumers.delete(consumerTag);
      client.onReply = forget;
      forget(method);
    };
  }

  #declare(client: SimulatedClient, channel: ClientChannel): void {
    const random = this.#random;
    if (random.chance(25)) {
      return client.call(channel.number, world.declareExchange(random.pick(world.EXCHANGES)));
    }
    if (this.#families.has('limit') && random.chance(15)) {
      const declare = world.declareQueue('limit-unused', client.number);
      return client.call(channel.number, { ...declare, passive: true });
    }
    client.call(channel.number, world.declareQueue(this.#queue(client), client.number));
  }

  #bind(client: SimulatedClient, channel: ClientChannel): void {
    const random = this.#random;
    const exchange = this.#exchange();
    const queue = this.#plainQueue(client);
    const routingKey = random.pick(world.BINDING_KEYS[exchange] ?? ['']);
    if (random.chance(70)) {
      return client.call(channel.number, world.bindQueue(queue, exchange, routingKey));
    }
    const unbind = { id: amqp.QUEUE_UNBIND, queue, exchange, routingKey, arguments: EMPTY_TABLE };
    client.call(channel.number, unbind as amqp.QueueUnbind);
  }

  #purge(client: SimulatedClient, channel: ClientChannel): void {
    client.call(channel.number, {
      id: amqp.QUEUE_PURGE,
      queue: this.#expendableQueue(client),
      noWait: false,
    });
  }

  #remove(client: SimulatedClient, channel: ClientChannel): void {
    if (this.#random.chance(10)) {
      const exchange = this.#random.chance(50) ? 'y-fanout' : 'x-fanout';
      const remove = {
        id: amqp.EXCHANGE_DELETE,
        exchange,
        ifUnused: false,
        noWait: false,
      } as const;
      return client.call(channel.number, remove);
    }
    client.call(channel.number, {
      id: amqp.QUEUE_DELETE,
      queue: this.#expendableQueue(client),
      ifUnused: false,
      ifEmpty: false,
      noWait: false,
    });
  }

  #qos(client: SimulatedClient, channel: ClientChannel, given?: number): void {
    const prefetchCount = given ?? this.#random.pick([0, 1, 1, 2, 5, 20]);
    channel.hasPrefetch = prefetchCount > 0;
    const global = this.#random.chance(25);
    channel.hasGlobalPrefetch = global && prefetchCount > 0;
    client.call(channel.number, { id: amqp.BASIC_QOS, prefetchSize: 0, prefetchCount, global });
  }

  #recover(client: SimulatedClient, channel: ClientChannel): void {
    if (channel.mode === 'tx') return;
    channel.unacked.length = 0;
    client.call(channel.number, { id: amqp.BASIC_RECOVER, requeue: true });
  }

  #transact(client: SimulatedClient, channel: ClientChannel): void {
    if (channel.mode !== 'tx') return this.#settle(client, channel);
    if (this.#random.chance(75)) {
      channel.txUnacked.length = 0;
      return client.call(channel.number, { id: amqp.TX_COMMIT });
    }
    channel.unacked.push(...channel.txUnacked.splice(0));
    channel.unacked.sort((one, other) => one - other);
    client.call(channel.number, { id: amqp.TX_ROLLBACK });
  }

  #closeChannel(client: SimulatedClient, channel: ClientChannel): void {
    client.channels.delete(channel.number);
    client.call(channel.number, {
      id: amqp.CHANNEL_CLOSE,
      replyCode: 200,
      replyText: '',
      classId: 0,
      methodId: 0,
    });
  }

  /** A mistake that closes the channel, with something behind it that must be ignored. */
  #err(client: SimulatedClient, channel: ClientChannel): void {
    if (this.#random.chance(50)) {
      client.cast(channel.number, { id: amqp.BASIC_ACK, deliveryTag: 1_000_000, multiple: false });
      return this.#publishSome(client, channel);
    }
    const declare = world.declareQueue('nobody-has-this', client.number);
    client.call(channel.number, { ...declare, passive: true });
  }
}
