// Exchange type `topic`: dotted words with `*` and `#`, matched by a trie.

import type { Binding } from './binding.ts';
import type { Reached, RoutedMessage, Router } from './router.ts';
import { TopicTrie } from './topic-trie.ts';

export class TopicRouter implements Router {
  readonly usesEveryKey = true;
  readonly isCacheable = true;
  readonly #trie = new TopicTrie();

  validate(): void {}

  bind(binding: Binding): void {
    this.#trie.add(binding);
  }

  unbind(binding: Binding): void {
    this.#trie.remove(binding);
  }

  route(routingKey: string, _message: RoutedMessage, reached: Reached): void {
    this.#trie.match(routingKey, reached);
  }
}
