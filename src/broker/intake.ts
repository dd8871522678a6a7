// What a queue or exchange does with a message before it takes it: drops a duplicate, holds it back until
// its time. Plain queues and exchanges have no intake and pay nothing for it.

import type { MessageProperties } from '../protocol/content-header.ts';
import { EMPTY_TABLE, type FieldTable } from '../protocol/field-table.ts';
import { DEDUPLICATION_HEADER } from './deduplication/deduplication-key.ts';
import {
  type DeduplicationSettings,
  DeduplicationWindow,
} from './deduplication/deduplication-window.ts';
import { delayMsOf, numberOf } from './delay/delay-headers.ts';
import {
  type DelayEnvironment,
  DelayedMessages,
  type ReleaseMessage,
} from './delay/delayed-messages.ts';
import type { DelayedState } from './journal.ts';
import { diedBehind } from './message/death-history.ts';
import type { IncomingMessage } from './message/incoming-message.ts';
import { propertiesOf } from './message/message-properties.ts';
import { RECORD_DEAD_LETTERED } from './message/record.ts';
import { hiddenKeysOf, senderSelectedKeys } from './message/sender-selected.ts';

export interface IntakeSettings {
  readonly isDelaying: boolean;
  readonly deduplication: DeduplicationSettings | undefined;
}

/** A queue or an exchange. */
export interface IntakeOwner {
  readonly name: string;
  readonly storageId: number;
  readonly isDurable: boolean;
  intake: Intake | undefined;
}

/** The message goes on: any other result is what Queue.enqueue answers (queue/enqueue-outcome.ts). */
export const PASSED = -1;
/** It was dropped or is held back; a confirm need not wait, or waits for the next commit. */
const TAKEN = 0;
const NEEDS_COMMIT = 1;

/** RabbitMQ's plug-in requires a size; this is LavinMQ's. */
const DEFAULT_CACHE_SIZE = 128;

/** What the arguments of a queue or exchange (with its policies merged in) ask for. */
export function intakeSettingsOf(
  effectiveArguments: FieldTable,
  isDelaying: boolean,
): IntakeSettings {
  if (effectiveArguments.get('x-message-deduplication')?.value !== true) {
    return { isDelaying, deduplication: undefined };
  }
  const number = (name: string): number | undefined => {
    const value = effectiveArguments.get(name);
    return value === undefined ? undefined : numberOf(value);
  };
  const header = effectiveArguments.get(DEDUPLICATION_HEADER);
  return {
    isDelaying,
    deduplication: {
      cacheSize: number('x-cache-size') ?? DEFAULT_CACHE_SIZE,
      ttlMs: number('x-cache-ttl'),
      header: header?.type === 'S' ? header.value.toString('utf8') : DEDUPLICATION_HEADER,
    },
  };
}

export class Intake {
  /** Without it messages are not held back any more; those that are held still come out. */
  isDelaying = false;
  readonly delayed: DelayedMessages;
  deduplication: DeduplicationWindow | undefined;
  readonly #environment: DelayEnvironment;
  readonly #owner: IntakeOwner;

  constructor(environment: DelayEnvironment, owner: IntakeOwner, delayed: DelayedMessages) {
    this.#environment = environment;
    this.#owner = owner;
    this.delayed = delayed;
  }

  /** `routingKeys`: of a message that is still to be routed, with those of CC and BCC. */
  take(message: IncomingMessage, routingKeys?: readonly string[]): number {
    const properties = propertiesOf(message);
    const { dueClock, turn } = this.#environment;
    if (this.deduplication !== undefined && !this.#comesBack(message, properties)) {
      if (this.deduplication.isDuplicate(properties, message.isPersistent)) {
        // The message it repeats may not be durable yet.
        return this.#owner.isDurable ? NEEDS_COMMIT : TAKEN;
      }
      // Its key waits for a commit, also when no queue takes the message.
      turn.schedule();
    }
    if (!this.isDelaying) return PASSED;
    const headers = properties.headers ?? EMPTY_TABLE;
    const delayMs = delayMsOf(headers, (wallMs) => dueClock.untilMs(wallMs));
    if (delayMs === 0) return PASSED;
    // A dead letter has its hidden keys among the routing keys only.
    const copies = routingKeys === undefined ? 0 : senderSelectedKeys(headers, 'CC').length;
    const hidden =
      routingKeys === undefined ? message.hiddenKeys : hiddenKeysOf(routingKeys.slice(1 + copies));
    return this.delayed.hold(message, hidden, delayMs) ? NEEDS_COMMIT : TAKEN;
  }

  /** It was here before: its key was seen, yet it repeats nothing but itself. */
  #comesBack(message: IncomingMessage, { headers }: MessageProperties): boolean {
    if (message.isMoved) return true;
    return (
      (message.extraFlags & RECORD_DEAD_LETTERED) !== 0 && diedBehind(headers, this.#owner.name)
    );
  }

  /** The owner is gone, with everything that is held or was seen. */
  drop(): void {
    this.deduplication = undefined;
    this.delayed.drop();
  }
}

/** Gives queues and exchanges the intake that their settings ask for. One per broker. */
export class Intakes {
  readonly #environment: DelayEnvironment;
  /** What was held at the start, until its owner is there. */
  readonly #recovered: Map<number, DelayedState>;

  constructor(environment: DelayEnvironment) {
    this.#environment = environment;
    this.#recovered = environment.journal.loadDelayedStates();
  }

  /** `release` enqueues or routes a message whose delay is over. */
  apply(owner: IntakeOwner, settings: IntakeSettings, release: ReleaseMessage): void {
    const recovered = this.#recovered.get(owner.storageId);
    const isNeeded = settings.isDelaying || settings.deduplication !== undefined;
    if (owner.intake === undefined) {
      if (!isNeeded && (recovered === undefined || recovered.messageCount === 0)) return;
      const { storageId, isDurable } = owner;
      const delayed = new DelayedMessages(
        this.#environment,
        { storageId, isDurable },
        release,
        recovered,
      );
      this.#recovered.delete(storageId);
      owner.intake = new Intake(this.#environment, owner, delayed);
    }
    owner.intake.isDelaying = settings.isDelaying;
    this.#deduplicate(owner, owner.intake, settings.deduplication);
  }

  #deduplicate(
    owner: IntakeOwner,
    intake: Intake,
    settings: DeduplicationSettings | undefined,
  ): void {
    const { journal, dueClock, turn } = this.#environment;
    const window = intake.deduplication;
    if (settings === undefined) {
      window?.clear();
      intake.deduplication = undefined;
      turn.schedule();
      return;
    }
    if (window !== undefined) {
      window.settings = settings;
      return;
    }
    const { storageId, isDurable } = owner;
    const nowMs = (): number => dueClock.nowMs();
    const recovered = isDurable ? journal.loadDeduplicationEntries(storageId) : [];
    intake.deduplication = new DeduplicationWindow(
      journal,
      { storageId, isDurable },
      settings,
      nowMs,
      recovered,
    );
  }
}
