// One fuzz run against the core in memory, and what must hold whatever is sent: no exception, only
// legal frames come back, nothing is left behind, allocation follows the input, others are served.

import { SeededRandom } from '../simulation/seeded-random.ts';
import { Agenda } from '../simulation/simulated-clock.ts';
import { SimulatedDisk } from '../simulation/simulated-disk.ts';
import { FAST_STORE, NO_OBSERVER, SimulatedNode } from '../simulation/simulated-node.ts';
import { CALM_PIPE, type PipeBehaviour } from '../simulation/simulated-pipe.ts';
import { HANDSHAKE, mutated, OPENING, typedSession } from './fuzz-input.ts';
import { LegalServer } from './legal-server.ts';
import * as client from './methods.ts';
import { BODY, body, header, PROTOCOL_HEADER, readFrames } from './wire.ts';

export type FuzzKind = 'typed' | 'mutated' | 'handshake';

/** One turn's slab, the first segment of a queue, and what the harness itself copies. */
const FIXED_BYTES = 4 << 20;
const HANDSHAKE_FIXED_BYTES = 512 << 10;

/** What broke, or undefined. */
export function fuzzRun(kind: FuzzKind, seed: number): string | undefined {
  const random = new SeededRandom(seed);
  try {
    return new FuzzRun(kind, random).run();
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

class FuzzRun {
  readonly #kind: FuzzKind;
  readonly #random: SeededRandom;
  readonly #agenda = new Agenda();
  readonly #node: SimulatedNode;

  constructor(kind: FuzzKind, random: SeededRandom) {
    this.#kind = kind;
    this.#random = random;
    const disk = new SimulatedDisk();
    const agenda = this.#agenda;
    this.#node = new SimulatedNode({
      agenda,
      disk,
      random,
      timing: FAST_STORE,
      observer: NO_OBSERVER,
    });
  }

  run(): string | undefined {
    const problem = this.#attack() ?? this.#healthy();
    if (problem !== undefined) return problem;
    this.#agenda.runFor(3_600_000);
    if (this.#agenda.nextMs() !== undefined) return 'timers are left when everybody is gone';
    if (this.#node.broker.openConnectionCount !== 0) return 'a connection is left';
    return this.#node.errors[0];
  }

  #input(): Buffer {
    const random = this.#random;
    if (this.#kind === 'handshake') return mutated(random, HANDSHAKE);
    const session = Buffer.concat(typedSession(random));
    if (this.#kind === 'typed') return Buffer.concat([OPENING, session]);
    return Buffer.concat([OPENING, mutated(random, session)]);
  }

  #attack(): string | undefined {
    const random = this.#random;
    const style = random.below(3);
    const behaviour: PipeBehaviour = {
      ...CALM_PIPE,
      cut: (bytes) => (style === 0 ? bytes : random.between(1, style === 1 ? bytes : 300)),
      keepsBuffer: () => style === 2 && random.chance(30),
    };
    const input = this.#input();
    const server = new LegalServer();
    const pipe = this.#node.connect(behaviour, {
      arriving: () => {},
      departing: (bytes) => server.take(bytes),
      congestion: () => {},
      ended: () => {},
    });
    const before = process.memoryUsage().arrayBuffers;
    pipe.send(input);
    this.#agenda.runFor(random.pick([1, 1000, 40_000]));
    const grown = process.memoryUsage().arrayBuffers - before;
    const fixed = this.#kind === 'handshake' ? HANDSHAKE_FIXED_BYTES : FIXED_BYTES;
    // The pipe holds up to three copies of what it carries, the fan-out of a publish more.
    if (grown > 16 * input.length + fixed)
      return `${grown} bytes were allocated for ${input.length}`;
    pipe.reset();
    this.#agenda.runFor(1);
    return server.problem;
  }

  /** A well-behaved client is served as if nothing had happened. */
  #healthy(): string | undefined {
    const pipe = this.#node.connect(CALM_PIPE);
    const chunks: Buffer[] = [];
    pipe.onReceived = (bytes) => {
      chunks.push(bytes);
    };
    const queue = 'healthy';
    pipe.send(PROTOCOL_HEADER);
    for (const bytes of [
      client.plainLogin,
      client.tuneOk(),
      client.open(),
      client.channelOpen(1),
    ]) {
      pipe.send(bytes);
      this.#agenda.runFor(1);
    }
    pipe.send(client.queueDeclare(1, queue, client.DURABLE));
    this.#agenda.runFor(100);
    pipe.send(Buffer.concat([client.publish(1, '', queue), header(1, 5), body(1, 'hello')]));
    pipe.send(client.get(1, queue));
    this.#agenda.runFor(100);
    const { frames } = readFrames(Buffer.concat(chunks));
    pipe.reset();
    const got = frames.find((frame) => frame.type === BODY)?.payload.toString();
    return got === 'hello' ? undefined : `a healthy client got ${got}`;
  }
}
