// Judges a history: nothing confirmed is lost, nothing comes from nowhere, what was settled for good
// stays so, order and flags are right, groups are whole. Pure. One class of violation per promise;
// what a crash may do (duplicates, unconfirmed messages that survive) is only counted.

import type { Answered, Delivered, HistoryEvent, Published, Settled } from './history.ts';

export const VIOLATION_CLASSES = [
  /** Confirmed, and never delivered. */
  'lost',
  /** Confirmed and delivered, but never settled for good: gone while a client held it. */
  'dropped',
  /** A group of which only a part survived a crash. */
  'torn',
  /** Delivered, but never published (or rolled back), or by a queue that it was not routed to. */
  'unexpected',
  /** A body that is not what was published. */
  'corrupt',
  /** Delivered again after a settlement that had to be durable, or that the same broker had taken. */
  'zombie',
  /** Delivered twice by one broker to one client without a requeue in between. */
  'twice',
  /** Delivered again without the redelivered flag although the broker had to know. */
  'unflagged',
  /** A transient message that came back from a restart. */
  'outlived',
  /** First deliveries of one producer's messages out of order, in a queue with one consumer. */
  'misorder',
  'double-confirm',
  'phantom-confirm',
] as const;

export type ViolationClass = (typeof VIOLATION_CLASSES)[number];

export interface Violation {
  readonly violation: ViolationClass;
  readonly text: string;
}

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly attempts: number;
  readonly confirmed: number;
  readonly nacked: number;
  /** Neither confirmed nor refused, and delivered all the same. */
  readonly recovered: number;
  readonly duplicates: number;
  /** Duplicates without the flag: the crash came before the first delivery was on the disk. */
  readonly unmarkedDuplicates: number;
}

export interface CheckerOptions {
  /** Queues that never have more than one consumer. */
  readonly orderedQueues: ReadonlySet<string>;
  /** A settlement older than this when the broker is killed has to be durable. */
  readonly settleGraceMs: number;
}

interface Copy {
  readonly name: string;
  deliveryCount: number;
  lastEpoch: number;
  lastLink: string;
  state: 'none' | 'out' | 'requeued' | 'done';
  doneAtMs: number;
  /** The settlement was followed, on its connection, by a publish that was confirmed. */
  isDoneDurable: boolean;
  /** The broker has on its disk that the message was delivered. */
  isMarkDurable: boolean;
}

interface Message {
  readonly published: Published;
  readonly group: Group;
  readonly copies: ReadonlyMap<string, Copy>;
  outcome: 'unknown' | 'confirmed' | 'nacked';
}

interface Group {
  isConfirmed: boolean;
  hasSurvived: boolean;
}

interface ConfirmChannel {
  readonly messages: Message[];
  /** Settlements noted before the publish with that index, and after the one before it. */
  readonly settledBefore: Copy[][];
  lowestOpen: number;
}

export function check(history: readonly HistoryEvent[], options: CheckerOptions): Verdict {
  return new Checker(options, history).verdict();
}

class Checker {
  readonly #options: CheckerOptions;
  readonly #violations: Violation[] = [];
  readonly #messages = new Map<string, Message>();
  readonly #groups = new Map<string, Group>();
  readonly #channels = new Map<string, ConfirmChannel>();
  readonly #settledOfLink = new Map<string, Copy[]>();
  readonly #stops = new Map<number, { isClean: boolean; atMs: number }>();
  readonly #lastSequence = new Map<string, number>();
  #duplicates = 0;
  #unmarkedDuplicates = 0;

  constructor(options: CheckerOptions, history: readonly HistoryEvent[]) {
    this.#options = options;
    for (const event of history) {
      // The last frames of a broker may be read after its end was noted.
      if (event.kind === 'stopped') this.#stops.set(event.epoch, event);
    }
    for (const event of history) this.#take(event);
    for (const message of this.#messages.values()) this.#checkOwed(message);
  }

  #take(event: HistoryEvent): void {
    switch (event.kind) {
      case 'published':
        return this.#published(event);
      case 'answered':
        return this.#answered(event);
      case 'committed':
        this.#group(event.group).isConfirmed = true;
        return;
      case 'delivered':
        return this.#delivered(event);
      case 'settled':
        return this.#settled(event);
      case 'stopped':
        return;
    }
  }

