// The default exchange: every queue is implicitly bound by its name, so the vhost's queue map is
// the routing table and nothing is kept here.

import { assert } from '../../util/assert.ts';
import type { Queue } from '../queue/queue.ts';
import type { Reached, RoutedMessage, Router } from './router.ts';

export class DefaultRouter implements Router {
  readonly usesEveryKey = true;
  readonly isCacheable = true;
  readonly #queues: ReadonlyMap<string, Queue>;

  constructor(queues: ReadonlyMap<string, Queue>) {
    this.#queues = queues;
  }

  validate(): void {}

  bind(): void {
    assert(false, 'nothing is ever bound to the default exchange');
  }

  unbind(): void {
    assert(false, 'nothing is ever bound to the default exchange');
  }

  route(routingKey: string, _message: RoutedMessage, reached: Reached): void {
    const queue = this.#queues.get(routingKey);
    if (queue !== undefined) reached.addQueue(queue);
  }
}
