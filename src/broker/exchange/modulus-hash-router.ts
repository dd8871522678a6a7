// Exchange type `x-modulus-hash`: the hash of the routing keys modulo the number of bindings picks one
// of them; binding keys are ignored. Bindings are sorted, so that neither the order of binding nor a
// restart moves a message.

import type { Binding } from './binding.ts';
import { hashOfText } from './jump-hash.ts';
import type { Reached, RoutedMessage, Router } from './router.ts';

export class ModulusHashRouter implements Router {
  readonly usesEveryKey = false;
  readonly isCacheable = true;
  readonly #bindings = new Set<Binding>();
  /** Made by the first route behind a change. */
  #sorted: Binding[] | undefined;

  validate(): void {}

  bind(binding: Binding): void {
    this.#bindings.add(binding);
    this.#sorted = undefined;
  }

  unbind(binding: Binding): void {
    this.#bindings.delete(binding);
    this.#sorted = undefined;
  }

  route(_routingKey: string, message: RoutedMessage, reached: Reached): void {
    if (this.#bindings.size === 0) return;
    this.#sorted ??= [...this.#bindings].sort((one, other) => (one.key < other.key ? -1 : 1));
    const keys = message.routingKeys;
    // All keys count, as in RabbitMQ; the separator cannot be part of a key's border.
    const hash = hashOfText(keys.length === 1 ? (keys[0] as string) : keys.join('\0'));
    reached.add(this.#sorted[hash % this.#sorted.length] as Binding);
  }
}
