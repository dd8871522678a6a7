// Exchange type `x-random`: one of the bindings, by chance, whatever its key.

import type { FieldTable } from '../../protocol/field-table.ts';
import type { Binding, BindingDestination } from './binding.ts';
import { BindingList } from './binding-list.ts';
import type { Reached, RoutedMessage, Router } from './router.ts';

export class RandomRouter implements Router {
  readonly usesEveryKey = false;
  readonly isCacheable = false;
  readonly #all = new BindingList();

  validate(
    _routingKey: string,
    _bindingArguments: FieldTable,
    _destination: BindingDestination,
  ): void {}

  bind(binding: Binding): void {
    this.#all.add(binding);
  }

  unbind(binding: Binding): void {
    this.#all.remove(binding);
  }

  route(_routingKey: string, _message: RoutedMessage, reached: Reached): void {
    const count = this.#all.count;
    if (count > 0) reached.add(this.#all.at(reached.choose(count)) as Binding);
  }
}
