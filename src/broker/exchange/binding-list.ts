// Bindings that are always reached together (same key, same trie node). Order means nothing, so
// removal swaps with the last one and costs the same however long the list is. A binding is in at
// most one list.

import { assert } from '../../util/assert.ts';
import type { Binding } from './binding.ts';
import type { Reached } from './router.ts';

export class BindingList {
  readonly #bindings: Binding[] = [];

  get isEmpty(): boolean {
    return this.#bindings.length === 0;
  }

  add(binding: Binding): void {
    assert(binding.listIndex === -1, 'a binding is in one list only');
    binding.listIndex = this.#bindings.length;
    this.#bindings.push(binding);
  }

  remove(binding: Binding): void {
    const index = binding.listIndex;
    assert(this.#bindings[index] === binding, 'the binding is in this list');
    const last = this.#bindings.pop() as Binding;
    if (last !== binding) {
      this.#bindings[index] = last;
      last.listIndex = index;
    }
    binding.listIndex = -1;
  }

  reachAll(reached: Reached): void {
    const bindings = this.#bindings;
    for (let index = 0; index < bindings.length; index++) reached.add(bindings[index] as Binding);
  }
}
