// Exchanges, bindings and routing as the auditor knows them, written as plainly as possible.

import type { ExchangeRules } from './exchange-rules.ts';
import type { ModelQueue } from './model-queue.ts';
import type { ModelWindow } from './model-window.ts';

export interface ModelExchange {
  readonly name: string;
  readonly type: string;
  readonly isDurable: boolean;
  readonly rules?: ExchangeRules;
  readonly window?: ModelWindow | undefined;
}

interface ModelBinding {
  readonly exchange: string;
  readonly queue: string;
  readonly routingKey: string;
}

const PREDECLARED: readonly ModelExchange[] = [
  { name: 'amq.direct', type: 'direct', isDurable: true },
  { name: 'amq.fanout', type: 'fanout', isDurable: true },
  { name: 'amq.topic', type: 'topic', isDurable: true },
];

export class ModelTopology {
  readonly queues = new Map<string, ModelQueue>();
  readonly exchanges = new Map(PREDECLARED.map((exchange) => [exchange.name, exchange]));
  #bindings: ModelBinding[] = [];

  bind(exchange: string, queue: string, routingKey: string): void {
    this.unbind(exchange, queue, routingKey);
    this.#bindings.push({ exchange, queue, routingKey });
  }

  unbind(exchange: string, queue: string, routingKey: string): void {
    this.#bindings = this.#bindings.filter(
      (binding) =>
        binding.exchange !== exchange ||
        binding.queue !== queue ||
        binding.routingKey !== routingKey,
    );
  }

  removeQueue(queue: ModelQueue): void {
    queue.isRemoved = true;
    if (this.queues.get(queue.name) === queue) this.queues.delete(queue.name);
    this.#bindings = this.#bindings.filter((binding) => binding.queue !== queue.name);
  }

  removeExchange(name: string): void {
    this.exchanges.delete(name);
    this.#bindings = this.#bindings.filter((binding) => binding.exchange !== name);
  }

  /** The queues of a publish; undefined when the exchange is not there. */
  route(exchangeName: string, routingKey: string): ModelQueue[] | undefined {
    const found = new Set<ModelQueue>();
    if (exchangeName === '') {
      const queue = this.queues.get(routingKey);
      return queue === undefined ? [] : [queue];
    }
    const exchange = this.exchanges.get(exchangeName);
    if (exchange === undefined) return undefined;
    for (const binding of this.#bindings) {
      if (binding.exchange !== exchangeName) continue;
      if (!matches(exchange.rules?.delayedType ?? exchange.type, binding.routingKey, routingKey))
        continue;
      const queue = this.queues.get(binding.queue);
      if (queue !== undefined) found.add(queue);
    }
    return [...found];
  }

  /** The same for a message with several keys. */
  routeAll(exchangeName: string, keys: readonly string[]): ModelQueue[] | undefined {
    const found = new Set<ModelQueue>();
    for (const key of keys) {
      const queues = this.route(exchangeName, key);
      if (queues === undefined) return undefined;
      for (const queue of queues) found.add(queue);
    }
    return [...found];
  }

  /** A crash: only durable things come back; bindings are made anew by whoever restarts. */
  crash(isDurable: (at: number) => boolean): void {
    for (const [name, exchange] of this.exchanges) {
      if (!exchange.isDurable) this.exchanges.delete(name);
      else
        this.exchanges.set(name, { ...exchange, window: exchange.window?.afterCrash(isDurable) });
    }
    this.#bindings = [];
  }
}

function matches(type: string, bindingKey: string, routingKey: string): boolean {
  if (type === 'fanout') return true;
  if (type === 'direct') return bindingKey === routingKey;
  return matchesTopic(bindingKey.split('.'), routingKey === '' ? [] : routingKey.split('.'));
}

export function matchesTopic(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === '#') {
    return (
      words.some((_, index) => matchesTopic(rest, words.slice(index))) || matchesTopic(rest, [])
    );
  }
  if (words.length === 0) return false;
  return (first === '*' || first === words[0]) && matchesTopic(rest, words.slice(1));
}
