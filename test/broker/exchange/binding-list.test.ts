import { describe, expect, it } from 'vitest';
import type { Binding } from '../../../src/broker/exchange/binding.ts';
import { BindingList } from '../../../src/broker/exchange/binding-list.ts';
import { bindTo, Collected, exchangeOf, queueNamed } from './routing-fixture.ts';

function bindingTo(name: string): Binding {
  const binding = bindTo(exchangeOf('direct'), queueNamed(name));
  binding.source.router.unbind(binding);
  return binding;
}

function namesIn(list: BindingList): string[] {
  const collected = new Collected();
  list.reachAll(collected);
  return collected.names;
}

describe('binding list', () => {
  it('holds what was added and not removed', () => {
    const list = new BindingList();
    const bindings = ['a', 'b', 'c', 'd'].map(bindingTo);
    for (const binding of bindings) list.add(binding);
    list.remove(bindings[1] as Binding);
    list.remove(bindings[3] as Binding);
    expect(namesIn(list)).toEqual(['a', 'c']);
    list.remove(bindings[0] as Binding);
    list.remove(bindings[2] as Binding);
    expect(list.isEmpty).toBe(true);
  });

  it('refuses a binding that is in a list already, and one it does not hold', () => {
    const list = new BindingList();
    const other = new BindingList();
    const binding = bindingTo('a');
    list.add(binding);
    expect(() => other.add(binding)).toThrow('one list only');
    expect(() => other.remove(binding)).toThrow('in this list');
  });
});
