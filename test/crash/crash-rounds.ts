// Rounds of load and SIGKILL against the real process on one data directory, a last draining, and the
// verdict of the ledger.

import { setTimeout as pause } from 'node:timers/promises';
import { EMPTY_TABLE } from '../../src/protocol/field-table.ts';
import * as amqp from '../../src/protocol/generated/methods.ts';
import { SeededRandom } from '../simulation/seeded-random.ts';
import { BrokerProcess } from './broker-process.ts';
import { Ledger, type MessageId } from './ledger.ts';
import { makeBody, readBody } from './message-body.ts';
import { TcpClient } from './tcp-client.ts';

const QUEUES = ['crash-0', 'crash-1', 'crash-2', 'crash-3'];
const FANOUT = 'crash-fanout';
/** The queues behind the fan-out: one publish is one transaction over all of them. */
const FANOUT_QUEUES = QUEUES.slice(0, 3);
const PUBLISHERS = 3;
const UNCONFIRMED_MAX = 60;
const PREFETCH = 50;

export interface RoundsOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly dataDirectory: string;
  readonly onRound: (text: string) => void;
}

export class CrashRounds {
  readonly ledger = new Ledger();
  /** Milliseconds from spawn to the ready line. */
  readonly startsMs: number[] = [];
  readonly #options: RoundsOptions;
  readonly #random: SeededRandom;
  #connectionCount = 0;

  constructor(options: RoundsOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
  }

  async run(): Promise<void> {
    for (let round = 1; round <= this.#options.rounds; round++) await this.#round(round);
    const broker = await this.#start();
    try {
      // Twice: what the first pass brings back in flight is seen by the second.
      for (let pass = 0; pass < 2; pass++) {
        for (const queue of QUEUES) await this.#drain(broker.port, queue);
      }
    } finally {
      await broker.kill();
    }
  }

  async #start(): Promise<BrokerProcess> {
    const broker = await BrokerProcess.start(this.#options.dataDirectory);
    this.startsMs.push(broker.startMs);
    return broker;
  }

  async #round(round: number): Promise<void> {
    const broker = await this.#start();
    const clients: TcpClient[] = [];
    try {
      const control = await TcpClient.open(broker.port);
      clients.push(control);
      if (round === 1) await declareAll(control);
      for (const queue of QUEUES) clients.push(await this.#consume(broker.port, queue));
      for (let number = 0; number < PUBLISHERS; number++) {
        clients.push(await this.#publish(broker.port, `r${round}p${number}`));
      }
      await pause(this.#random.between(200, 2000));
      if (!broker.isAlive) throw new Error('the broker died by itself');
    } finally {
      await broker.kill();
      for (const client of clients) client.destroy();
    }
    const { confirmedCount, deliveredCount } = this.ledger.verdict();
    this.#options.onRound(
      `round ${round}: ${confirmedCount} confirmed, ${deliveredCount} delivered`,
    );
  }

  async #publish(port: number, producer: string): Promise<TcpClient> {
    const client = await TcpClient.open(port);
    await client.call({ id: amqp.CONFIRM_SELECT, noWait: false }, amqp.CONFIRM_SELECT_OK);
    let published = 0;
    let confirmed = 0;
    const fill = () => {
      while (!client.isGone && published - confirmed < UNCONFIRMED_MAX) {
        this.#publishOne(client, `${producer}:${++published}`);
      }
    };
    client.onMethod = (method) => {
      if (method.id !== amqp.BASIC_ACK) return;
      const first = method.multiple ? confirmed + 1 : method.deliveryTag;
      for (let number = first; number <= method.deliveryTag; number++) {
        this.ledger.confirmed(`${producer}:${number}`);
      }
      confirmed = Math.max(confirmed, method.deliveryTag);
      setImmediate(fill);
    };
    fill();
    return client;
  }

  #publishOne(client: TcpClient, id: MessageId): void {
    const random = this.#random;
    const isFanout = random.chance(30);
    const queue = random.pick(QUEUES);
    const size = random.chance(0.5) ? 150_000 : random.below(1500);
    this.ledger.published(id, isFanout ? FANOUT_QUEUES : [queue]);
    client.publish(isFanout ? FANOUT : '', isFanout ? '' : queue, makeBody(id, size));
  }

  async #consume(port: number, queue: string): Promise<TcpClient> {
    const client = await TcpClient.open(port);
    const connection = ++this.#connectionCount;
    client.onMethod = (method, content) => {
      if (method.id !== amqp.BASIC_DELIVER || content === undefined) return;
      const id = readBody(content.body);
      if (id === undefined) {
        this.ledger.corrupt(content.body.toString('latin1', 0, 40), queue);
        return;
      }
      this.ledger.delivered(id, queue, connection, method.redelivered);
      // Some are never acknowledged: they must be there in the end.
      if (this.#random.chance(0.3)) return;
      this.ledger.settled(id, queue);
      client.ack(method.deliveryTag);
    };
    const qos = {
      id: amqp.BASIC_QOS,
      prefetchSize: 0,
      prefetchCount: PREFETCH,
      global: false,
    } as const;
    await client.call(qos, amqp.BASIC_QOS_OK);
    const flags = { noLocal: false, noAck: false, exclusive: false, noWait: false };
    await client.call(
      { id: amqp.BASIC_CONSUME, queue, consumerTag: 'crash', ...flags, arguments: EMPTY_TABLE },
      amqp.BASIC_CONSUME_OK,
    );
    return client;
  }

  async #drain(port: number, queue: string): Promise<void> {
    const client = await TcpClient.open(port);
    const connection = ++this.#connectionCount;
    for (let got = await client.get(queue); got !== undefined; got = await client.get(queue)) {
      const id = readBody(got.body);
      if (id === undefined) this.ledger.corrupt(got.body.toString('latin1', 0, 40), queue);
      else this.ledger.drained(id, queue, connection, got.method.redelivered);
    }
    client.destroy();
  }
}

async function declareAll(client: TcpClient): Promise<void> {
  const flags = { passive: false, durable: true, autoDelete: false, noWait: false };
  await client.call(
    {
      id: amqp.EXCHANGE_DECLARE,
      exchange: FANOUT,
      type: 'fanout',
      ...flags,
      internal: false,
      arguments: EMPTY_TABLE,
    },
    amqp.EXCHANGE_DECLARE_OK,
  );
  for (const queue of QUEUES) {
    await client.call(
      { id: amqp.QUEUE_DECLARE, queue, ...flags, exclusive: false, arguments: EMPTY_TABLE },
      amqp.QUEUE_DECLARE_OK,
    );
  }
  for (const queue of FANOUT_QUEUES) {
    await client.call(
      {
        id: amqp.QUEUE_BIND,
        queue,
        exchange: FANOUT,
        routingKey: '',
        noWait: false,
        arguments: EMPTY_TABLE,
      },
      amqp.QUEUE_BIND_OK,
    );
  }
}
