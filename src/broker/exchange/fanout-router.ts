// Exchange type `fanout`: every binding, whatever its key.

import type { Binding } from './binding.ts';
import { BindingList } from './binding-list.ts';
import type { Reached, RoutedMessage, Router } from './router.ts';

export class FanoutRouter implements Router {
  readonly usesEveryKey = false;
  readonly isCacheable = true;
  readonly #all = new BindingList();

  validate(): void {}

  bind(binding: Binding): void {
    this.#all.add(binding);
  }

  unbind(binding: Binding): void {
    this.#all.remove(binding);
  }

  route(_routingKey: string, _message: RoutedMessage, reached: Reached): void {
    this.#all.reachAll(reached);
  }
}
