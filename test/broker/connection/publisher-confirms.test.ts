import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PublisherConfirms } from '../../../src/broker/connection/publisher-confirms.ts';
import { PublishCounts } from '../../../src/broker/metrics/message-counts.ts';
import { Outgoing, OutgoingSlabs } from '../../../src/broker/outgoing.ts';
import { NEEDS_COMMIT, REJECTED, TAKEN } from '../../../src/broker/queue/enqueue-outcome.ts';
import type { Transport } from '../../../src/broker/transport.ts';
import { Turn } from '../../../src/broker/turn.ts';
import { ByteReader } from '../../../src/protocol/byte-reader.ts';
import { BASIC_ACK, BASIC_NACK, decodeMethod } from '../../../src/protocol/generated/methods.ts';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
import { HeldJournal } from '../../support/core/held-journal.ts';
import { ManualClock } from '../../support/core/manual-clock.ts';

const ACK_FRAME_BYTES = 21;

type Kind = 'transient' | 'persistent' | 'refused' | 'half refused';

const OUTCOMES: Readonly<Record<Kind, number>> = {
  transient: TAKEN,
  persistent: NEEDS_COMMIT,
  refused: REJECTED,
  'half refused': REJECTED | NEEDS_COMMIT,
};

/** One channel in confirm mode; which publish is durable is kept beside it. */
class ConfirmingChannel {
  readonly clock = new ManualClock();
  readonly journal = new HeldJournal(new MemoryJournal());
  readonly turn = new Turn(this.clock, this.journal);
  readonly confirms: PublisherConfirms;
  published = 0;
  /** One per exchange: what is counted, and what should be at the end. */
  readonly counts = [new PublishCounts(), new PublishCounts(), new PublishCounts()];
  readonly accepted = [0, 0, 0];
  /** What came, for example `nack 3 multiple`. */
  readonly frames: string[] = [];
  /** Publishes without an answer: number → refused. */
  readonly waiting = new Map<number, boolean>();
  /** Publishes that wait for a commit: number → durable. */
  readonly persistent = new Map<number, boolean>();
  #dirty = false;
  #covered = 0;

  constructor() {
    const transport = {
      write: (chunk: Buffer) => {
        this.#answers(Buffer.from(chunk));
        return true;
      },
    } as unknown as Transport;
    const outgoing = new Outgoing(transport, new OutgoingSlabs(), this.turn);
    this.confirms = new PublisherConfirms(this.turn, outgoing, 7);
    this.journal.onCommitStart = () => {
      this.#covered = this.published;
    };
  }

  publish(kind: Kind): void {
    const outcome = OUTCOMES[kind];
    // Runs of one exchange are short and long.
    const exchange = (this.published * this.published) % 3;
    if (outcome < REJECTED) this.accepted[exchange] = (this.accepted[exchange] ?? 0) + 1;
    this.published++;
    this.waiting.set(this.published, outcome >= REJECTED);
    if (kind === 'persistent') this.persistent.set(this.published, false);
    if ((outcome & NEEDS_COMMIT) !== 0 && !this.#dirty) {
      this.#dirty = true;
      this.turn.collectLater({
        collect: () => {
          this.#dirty = false;
          this.journal.join(() => undefined);
        },
        committed: () => undefined,
      });
    }
    this.confirms.published(outcome, this.counts[exchange] as PublishCounts);
  }

  /** Ends the turn; what was refused has its answer then, whatever the disk does. */
  endTurn(): void {
    this.clock.endTurn();
    expect([...this.waiting.values()].includes(true)).toBe(false);
  }

