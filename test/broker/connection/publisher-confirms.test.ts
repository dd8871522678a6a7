import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PublisherConfirms } from '../../../src/broker/connection/publisher-confirms.ts';
import { Outgoing, OutgoingSlabs } from '../../../src/broker/outgoing.ts';
import { NEEDS_COMMIT, TAKEN } from '../../../src/broker/queue/enqueue-outcome.ts';
import type { Transport } from '../../../src/broker/transport.ts';
import { Turn } from '../../../src/broker/turn.ts';
import { ByteReader } from '../../../src/protocol/byte-reader.ts';
import { BASIC_ACK, decodeMethod } from '../../../src/protocol/generated/methods.ts';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
import { HeldJournal } from '../../support/core/held-journal.ts';
import { ManualClock } from '../../support/core/manual-clock.ts';

const ACK_FRAME_BYTES = 21;

/** One channel in confirm mode; which publish is durable is kept beside it. */
class ConfirmingChannel {
  readonly clock = new ManualClock();
  readonly journal = new HeldJournal(new MemoryJournal());
  readonly turn = new Turn(this.clock, this.journal);
  readonly confirms: PublisherConfirms;
  published = 0;
  answered = 0;
  /** Publishes that wait for a commit: number → durable. */
  readonly persistent = new Map<number, boolean>();
  #dirty = false;
  #covered = 0;

  constructor() {
    const transport = {
      write: (chunk: Buffer) => {
        this.#acks(Buffer.from(chunk));
        return true;
      },
    } as unknown as Transport;
    const outgoing = new Outgoing(transport, new OutgoingSlabs(), this.turn);
    this.confirms = new PublisherConfirms(this.turn, outgoing, 7);
    this.journal.onCommitStart = () => {
      this.#covered = this.published;
    };
  }

  publish(isPersistent: boolean): void {
    this.published++;
    if (isPersistent) {
      this.persistent.set(this.published, false);
      if (!this.#dirty) {
        this.#dirty = true;
        this.turn.collectLater({
          collect: () => {
            this.#dirty = false;
            this.journal.join(() => undefined);
          },
          committed: () => undefined,
        });
      }
    }
    this.confirms.published(isPersistent ? NEEDS_COMMIT : TAKEN);
  }

  async finishCommit(): Promise<void> {
    if (!this.journal.isCommitting) return;
    for (const number of this.persistent.keys()) {
      if (number <= this.#covered) this.persistent.set(number, true);
    }
    await this.journal.finishCommit();
  }

  #acks(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += ACK_FRAME_BYTES) {
      expect(bytes.readUInt16BE(at + 1)).toBe(7);
      const method = decodeMethod(new ByteReader(bytes, at + 7, at + ACK_FRAME_BYTES - 1));
      if (method.id !== BASIC_ACK) throw new Error('only basic.ack leaves');
      const { deliveryTag, multiple } = method;
      expect(deliveryTag).toBeGreaterThan(this.answered);
      expect(deliveryTag).toBeLessThanOrEqual(this.published);
      expect(multiple).toBe(deliveryTag > this.answered + 1);
      for (let number = this.answered + 1; number <= deliveryTag; number++) {
        expect(this.persistent.get(number)).not.toBe(false);
      }
      this.answered = deliveryTag;
    }
  }
}

test('every publish is answered once, in order, and not before all before it are durable', async () => {
  const steps = fc.array(
    fc.constantFrom('transient', 'persistent', 'persistent', 'turn', 'turn', 'commit'),
    { maxLength: 100, size: 'max' },
  );
  const property = fc.asyncProperty(steps, async (each) => {
    const channel = new ConfirmingChannel();
    for (const step of each) {
      if (step === 'turn') channel.clock.endTurn();
      else if (step === 'commit') await channel.finishCommit();
      else channel.publish(step === 'persistent');
      expect(channel.confirms.unconfirmedCount).toBeGreaterThanOrEqual(0);
    }
    while (channel.clock.isTurnPending || channel.journal.isCommitting) {
      channel.clock.endTurn();
      await channel.finishCommit();
    }
    expect(channel.answered).toBe(channel.published);
    expect(channel.confirms.unconfirmedCount).toBe(0);
  });
  await fc.assert(property, { numRuns: 200 });
});

test('transient publishes alone are answered at the end of their turn', () => {
  const channel = new ConfirmingChannel();
  for (let i = 0; i < 3; i++) channel.publish(false);
  expect(channel.answered).toBe(0);
  channel.clock.endTurn();
  expect(channel.answered).toBe(3);
});

test('a closed channel answers nothing more', async () => {
  const channel = new ConfirmingChannel();
  channel.publish(true);
  channel.confirms.close();
  channel.clock.endTurn();
  await channel.finishCommit();
  channel.clock.endTurn();
  expect(channel.answered).toBe(0);
});
