// Exchange type `x-local-random` (RabbitMQ 4): one of the bound queues of this node, by chance. Only
// classic queues may be bound, with an empty key; on a node of its own every queue is local.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import type { FieldTable } from '../../protocol/field-table.ts';
import { queueTypeOf } from '../queue/arguments.ts';
import type { BindingDestination } from './binding.ts';
import { RandomRouter } from './random-router.ts';

export class LocalRandomRouter extends RandomRouter {
  override validate(
    routingKey: string,
    _bindingArguments: FieldTable,
    destination: BindingDestination,
  ): void {
    if (routingKey !== '') {
      throw preconditionFailed(`Non empty binding '${routingKey}' key not permitted`);
    }
    if (destination.queue === undefined) throw preconditionFailed('Destination not found');
    const type = queueTypeOf(destination.queue.arguments);
    if (typeof type === 'string' || type.name === 'classic') return;
    throw preconditionFailed(`Queue type ${type.moduleName} not valid for this exchange type`);
  }
}