  async finishCommit(): Promise<void> {
    if (!this.journal.isCommitting) return;
    for (const number of this.persistent.keys()) {
      if (number <= this.#covered) this.persistent.set(number, true);
    }
    await this.journal.finishCommit();
  }

  #answers(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += ACK_FRAME_BYTES) {
      expect(bytes.readUInt16BE(at + 1)).toBe(7);
      const method = decodeMethod(new ByteReader(bytes, at + 7, at + ACK_FRAME_BYTES - 1));
      if (method.id === BASIC_ACK) this.#acked(method.deliveryTag, method.multiple);
      else if (method.id === BASIC_NACK) this.#nacked(method.deliveryTag, method.multiple);
      else throw new Error('only basic.ack and basic.nack leave');
    }
  }

  /** `multiple` may pass over what was refused, which has its answer; but it ends on what it acks. */
  #acked(tag: number, multiple: boolean): void {
    this.frames.push(`ack ${tag}${multiple ? ' multiple' : ''}`);
    expect(this.waiting.get(tag)).toBe(false);
    const answered = [...this.waiting.keys()].filter((number) => number <= tag);
    expect(multiple).toBe(answered.length > 1);
    for (const number of answered) {
      expect(this.waiting.get(number)).toBe(false);
      expect(this.persistent.get(number)).not.toBe(false);
      this.waiting.delete(number);
    }
  }

  /** `multiple` says that nothing before it waits for an answer. */
  #nacked(tag: number, multiple: boolean): void {
    this.frames.push(`nack ${tag}${multiple ? ' multiple' : ''}`);
    expect(this.waiting.get(tag)).toBe(true);
    const [first] = this.waiting.keys();
    expect(multiple).toBe(first === tag);
    this.waiting.delete(tag);
  }
}

test('every publish is answered once, what was refused by a nack of its own, the rest not before all before it are durable', async () => {
  const kinds = Object.keys(OUTCOMES) as Kind[];
  const steps = fc.array(
    fc.constantFrom(...kinds, 'persistent' as const, 'turn' as const, 'turn' as const, 'commit'),
    { maxLength: 100, size: 'max' },
  );
  const property = fc.asyncProperty(steps, async (each) => {
    const channel = new ConfirmingChannel();
    for (const step of each) {
      if (step === 'turn') channel.endTurn();
      else if (step === 'commit') await channel.finishCommit();
      else channel.publish(step as Kind);
    }
    while (channel.clock.isTurnPending || channel.journal.isCommitting) {
      channel.endTurn();
      await channel.finishCommit();
    }
    expect([...channel.waiting.keys()]).toEqual([]);
    expect(channel.confirms.unconfirmedCount).toBe(0);
    expect(channel.counts.map(({ confirm }) => confirm)).toEqual(channel.accepted);
  });
  await fc.assert(property, { numRuns: 300 });
});

test('the count of unconfirmed publishes is that of publishes without an answer, at the end of each turn', async () => {
  const channel = new ConfirmingChannel();
  for (const kind of ['persistent', 'refused', 'transient', 'refused'] as const) {
    channel.publish(kind);
    channel.endTurn();
    expect(channel.confirms.unconfirmedCount).toBe(channel.waiting.size);
  }
  expect(channel.waiting.size).toBe(2);
  await channel.finishCommit();
  channel.endTurn();
  expect(channel.confirms.unconfirmedCount).toBe(0);
});

test('what was refused is answered at once, also while what came before waits for the disk', async () => {
  const channel = new ConfirmingChannel();
  channel.publish('persistent');
  channel.publish('refused');
  channel.publish('transient');
  channel.publish('half refused');
  channel.endTurn();
  expect(channel.frames).toEqual(['nack 2', 'nack 4']);
  await channel.finishCommit();
  channel.endTurn();
  expect(channel.frames).toEqual(['nack 2', 'nack 4', 'ack 3 multiple']);
});

test('what waits for nothing is acked before the nack that follows it', () => {
  const channel = new ConfirmingChannel();
  channel.publish('transient');
  channel.publish('transient');
  channel.publish('refused');
  channel.publish('refused');
  channel.endTurn();
  expect(channel.frames).toEqual(['ack 2 multiple', 'nack 3 multiple', 'nack 4 multiple']);
});

test('transient publishes alone are answered at the end of their turn', () => {
  const channel = new ConfirmingChannel();
  for (let i = 0; i < 3; i++) channel.publish('transient');
  expect(channel.frames).toEqual([]);
  channel.endTurn();
  expect(channel.frames).toEqual(['ack 3 multiple']);
});

test('a closed channel answers nothing more', async () => {
  const channel = new ConfirmingChannel();
  channel.publish('persistent');
  channel.confirms.close();
  channel.publish('refused');
  channel.clock.endTurn();
  await channel.finishCommit();
  channel.clock.endTurn();
  expect(channel.frames).toEqual([]);
});
