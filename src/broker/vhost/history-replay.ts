// What a new binding of an exchange with a history gets first: the kept messages, oldest first, with
// the names they were published with.

import type { Random } from '../clock.ts';
import type { Binding } from '../exchange/binding.ts';
import type { RecentHistory } from '../exchange/recent-history.ts';
import { Routing } from '../exchange/route.ts';
import { PublishedMessage } from '../exchange/routed-message.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { routingKey } from '../message/message-record.ts';
import type { Queue } from '../queue/queue.ts';
import type { VirtualHost } from './vhost.ts';

export class HistoryReplay {
  readonly #routing: Routing;

  constructor(random: Random) {
    this.#routing = new Routing(random);
  }

  /** Through an exchange the messages go on as if they were published to it now. */
  replay(vhost: VirtualHost, history: RecentHistory, binding: Binding): void {
    for (const message of history.oldestFirst()) {
      for (const queue of this.#targets(vhost, binding, message)) queue.enqueue(message);
    }
  }

  #targets(vhost: VirtualHost, binding: Binding, message: IncomingMessage): readonly Queue[] {
    if (binding.destinationQueue !== undefined) return [binding.destinationQueue];
    const targets: Queue[] = [];
    const routed = new PublishedMessage(message, [routingKey(message)]);
    if (binding.destinationExchange !== undefined) {
      this.#routing.route(vhost, binding.destinationExchange, routed, targets);
    }
    return targets;
  }
}
