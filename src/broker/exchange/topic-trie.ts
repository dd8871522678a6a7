// The bindings of a topic exchange as a trie of words. Budget: one slice and one Map look-up per
// word of a key without wildcards. Every (node, word position) is visited at most once per match, so
// the cost is bounded by nodes × words whatever patterns a client binds.

import type { Binding } from './binding.ts';
import { BindingList } from './binding-list.ts';
import type { Reached } from './router.ts';

class TrieNode {
  readonly bindings = new BindingList();
  words: Map<string, TrieNode> | undefined;
  star: TrieNode | undefined;
  hash: TrieNode | undefined;
  /** Only of `#` nodes: the match that entered it last, and the first word position it tried. */
  matchEpoch = 0;
  triedFrom = 0;

  get isEmpty(): boolean {
    return (
      this.words === undefined &&
      this.star === undefined &&
      this.hash === undefined &&
      this.bindings.isEmpty
    );
  }

  child(word: string): TrieNode | undefined {
    if (word === '*') return this.star;
    if (word === '#') return this.hash;
    return this.words?.get(word);
  }

  childOrNew(word: string): TrieNode {
    const found = this.child(word);
    if (found !== undefined) return found;
    const made = new TrieNode();
    if (word === '*') this.star = made;
    else if (word === '#') this.hash = made;
    else {
      this.words ??= new Map();
      this.words.set(word, made);
    }
    return made;
  }

  dropChild(word: string): void {
    if (word === '*') this.star = undefined;
    else if (word === '#') this.hash = undefined;
    else {
      this.words?.delete(word);
      if (this.words?.size === 0) this.words = undefined;
    }
  }
}

/** Words of a key: the empty key has none, "." has two empty ones. */
function wordsOf(key: string): string[] {
  return key === '' ? [] : key.split('.');
}

/**
 * Words of a binding key in normal form. In a run of wildcards only the number of `*` and the presence
 * of `#` matter, so `#.*.#` becomes `*.#`: a `#` node then has neither a `*` nor a `#` child.
 */
function patternWords(bindingKey: string): string[] {
  const pattern: string[] = [];
  let hasHash = false;
  for (const word of wordsOf(bindingKey)) {
    if (word === '#') {
      hasHash = true;
      continue;
    }
    if (hasHash && word !== '*') {
      pattern.push('#');
      hasHash = false;
    }
    pattern.push(word);
  }
  if (hasHash) pattern.push('#');
  return pattern;
}

export class TopicTrie {
  readonly #root = new TrieNode();
  #epoch = 0;
  /** Words of the key being matched: [0, #wordCount) of a scratch that is used again. */
  readonly #words: string[] = [];
  #wordCount = 0;

  add(binding: Binding): void {
    let node = this.#root;
    for (const word of patternWords(binding.routingKey)) node = node.childOrNew(word);
    node.bindings.add(binding);
  }

  remove(binding: Binding): void {
    const words = patternWords(binding.routingKey);
    const path: TrieNode[] = [this.#root];
    for (const word of words) {
      path.push((path[path.length - 1] as TrieNode).child(word) as TrieNode);
    }
    (path[words.length] as TrieNode).bindings.remove(binding);
    for (let depth = words.length; depth > 0 && (path[depth] as TrieNode).isEmpty; depth--) {
      (path[depth - 1] as TrieNode).dropChild(words[depth - 1] as string);
    }
  }

  /** Reports each binding whose pattern matches, once. */
  match(routingKey: string, reached: Reached): void {
    this.#epoch++;
    this.#splitKey(routingKey);
    this.#visit(this.#root, 0, reached);
  }

  /** As wordsOf, without a new array: half of a match would be spent there. */
  #splitKey(routingKey: string): void {
    let count = 0;
    if (routingKey !== '') {
      let start = 0;
      for (let dot = routingKey.indexOf('.'); dot >= 0; dot = routingKey.indexOf('.', start)) {
        this.#words[count++] = routingKey.slice(start, dot);
        start = dot + 1;
      }
      this.#words[count++] = routingKey.slice(start);
    }
    this.#wordCount = count;
  }

  /** `node` was reached with the words before `position` consumed. */
  #visit(node: TrieNode, position: number, reached: Reached): void {
    if (node.hash !== undefined) this.#visitHash(node.hash, position, reached);
    if (position === this.#wordCount) {
      node.bindings.reachAll(reached);
      return;
    }
    if (node.star !== undefined) this.#visit(node.star, position + 1, reached);
    const next = node.words?.get(this.#words[position] as string);
    if (next !== undefined) this.#visit(next, position + 1, reached);
  }

  /**
   * A `#` entered at a position tries its children at every later one, so a second entry has new
   * positions only before the earliest already tried. That one number is the whole memo.
   */
  #visitHash(node: TrieNode, position: number, reached: Reached): void {
    let end = this.#wordCount;
    if (node.matchEpoch === this.#epoch) {
      end = node.triedFrom;
    } else {
      node.matchEpoch = this.#epoch;
      node.triedFrom = end;
      node.bindings.reachAll(reached);
    }
    if (node.triedFrom > position) node.triedFrom = position;
    if (node.words === undefined) return;
    for (let from = position; from < end; from++) {
      const next = node.words.get(this.#words[from] as string);
      if (next !== undefined) this.#visit(next, from + 1, reached);
    }
  }
}
