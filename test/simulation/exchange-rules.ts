// The exchanges of the simulated world that do more than route: what they are declared with, what the
// auditor knows of them by name, and their bindings, which never change.

import type { FieldTable } from '../../src/protocol/field-table.ts';
import { flag, tableOf, text, type WindowRules, windowArguments } from './queue-rules.ts';

export interface ExchangeRules {
  readonly type: string;
  /** What an `x-delayed-message` exchange routes as. */
  readonly delayedType?: string;
  /** It holds back what asks for it. */
  readonly isDelaying?: boolean;
  readonly window?: WindowRules;
  readonly bindings: readonly (readonly [queue: string, routingKey: string])[];
}

export const EXCHANGE_RULES: Readonly<Record<string, ExchangeRules>> = {
  'delay-direct': {
    type: 'x-delayed-message',
    delayedType: 'direct',
    isDelaying: true,
    bindings: [
      ['delay-0', 'one'],
      ['delay-0', 'all'],
      ['delay-1', 'all'],
      ['delay-queue', 'all'],
    ],
  },
  'delay-fanout': {
    type: 'fanout',
    isDelaying: true,
    bindings: [
      ['delay-0', ''],
      ['delay-1', ''],
    ],
  },
  'dedup-direct': {
    type: 'direct',
    window: { cacheSize: 1000 },
    bindings: [
      ['dedup-0', 'one'],
      ['dedup-0', 'all'],
      ['dedup-1', 'all'],
    ],
  },
  'dedup-fanout': {
    type: 'fanout',
    isDelaying: true,
    window: { cacheSize: 1000, ttlMs: 300, header: 'key' },
    bindings: [
      ['dedup-0', ''],
      ['dedup-1', ''],
    ],
  },
  'death-exchange': {
    type: 'direct',
    bindings: [
      ['death-0', 'death-keys'],
      ['death-0', 'death-reject'],
      ['death-0', 'two'],
      ['death-1', 'two'],
      ['death-1', 'three'],
      ['death-chain', 'three'],
      ['death-0', 'all'],
      ['death-1', 'all'],
      ['death-chain', 'all'],
      ['death-cycle', 'all'],
      ['death-cycle', 'loop'],
      ['death-0', 'loop'],
    ],
  },
};

/** Keys that these exchanges know, and one that they don't. */
export const RULED_KEYS = ['one', 'all', 'all', 'none'] as const;
/** What CC and BCC name: keys of the dead-letter exchange, and a queue. */
export const COPY_KEYS = ['two', 'three', 'death-1', 'none'] as const;

export function exchangeArgumentsOf(name: string): FieldTable {
  const rules = EXCHANGE_RULES[name];
  if (rules === undefined) return new Map();
  const isAsked = rules.isDelaying === true && rules.delayedType === undefined;
  return tableOf([
    ['x-delayed-type', text(rules.delayedType)],
    ['x-delayed-exchange', flag(isAsked || undefined)],
    ...windowArguments(rules.window),
  ]);
}
