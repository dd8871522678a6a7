// What a queue or exchange does with a message before it takes it: drops a duplicate, holds it back until
// its time. Plain queues and exchanges have no intake and pay nothing for it.

import { EMPTY_TABLE, type FieldTable } from '../protocol/field-table.ts';
import { DEDUPLICATION_HEADER } from './deduplication/deduplication-key.ts';
import {
  type DeduplicationSettings,
  DeduplicationWindow,
} from './deduplication/deduplication-window.ts';
import { delayMsOf, numberOf } from './delay/delay-headers.ts';
import { type DelayEnvironment, DelayedMessages } from './delay/delayed-messages.ts';
import type { DelayedState } from './journal.ts';
import { IncomingMessage } from './message/incoming-message.ts';
import { propertiesOf } from './message/message-properties.ts';
import { describeRecord, recordOf } from './message/message-record.ts';
import { restoreBcc, senderSelectedKeys } from './message/sender-selected.ts';

export interface IntakeSettings {
  readonly isDelaying: boolean;
  readonly deduplication: DeduplicationSettings | undefined;
}

/** A queue or an exchange. */
export interface IntakeOwner {
  readonly storageId: number;
  readonly isDurable: boolean;
  intake: Intake | undefined;
}

/** The message goes on. */
export const PASSED = 0;
/** It was dropped or is held back; a confirm need not wait. */
export const TAKEN = 1;
/** As TAKEN, and a confirm waits for the next commit. */
export const TAKEN_UNTIL_COMMIT = 2;
export type IntakeResult = typeof PASSED | typeof TAKEN | typeof TAKEN_UNTIL_COMMIT;

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
  readonly #isDurable: boolean;

  constructor(environment: DelayEnvironment, isDurable: boolean, delayed: DelayedMessages) {
    this.#environment = environment;
    this.#isDurable = isDurable;
    this.delayed = delayed;
  }

  /** `routingKeys`: of a message that is still to be routed, with those of CC and BCC. */
  take(message: IncomingMessage, routingKeys?: readonly string[]): IntakeResult {
    const properties = propertiesOf(message);
    if (this.deduplication?.isDuplicate(properties, message.isPersistent) === true) {
      // The message it repeats may not be durable yet.
      return this.#isDurable ? TAKEN_UNTIL_COMMIT : TAKEN;
    }
    if (!this.isDelaying) return PASSED;
    const { dueClock } = this.#environment;
    const headers = properties.headers ?? EMPTY_TABLE;
    const delayMs = delayMsOf(headers, (wallMs) => dueClock.untilMs(wallMs));
    if (delayMs === 0) return PASSED;
    const bccKeys = routingKeys?.slice(1 + senderSelectedKeys(headers, 'CC').length) ?? [];
    const held = bccKeys.length === 0 ? message : withBcc(message, bccKeys);
    return this.delayed.hold(held, delayMs) ? TAKEN_UNTIL_COMMIT : TAKEN;
  }

  /** The owner is gone, with everything that is held or was seen. */
  drop(): void {
    this.deduplication = undefined;
    this.delayed.drop();
  }
}

/** Other queues may get the message too, so a copy is changed. */
function withBcc(message: IncomingMessage, bccKeys: readonly string[]): IncomingMessage {
  const copy = new IncomingMessage();
  describeRecord(copy, recordOf(message));
  restoreBcc(copy, bccKeys);
  return copy;
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
  apply(
    owner: IntakeOwner,
    settings: IntakeSettings,
    release: (message: IncomingMessage) => void,
  ): void {
    const recovered = this.#recovered.get(owner.storageId);
    this.#recovered.delete(owner.storageId);
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
      owner.intake = new Intake(this.#environment, isDurable, delayed);
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
