// Exchange type `x-recent-history`: a fanout that remembers its last messages; a new binding gets them
// first. The header x-recent-history-no-store keeps a message out.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import type { FieldTable, FieldType } from '../../protocol/field-table.ts';
import { formatTerm } from '../../protocol/field-value.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import type { Binding } from './binding.ts';
import { BindingList } from './binding-list.ts';
import { RecentHistory } from './recent-history.ts';
import type { Reached, RoutedMessage, Router } from './router.ts';

const LENGTH_ARGUMENT = 'x-recent-history-length';
const NO_STORE_HEADER = 'x-recent-history-no-store';
const LENGTH_DEFAULT = 20;
/** RabbitMQ takes signed integers only. */
const LENGTH_TYPES: readonly FieldType[] = ['b', 's', 'I', 'l', 'L'];

export class RecentHistoryRouter implements Router {
  readonly usesEveryKey = false;
  /** Every message has to pass here. */
  readonly isCacheable = false;
  readonly history: RecentHistory;
  readonly #all = new BindingList();

  constructor(exchangeArguments: FieldTable) {
    const length = exchangeArguments.get(LENGTH_ARGUMENT);
    this.history = new RecentHistory(
      length === undefined ? LENGTH_DEFAULT : Number(length.value),
      DEFAULT_LIMITS.exchangeHistoryBytesMax,
    );
  }

  validate(): void {}

  bind(binding: Binding): void {
    this.#all.add(binding);
  }

  unbind(binding: Binding): void {
    this.#all.remove(binding);
  }

  route(_routingKey: string, message: RoutedMessage, reached: Reached): void {
    const noStore = message.headers().get(NO_STORE_HEADER);
    if (noStore?.type !== 't' || !noStore.value) this.history.keep(message.incoming());
    this.#all.reachAll(reached);
  }
}

/** Throws AmqpError. */
export function validateHistoryArguments(exchangeArguments: FieldTable): void {
  const length = exchangeArguments.get(LENGTH_ARGUMENT);
  if (length === undefined) return;
  if (LENGTH_TYPES.includes(length.type) && Number(length.value) > 0) return;
  throw preconditionFailed(
    `Invalid argument ${formatTerm(length)}, '${LENGTH_ARGUMENT}' must be a positive integer`,
  );
}
