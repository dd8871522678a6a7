// Plays one conversation against one broker. Every step waits for what it names, never for time,
// except `S: nothing` and `sleep`. What was declared is deleted afterwards, whatever happened.
import type { ClientEvent } from '../amqp/frame-client.ts';
import { describe, mismatch } from './expectation.ts';
import { Housekeeping } from './housekeeping.ts';
import { toText } from './literals.ts';
import type { Script, Step } from './script.ts';
import { ANSWER_TIMEOUT_MS, openOptions, Speaker } from './speaker.ts';
import type { ConversationTarget } from './target.ts';
import { Variables } from './variables.ts';

const QUIET_MS = 40;
const ASK_AGAIN_TIMEOUT_MS = 5_000;

export async function play(script: Script, target: ConversationTarget): Promise<void> {
  const player = new Player(script, target);
  try {
    await player.playSteps();
    player.checkNothingUnread();
  } finally {
    await player.end();
  }
  player.checkNoLateErrors();
}

class Player {
  readonly #script: Script;
  readonly #target: ConversationTarget;
  readonly #steps: readonly Step[];
  readonly #variables = new Variables();
  readonly #speakers = new Map<string, Speaker>();
  readonly #housekeeping: Housekeeping;
  #firstConnection = '';

  constructor(script: Script, target: ConversationTarget) {
    this.#script = script;
    this.#target = target;
    this.#housekeeping = new Housekeeping(target);
    this.#steps = script.steps.filter(
      (step) => step.broker === undefined || step.broker === target.broker,
    );
  }

  async playSteps(): Promise<void> {
    for (let index = 0; index < this.#steps.length; ) {
      const step = this.#steps[index];
      if (step === undefined) return;
      try {
        index += await this.#playStep(step, index);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        throw new Error(`${this.#script.path}:${step.line}\n  ${step.source}\n  ${problem}`);
      }
    }
  }

  /** Plays a step, or the group that starts with it; returns how many lines that were. */
  async #playStep(step: Step, index: number): Promise<number> {
    if (step.kind === 'command') {
      await this.#command(step);
      return 1;
    }
    if (step.kind === 'client') {
      if (step.again) return this.#askAgain(step, this.#steps[index + 1]);
      if (step.onNewChannel) await this.#speaker(step.target.connection).openNewChannel();
      this.#say(step);
      return 1;
    }
    if (!step.anyOrder) {
      await this.#expect(step);
      return 1;
    }
    let end = index;
    while (this.#steps[end]?.anyOrder === true) end += 1;
    await this.#expectAnyOrder(this.#steps.slice(index, end));
    return end - index;
  }

  async #command(step: Step): Promise<void> {
    const { word, rest, attributes } = step.phrase;
    const [first = '', second = ''] = rest.split(/\s+/);
    switch (word) {
      case 'open':
      case 'connect': {
        const name = first === '' || first.includes('=') ? 'conn' : first;
        if (this.#firstConnection === '') this.#firstConnection = name;
        const named = attributes.filter((attribute) => attribute.name !== name);
        const options = openOptions({ ...step.phrase, attributes: named }, this.#variables);
        const speaker = new Speaker(await this.#target.open(), options.vhost);
        this.#speakers.set(name, speaker);
        if (word === 'open') await speaker.handshake(options);
        return;
      }
      case 'channel': {
        const [connection, channel] = first.includes('/') ? first.split('/') : ['', first];
        await this.#speaker(connection ?? '').openChannel(Number(channel));
        return;
      }
      case 'sleep':
        await new Promise((resolve) => setTimeout(resolve, Number(first)));
        return;
      case 'close':
        await this.#speaker(first).close();
        return;
      case 'drop':
        this.#speaker(first).client.destroy();
        return;
      case 'chunk':
        this.#speaker(second).client.chunkBytes = Number(first);
        return;
      case 'hold':
        this.#speaker(first).client.hold();
        return;
      case 'release':
        this.#speaker(first).client.release();
        return;
      default:
        throw new Error(`no such command: ${word}`);
    }
  }

  #speaker(connection: string): Speaker {
    const name = connection === '' ? this.#firstConnection : connection;
    const speaker = this.#speakers.get(name);
    if (speaker === undefined) throw new Error(`no connection ${name}`);
    return speaker;
  }

  #channelOf(step: Step): number {
    const { channel, connection } = step.target;
    if (channel !== undefined) return channel;
    const { word } = step.phrase;
    const isOfConnection =
      word.startsWith('connection.') || word === 'closed' || word === 'protocol-header';
    return isOfConnection ? 0 : this.#speaker(connection).defaultChannel;
  }

  #say(step: Step): void {
    const speaker = this.#speaker(step.target.connection);
    speaker.say(this.#channelOf(step), step.phrase, this.#variables);
    this.#housekeeping.noteSaid(step.phrase, speaker.vhost, this.#variables);
  }

  async #expect(step: Step): Promise<void> {
    const speaker = this.#speaker(step.target.connection);
    const { client } = speaker;
    const channel = this.#channelOf(step);
    switch (step.phrase.word) {
      case 'nothing': {
        const quietMs = this.#option(step, 'for', QUIET_MS);
        const came = (): ClientEvent | undefined =>
          step.target.channel === undefined
            ? (client.unread()[0]?.event ?? client.peek(0))
            : client.peek(channel);
        await client.waitUntil(() => came() !== undefined, quietMs);
        const event = came();
        if (event !== undefined) throw new Error(`got ${describe(event)}`);
        return;
      }
      case 'closed': {
        const timeoutMs = this.#option(step, 'within', ANSWER_TIMEOUT_MS);
        await client.waitUntil(() => client.peek(0) !== undefined, timeoutMs);
        const event = client.peek(0);
        if (event?.kind !== 'closed') throw new Error(`got ${describe(event)}`);
        return;
      }
      case 'heartbeat':
        await client.waitUntil(() => client.heartbeats > 0, ANSWER_TIMEOUT_MS);
        if (client.heartbeats === 0) throw new Error('no heartbeat in time');
        client.heartbeats = 0;
        return;
      case 'acks':
      case 'nacks':
        await this.#expectConfirms(step, speaker);
        return;
      default: {
        const event = await client.next(channel, ANSWER_TIMEOUT_MS);
        this.#check(step, event);
      }
    }
  }

  #option(step: Step, name: string, otherwise: number): number {
    const found = step.phrase.attributes.find((attribute) => attribute.name === name);
    return found === undefined ? otherwise : Number(toText(found.literal, this.#variables));
  }

  #check(step: Step, event: ClientEvent | undefined): void {
    const problem = event === undefined ? 'nothing came' : mismatch(step, event, this.#variables);
    if (problem !== undefined) throw new Error(`${problem}; got ${describe(event)}`);
    if (event?.kind !== 'method') return;
    const speaker = this.#speaker(step.target.connection);
    speaker.noteReceived(event.name);
    this.#housekeeping.noteReceived(event, speaker.vhost);
  }

  /** `S: acks 1..20`: any grouping of acks that covers exactly these numbers. */
  async #expectConfirms(step: Step, speaker: Speaker): Promise<void> {
    const [from = 0, to = 0] = (step.phrase.rest.split(/\s+/)[0] ?? '').split('..').map(Number);
    const wanted = step.phrase.word === 'acks' ? 'basic.ack' : 'basic.nack';
    const missing = new Set(Array.from({ length: to - from + 1 }, (_, index) => from + index));
    while (missing.size > 0) {
      const event = await speaker.client.next(this.#channelOf(step), ANSWER_TIMEOUT_MS);
      if (event?.kind !== 'method' || event.name !== wanted)
        throw new Error(`got ${describe(event)}`);
      const tag = Number(event.fields.get('delivery-tag'));
      if (tag > to) throw new Error(`${describe(event)} is beyond ${to}`);
      const multiple = event.fields.get('multiple') === 'true';
      if (!multiple && !missing.has(tag)) throw new Error(`${describe(event)} is not expected`);
      for (const number of missing)
        if (number === tag || (multiple && number < tag)) missing.delete(number);
    }
  }

  async #expectAnyOrder(group: readonly Step[]): Promise<void> {
    const open = new Set(group);
    const [first] = group;
    if (first === undefined) return;
    while (open.size > 0) {
      const waiting = [...open];
      const ready = (): Step | undefined =>
        waiting.find((step) =>
          this.#speaker(step.target.connection).client.peek(this.#channelOf(step)),
        );
      await Promise.race(
        waiting.map((step) =>
          this.#speaker(step.target.connection).client.waitUntil(
            () => ready() !== undefined,
            ANSWER_TIMEOUT_MS,
          ),
        ),
      );
      const at = ready();
      if (at === undefined)
        throw new Error(`still missing: ${waiting.map((s) => s.source).join(' | ')}`);
      const { client } = this.#speaker(at.target.connection);
      const event = client.peek(this.#channelOf(at));
      const match = waiting.find(
        (step) =>
          this.#speaker(step.target.connection).client === client &&
          this.#channelOf(step) === this.#channelOf(at) &&
          event !== undefined &&
          mismatch(step, event, this.#variables) === undefined,
      );
      if (match === undefined) {
        throw new Error(
          `none of ${waiting.map((s) => s.source).join(' | ')}; got ${describe(event)}`,
        );
      }
      client.take(this.#channelOf(at));
      open.delete(match);
    }
  }

  /** `C~`: for what becomes true soon, such as the end of a dropped connection's queues. */
  async #askAgain(question: Step, answer: Step | undefined): Promise<number> {
    if (answer?.kind !== 'expect') throw new Error('C~ needs an S line after it');
    const speaker = this.#speaker(question.target.connection);
    const channel = this.#channelOf(question);
    const deadline = Date.now() + ASK_AGAIN_TIMEOUT_MS;
    for (;;) {
      this.#say(question);
      const event = await speaker.client.next(channel, ANSWER_TIMEOUT_MS);
      if (event !== undefined && mismatch(answer, event, this.#variables) === undefined) return 2;
      if (Date.now() > deadline || event?.kind !== 'method') {
        throw new Error(`the answer stayed ${describe(event)}`);
      }
      if (event.name === 'channel.close') {
        speaker.say(
          channel,
          { word: 'channel.close-ok', attributes: [], rest: '' },
          this.#variables,
        );
        await speaker.openChannel(channel);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  checkNothingUnread(): void {
    for (const [name, speaker] of this.#speakers) {
      for (const { channel, event } of speaker.client.unread()) {
        throw new Error(`${this.#script.path}: ${name}/${channel} also got ${describe(event)}`);
      }
    }
  }

  /** An error that came after the last line is a failure too; deliveries then are not. */
  checkNoLateErrors(): void {
    for (const [name, speaker] of this.#speakers) {
      for (const { channel, event } of speaker.client.unread()) {
        const isError =
          event.kind === 'malformed' ||
          (event.kind === 'method' && /^(channel|connection)\.close$/.test(event.name));
        if (!isError) continue;
        throw new Error(
          `${this.#script.path}: at the end, ${name}/${channel} got ${describe(event)}`,
        );
      }
    }
  }

  async end(): Promise<void> {
    await Promise.all([...this.#speakers.values()].map((speaker) => speaker.close()));
    await this.#housekeeping.deleteAll();
  }
}
