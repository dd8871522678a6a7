import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Binding } from '../../../src/broker/exchange/binding.ts';
import { TopicTrie } from '../../../src/broker/exchange/topic-trie.ts';
import { bindTo, Collected, exchangeOf, queueNamed } from './routing-fixture.ts';

/** A binding made for one trie only. */
function bindingOf(pattern: string, name = pattern): Binding {
  const binding = bindTo(exchangeOf('direct'), queueNamed(name), pattern);
  binding.source.router.unbind(binding);
  return binding;
}

function trieOf(patterns: readonly string[]): TopicTrie {
  const trie = new TopicTrie();
  for (const pattern of patterns) trie.add(bindingOf(pattern));
  return trie;
}

function matched(trie: TopicTrie, key: string): string[] {
  const collected = new Collected();
  trie.match(key, collected);
  return collected.names;
}

/** The definition itself, without any cleverness. */
function naiveMatch(pattern: readonly string[], words: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return words.length === 0;
  if (head === '#') {
    return naiveMatch(rest, words) || (words.length > 0 && naiveMatch(pattern, words.slice(1)));
  }
  if (words.length === 0) return false;
  return (head === '*' || head === words[0]) && naiveMatch(rest, words.slice(1));
}

function naive(pattern: string, key: string): boolean {
  const words = (text: string) => (text === '' ? [] : text.split('.'));
  return naiveMatch(words(pattern), words(key));
}

// The table observed on RabbitMQ: routing key, patterns that match, patterns that do not.
const OBSERVED: readonly [string, readonly string[], readonly string[]][] = [
  ['', ['#', '', '#.#'], ['*', '*.#', 'a.#']],
  ['a', ['#', '*', 'a.#', '*.#'], ['*.*', '#.b']],
  ['a.b', ['a.#', '#.b', '*.*', 'a.#.#.b'], ['*', 'a.#.c']],
  ['a.c', ['a.#.c', 'a.#', '*.*'], ['a.*.c']],
  ['a..b', ['a..b', '#.b', 'a.#.#.b', '*.#'], ['*.*', 'a.b']],
  ['.', ['.', '*.*', '#', '*.#'], ['', '*']],
  ['a.', ['a.#', '*.*'], ['a', '*']],
];

describe('topic trie', () => {
  it.each(OBSERVED)('routing key "%s"', (key, matching, others) => {
    for (const pattern of matching) expect(matched(trieOf([pattern]), key)).toEqual([pattern]);
    for (const pattern of others) expect(matched(trieOf([pattern]), key)).toEqual([]);
    expect(matched(trieOf([...matching, ...others]), key)).toEqual([...matching].sort());
  });

  it('takes wildcards only as whole words', () => {
    const trie = trieOf(['a*', '#b', '**', '##']);
    for (const key of ['ab', 'b', 'a', 'x.y']) expect(matched(trie, key)).toEqual([]);
    for (const key of ['a*', '#b', '**', '##']) expect(matched(trie, key)).toEqual([key]);
  });

  it('takes wildcard characters in a routing key as plain words', () => {
    expect(matched(trieOf(['a.b', '*.b', '#.c']), '*.c')).toEqual(['#.c']);
    expect(matched(trieOf(['a', '#', '*']), '#')).toEqual(['#', '*']);
  });

  it('agrees with the definition for any patterns and key, also after removals', () => {
    const word = fc.constantFrom('a', 'b', '', '*', '#', '#');
    const pattern = fc.array(word, { maxLength: 7 }).map((words) => words.join('.'));
    const key = fc
      .array(fc.constantFrom('a', 'b', ''), { maxLength: 7 })
      .map((words) => words.join('.'));
    fc.assert(
      fc.property(
        fc.uniqueArray(pattern, { maxLength: 12 }),
        fc.array(key, { minLength: 1, maxLength: 5 }),
        fc.nat(12),
        (patterns, keys, removedCount) => {
          const trie = new TopicTrie();
          const bindings = patterns.map((text) => bindingOf(text));
          for (const binding of bindings) trie.add(binding);
          for (const binding of bindings.slice(0, removedCount)) trie.remove(binding);
          const kept = patterns.slice(removedCount);
          for (const text of keys) {
            const expected = kept.filter((one) => naive(one, text)).sort();
            expect(matched(trie, text)).toEqual(expected);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('reports each binding once, however many ways its pattern fits', () => {
    expect(matched(trieOf(['#.a.#', '#.a.#.a.#']), 'a.a.a.a.a')).toEqual(['#.a.#', '#.a.#.a.#']);
  });

  it('holds equal patterns of different destinations, spelled in different ways', () => {
    const trie = new TopicTrie();
    const spelled = [bindingOf('#.*', '1'), bindingOf('*.#', '2'), bindingOf('#.*.#', '3')];
    for (const binding of spelled) trie.add(binding);
    expect(matched(trie, 'a.b')).toEqual(['1', '2', '3']);
    expect(matched(trie, '')).toEqual([]);
    trie.remove(spelled[1] as Binding);
    expect(matched(trie, 'a')).toEqual(['1', '3']);
  });

  // Each of these takes longer than the age of the universe when every split is tried.
  it.each([
    ['only #', Array(60).fill('#').join('.')],
    ['# and words', Array(60).fill('#.a').join('.')],
    ['# and words, no match', `${Array(60).fill('#.a').join('.')}.b`],
    ['# and *', Array(30).fill('#.*.a').join('.')],
    ['nested', `${Array(40).fill('#.a.a').join('.')}.#.b`],
  ])('does not blow up: %s against 100 words', (_, pattern) => {
    const trie = trieOf([pattern]);
    const key = Array(100).fill('a').join('.');
    expect(matched(trie, key)).toEqual(pattern.endsWith('b') ? [] : [pattern]);
  });

  it('does not blow up when many such patterns share their beginnings', () => {
    const patterns = Array.from({ length: 50 }, (_, i) =>
      Array(i + 1)
        .fill('#.a')
        .join('.'),
    );
    expect(matched(trieOf(patterns), Array(100).fill('a').join('.'))).toEqual(patterns.sort());
  });
});
