// Bindings that are always reached together (same key, same trie node). Order means nothing, so
// removal swaps with the last one and costs the same however long the list is. A binding is in at
// most one list.

import { assert } from '../../util/assert.ts';
import type { Binding } from './binding.ts';
import type { Reached } from './router.ts';

export class BindingList {
  /** Almost every list holds one binding: it is reached without an array between. */
  #first: Binding | undefined;
  #others: Binding[] | undefined;

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  get count(): number {
    return this.#first === undefined ? 0 : 1 + (this.#others?.length ?? 0);
  }

  add(binding: Binding): void {
    assert(binding.listIndex === -1, 'a binding is in one list only');
    if (this.#first === undefined) {
      this.#first = binding;
      binding.listIndex = 0;
      return;
    }
    this.#others ??= [];
    this.#others.push(binding);
    binding.listIndex = this.#others.length;
  }

  remove(binding: Binding): void {
    const index = binding.listIndex;
    assert(this.at(index) === binding, 'the binding is in this list');
    const last = this.#others?.pop() ?? this.#first;
    if (this.#others?.length === 0) this.#others = undefined;
    if (last === this.#first) this.#first = undefined;
    else if (last !== binding) this.#put(index, last as Binding);
    binding.listIndex = -1;
  }

  reachAll(reached: Reached): void {
    const first = this.#first;
    if (first === undefined) return;
    reached.add(first);
    const others = this.#others;
    if (others === undefined) return;
    for (let index = 0; index < others.length; index++) reached.add(others[index] as Binding);
  }

  /** Of the indexes 0 … count - 1, in no order that means anything. */
  at(index: number): Binding | undefined {
    return index === 0 ? this.#first : this.#others?.[index - 1];
  }

  #put(index: number, binding: Binding): void {
    if (index === 0) this.#first = binding;
    else (this.#others as Binding[])[index - 1] = binding;
    binding.listIndex = index;
  }
}