  #violate(violation: ViolationClass, text: string): void {
    this.#violations.push({ violation, text });
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { isConfirmed: false, hasSurvived: false };
      this.#groups.set(name, group);
    }
    return group;
  }

  #published(published: Published): void {
    const { id, channel, tag, link } = published;
    if (this.#messages.has(id)) throw new Error(`${id} was published twice: the load is wrong`);
    const copies = new Map(
      published.queues.map((queue) => [queue, emptyCopy(`${id} in ${queue}`)] as const),
    );
    const group = this.#group(published.group);
    const message: Message = { published, group, copies, outcome: 'unknown' };
    this.#messages.set(id, message);
    if (tag === 0) return;
    const state = this.#channels.get(channel) ?? newChannel();
    this.#channels.set(channel, state);
    state.messages.push(message);
    if (state.messages.length !== tag) throw new Error(`${channel} skipped a number before ${tag}`);
    state.settledBefore.push(this.#settledOfLink.get(link) ?? []);
    this.#settledOfLink.delete(link);
  }

  #answered({ channel, tag, isMultiple, isNack }: Answered): void {
    const state = this.#channels.get(channel);
    const last = state?.messages[tag - 1];
    if (state === undefined || last === undefined) {
      return this.#violate('phantom-confirm', `${channel} has no publish ${tag}`);
    }
    if (last.outcome !== 'unknown') {
      return this.#violate('double-confirm', `${channel} answered publish ${tag} again`);
    }
    for (let index = isMultiple ? state.lowestOpen : tag - 1; index < tag; index++) {
      const message = state.messages[index] as Message;
      if (message.outcome !== 'unknown') continue;
      message.outcome = isNack ? 'nacked' : 'confirmed';
      if (isNack) continue;
      message.group.isConfirmed = true;
      for (const copy of state.settledBefore[index] ?? []) copy.isDoneDurable = true;
    }
    while ((state.messages[state.lowestOpen]?.outcome ?? 'unknown') !== 'unknown') {
      state.lowestOpen++;
    }
  }

  #delivered(delivered: Delivered): void {
    const { id, queue, epoch } = delivered;
    if (id === undefined) return this.#violate('corrupt', `a body delivered by ${queue}`);
    const message = this.#messages.get(id);
    const copy = message?.copies.get(queue);
    if (message === undefined || copy === undefined) {
      return this.#violate('unexpected', `${id} in ${queue}`);
    }
    const { published } = message;
    if (epoch > published.epoch) {
      if (published.isPersistent) message.group.hasSurvived = true;
      else this.#violate('outlived', copy.name);
    }
    if (copy.deliveryCount === 0) this.#checkOrder(published, queue);
    else this.#checkAgain(copy, delivered);
    // The flag of a restart's first delivery was read from the disk.
    const isRecovered = epoch > published.epoch && copy.lastEpoch < epoch;
    if (isRecovered && delivered.isRedelivered) copy.isMarkDurable = true;
    copy.deliveryCount++;
    copy.lastEpoch = epoch;
    copy.lastLink = delivered.link;
    copy.state = 'out';
  }

  #checkOrder({ producer, sequence, id }: Published, queue: string): void {
    if (!this.#options.orderedQueues.has(queue)) return;
    const key = `${producer} ${queue}`;
    const last = this.#lastSequence.get(key) ?? -1;
    if (sequence < last) this.#violate('misorder', `${id} in ${queue} came after ${last}`);
    else this.#lastSequence.set(key, sequence);
  }

  #checkAgain(copy: Copy, delivered: Delivered): void {
    this.#duplicates++;
    if (copy.lastEpoch === delivered.epoch) return this.#checkAgainInEpoch(copy, delivered);
    const stop = this.#stops.get(copy.lastEpoch);
    if (stop === undefined) throw new Error(`epoch ${copy.lastEpoch} never stopped`);
    const isOld = copy.doneAtMs + this.#options.settleGraceMs < stop.atMs;
    if (copy.state === 'done' && (copy.isDoneDurable || isOld)) {
      const proof = copy.isDoneDurable ? 'before a confirm' : `${stop.atMs - copy.doneAtMs} ms`;
      this.#violate('zombie', `${copy.name} in epoch ${delivered.epoch}, settled ${proof} before`);
    }
    if (delivered.isRedelivered) return;
    if (copy.isMarkDurable || stop.isClean) this.#violate('unflagged', copy.name);
    else this.#unmarkedDuplicates++;
  }

  #checkAgainInEpoch(copy: Copy, { link, isRedelivered }: Delivered): void {
    if (copy.state === 'done') this.#violate('zombie', `${copy.name}, settled in this epoch`);
    if (copy.state === 'out' && copy.lastLink === link) this.#violate('twice', copy.name);
    if (!isRedelivered) this.#violate('unflagged', copy.name);
  }

  #settled({ id, queue, link, outcome, atMs }: Settled): void {
    const copy = this.#messages.get(id)?.copies.get(queue);
    // What was never published is a violation already.
    if (copy === undefined) return;
    copy.state = outcome;
    if (outcome === 'requeued') return;
    copy.doneAtMs = atMs;
    copy.isDoneDurable = false;
    const settled = this.#settledOfLink.get(link);
    if (settled === undefined) this.#settledOfLink.set(link, [copy]);
    else settled.push(copy);
  }

  #checkOwed({ published, group, copies, outcome }: Message): void {
    if (!published.isPersistent || outcome === 'nacked') return;
    if (!group.isConfirmed && !group.hasSurvived) return;
    for (const copy of copies.values()) {
      const isLost = copy.deliveryCount === 0;
      if (!isLost && copy.state === 'done') continue;
      if (!group.isConfirmed) this.#violate('torn', copy.name);
      else this.#violate(isLost ? 'lost' : 'dropped', copy.name);
    }
  }

  verdict(): Verdict {
    let confirmed = 0;
    let nacked = 0;
    let recovered = 0;
    for (const { outcome, group, copies } of this.#messages.values()) {
      if (outcome === 'nacked') nacked++;
      else if (outcome === 'confirmed' || group.isConfirmed) confirmed++;
      else if ([...copies.values()].some((copy) => copy.deliveryCount > 0)) recovered++;
    }
    return {
      violations: this.#violations,
      attempts: this.#messages.size,
      confirmed,
      nacked,
      recovered,
      duplicates: this.#duplicates,
      unmarkedDuplicates: this.#unmarkedDuplicates,
    };
  }
}

function emptyCopy(name: string): Copy {
  return {
    name,
    deliveryCount: 0,
    lastEpoch: -1,
    lastLink: '',
    state: 'none',
    doneAtMs: 0,
    isDoneDurable: false,
    isMarkDurable: false,
  };
}

function newChannel(): ConfirmChannel {
  return { messages: [], settledBefore: [], lowestOpen: 0 };
}
