// What a conversation file says, as data. FORMAT.md in test/conversations explains the text.

/** A value written in a script. `$names` inside text are still unexpanded. */
export type Literal =
  | { readonly kind: 'text'; readonly text: string; readonly repeat: number }
  | { readonly kind: 'hex'; readonly bytes: Buffer }
  | { readonly kind: 'any'; readonly capture?: string }
  | { readonly kind: 'regex'; readonly source: string; readonly capture?: string }
  | { readonly kind: 'table'; readonly entries: readonly LiteralEntry[]; readonly exact: boolean }
  | { readonly kind: 'array'; readonly items: readonly TypedLiteral[] };

export interface TypedLiteral {
  readonly type: string;
  readonly literal: Literal;
}

export interface LiteralEntry {
  readonly key: string;
  readonly value: TypedLiteral;
}

export interface Attribute {
  readonly name: string;
  readonly literal: Literal;
}

/** `{ delivery-mode=2 … }` */
export interface PropertyLiterals {
  readonly attributes: readonly Attribute[];
  readonly exact: boolean;
}

/** The part of a line after its prefix: a word, attributes, properties, a body. */
export interface Phrase {
  readonly word: string;
  readonly attributes: readonly Attribute[];
  readonly properties?: PropertyLiterals;
  readonly body?: Literal;
  /** What follows the word, unparsed: for raw bytes and numbers. */
  readonly rest: string;
}

export interface Target {
  /** Empty: the connection opened first. */
  readonly connection: string;
  /** Undefined: 0 for connection.* methods, for all others the one of the last `C+`, or 1. */
  readonly channel: number | undefined;
}

export type BrokerName = 'rabbitmq' | 'warren';

export interface Step {
  readonly kind: 'client' | 'expect' | 'command';
  readonly line: number;
  readonly source: string;
  readonly target: Target;
  readonly phrase: Phrase;
  /** Only on this broker. */
  readonly broker?: BrokerName;
  /** The comment at the end of the line. */
  readonly reason: string;
  /** `S*`: this and the neighbouring `S*` lines may come in any order. */
  readonly anyOrder: boolean;
  /** `S!`: fields that are not named must be zero. */
  readonly exact: boolean;
  /** `C~`: asked again, on a fresh channel each time, until the next line is the answer. */
  readonly again: boolean;
  /** `C+`: said on a channel that is opened for it, which is the connection's default from then on. */
  readonly onNewChannel: boolean;
}

export interface Script {
  readonly path: string;
  readonly title: string;
  /** Why it is held with our broker only; undefined for nearly all. */
  readonly warrenOnly?: string;
  readonly steps: readonly Step[];
}
