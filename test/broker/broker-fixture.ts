// The core over TCP on a store in memory, whose commits a test can hold back: what the core promises
// about the disk is seen from a client's side.
import amqp, { type ChannelModel } from 'amqplib';
import { InternalUsers } from '../../src/auth/internal-users.ts';
import { compilePattern } from '../../src/auth/name-pattern.ts';
import { Broker } from '../../src/broker/broker.ts';
import type { Journal } from '../../src/broker/journal.ts';
import { configOf } from '../../src/config/config.ts';
import { serverProperties } from '../../src/config/server-properties.ts';
import { silentLog } from '../../src/network/log.ts';
import { SystemClock } from '../../src/network/system-clock.ts';
import { SystemRandom } from '../../src/network/system-random.ts';
import { TcpListener } from '../../src/network/tcp-listener.ts';
import { openMemoryStore } from '../../src/storage/memory/memory-store.ts';

export interface BrokerFixture {
  readonly broker: Broker;
  readonly disk: HeldDisk;
  connect(): Promise<ChannelModel>;
  close(): Promise<void>;
}

/** Lies between the core and its journal. While held, commits are written but not reported durable. */
export class HeldDisk {
  /** Bytes of messages that the core has asked to store. */
  storedBytes = 0;
  #isHeld = false;
  #held: (() => void)[] = [];
  #onHeld: () => void = () => {};

  /** Resolves when the first commit waits for `release`. */
  hold(): Promise<void> {
    this.#isHeld = true;
    return new Promise((resolve) => {
      this.#onHeld = resolve;
    });
  }

  release(): void {
    this.#isHeld = false;
    for (const onDurable of this.#held.splice(0)) onDurable();
  }

  over(journal: Journal): Journal {
    return new Proxy(journal, {
      get: (target, name) => {
        if (name === 'commit') return (onDurable: () => void) => this.#commit(target, onDurable);
        if (name === 'putChunk') {
          return (...chunk: Parameters<Journal['putChunk']>) => {
            const [, , , start, end] = chunk;
            this.storedBytes += end - start;
            target.putChunk(...chunk);
          };
        }
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  }

  #commit(journal: Journal, onDurable: () => void): void {
    journal.commit(() => {
      if (!this.#isHeld) return onDurable();
      this.#held.push(onDurable);
      this.#onHeld();
    });
  }
}

export async function openBroker(messageMemoryBytes = 64 << 20): Promise<BrokerFixture> {
  const store = openMemoryStore();
  const disk = new HeldDisk();
  const { metadata } = store;
  const random = new SystemRandom();
  const clock = new SystemClock();
  const access = new InternalUsers({ metadata, random, clock, loopbackUsers: new Set() });
  access.putUser('guest', 'guest', []);
  access.setPermission('guest', '/', { configure: '.*', write: '.*', read: '.*' });
  await new Promise<void>((resolve) => store.journal.commit(resolve));
  const config = configOf({});
  const broker = new Broker({
    clock,
    random,
    journal: disk.over(store.journal),
    metadata,
    access,
    compilePattern,
    log: silentLog,
    settings: {
      ...config,
      messageMemoryBytes,
      serverProperties: serverProperties(config, '0.0.0'),
    },
  });
  const address = { host: '127.0.0.1', port: 0 };
  const accept = broker.accept.bind(broker);
  const listener = await TcpListener.listen({ address, accept, log: silentLog });
  return {
    broker,
    disk,
    connect: async () => {
      const client = await amqp.connect(`amqp://127.0.0.1:${listener.address.port}`);
      client.on('error', () => {});
      return client;
    },
    close: async () => {
      disk.release();
      listener.stopAccepting();
      await broker.close();
      await listener.close();
      await store.close();
    },
  };
}
