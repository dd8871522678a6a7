// Remembers what a conversation declared and deletes it afterwards, so that a shared broker stays clean.
import type { ClientEvent } from '../amqp/frame-client.ts';
import { toText } from './literals.ts';
import type { Phrase } from './script.ts';
import { openOptions, Speaker } from './speaker.ts';
import type { ConversationTarget } from './target.ts';
import { Variables } from './variables.ts';

export class Housekeeping {
  readonly #target: ConversationTarget;
  /** vhost → `queue.delete` and `exchange.delete` with their names. */
  readonly #declared = new Map<string, Map<string, Phrase>>();

  constructor(target: ConversationTarget) {
    this.#target = target;
  }

  noteSaid(phrase: Phrase, vhost: string, variables: Variables): void {
    const kind = /^(queue|exchange)\.declare$/.exec(phrase.word)?.[1];
    if (kind === undefined) return;
    const literal = phrase.attributes.find(({ name }) => name === kind)?.literal;
    if (literal?.kind === 'text') this.#note(kind, toText(literal, variables), vhost);
  }

  noteReceived(event: ClientEvent, vhost: string): void {
    if (event.kind !== 'method' || event.name !== 'queue.declare-ok') return;
    const queue = event.fields.get('queue');
    if (typeof queue === 'string') this.#note('queue', queue, vhost);
  }

  #note(kind: string, name: string, vhost: string): void {
    if (name === '' || (name.startsWith('amq.') && !name.startsWith('amq.gen-'))) return;
    const phrases = this.#declared.get(vhost) ?? new Map<string, Phrase>();
    this.#declared.set(vhost, phrases);
    phrases.set(`${kind} ${name}`, {
      word: `${kind}.delete`,
      rest: '',
      attributes: [{ name: kind, literal: { kind: 'text', text: escapeDollar(name), repeat: 1 } }],
    });
  }

  async deleteAll(): Promise<void> {
    const variables = new Variables();
    for (const [vhost, phrases] of this.#declared) {
      const options = openOptions({ word: 'open', attributes: [], rest: '' }, variables);
      const speaker = new Speaker(await this.#target.open(), vhost);
      await speaker.handshake({ ...options, vhost });
      for (const phrase of phrases.values()) {
        speaker.say(1, phrase, variables);
        const event = await speaker.client.next(1, 3_000);
        if (event?.kind === 'method' && event.name === 'channel.close') {
          speaker.say(1, { word: 'channel.close-ok', attributes: [], rest: '' }, variables);
          await speaker.openChannel(1);
        }
      }
      await speaker.close();
    }
  }
}

function escapeDollar(text: string): string {
  return text.replaceAll('$', '$$$$');
}
