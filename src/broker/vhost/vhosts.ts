// All virtual hosts of the node by name. Deleting one ends everything in it; its connections are the
// caller's to close first.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import type { Limits } from '../limits.ts';
import type { Metadata } from '../metadata.ts';
import type { IdSequence } from './id-sequence.ts';
import { deleteRecordsOf, putVirtualHost } from './records.ts';
import { VirtualHost } from './vhost.ts';

export class VirtualHosts {
  readonly #metadata: Metadata;
  readonly #ids: IdSequence;
  readonly #limits: Limits;
  readonly #byName = new Map<string, VirtualHost>();

  constructor(metadata: Metadata, ids: IdSequence, limits: Limits) {
    this.#metadata = metadata;
    this.#ids = ids;
    this.#limits = limits;
  }

  get count(): number {
    return this.#byName.size;
  }

  get(name: string): VirtualHost | undefined {
    return this.#byName.get(name);
  }

  all(): IterableIterator<VirtualHost> {
    return this.#byName.values();
  }

  /** The vhost of that name, made and stored when it does not exist. */
  create(name: string): VirtualHost {
    const existing = this.#byName.get(name);
    if (existing !== undefined) return existing;
    if (this.#byName.size >= this.#limits.vhostsMax) {
      throw preconditionFailed(
        `cannot create vhost '${name}': vhost limit of ${this.#limits.vhostsMax} is reached`,
      );
    }
    const vhost = this.restore(name, this.#ids.take());
    putVirtualHost(this.#metadata, vhost);
    return vhost;
  }

  /** At start: a vhost that is stored already. */
  restore(name: string, id: number): VirtualHost {
    const vhost = new VirtualHost(name, id);
    this.#byName.set(name, vhost);
    return vhost;
  }

  /** False when there is none of that name. */
  delete(name: string): boolean {
    const vhost = this.#byName.get(name);
    if (vhost === undefined) return false;
    this.#byName.delete(name);
    deleteRecordsOf(this.#metadata, vhost);
    for (const exchange of vhost.exchanges.values()) exchange.intake?.drop();
    const queues = [...vhost.queues.values()];
    vhost.queues.clear();
    vhost.exchanges.clear();
    vhost.bindingCount = 0;
    vhost.topologyRevision++;
    for (const queue of queues) queue.remove();
    return true;
  }
}
