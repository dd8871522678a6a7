// Exchange type `direct`: the binding key equals the routing key.

import type { Binding } from './binding.ts';
import { BindingList } from './binding-list.ts';
import type { Reached, RoutedMessage, Router } from './router.ts';

export class DirectRouter implements Router {
  readonly usesEveryKey = true;
  readonly isCacheable = true;
  readonly #byKey = new Map<string, BindingList>();

  validate(): void {}

  bind(binding: Binding): void {
    let list = this.#byKey.get(binding.routingKey);
    if (list === undefined) {
      list = new BindingList();
      this.#byKey.set(binding.routingKey, list);
    }
    list.add(binding);
  }

  unbind(binding: Binding): void {
    const list = this.#byKey.get(binding.routingKey) as BindingList;
    list.remove(binding);
    if (list.isEmpty) this.#byKey.delete(binding.routingKey);
  }

  route(routingKey: string, _message: RoutedMessage, reached: Reached): void {
    this.#byKey.get(routingKey)?.reachAll(reached);
  }
}
