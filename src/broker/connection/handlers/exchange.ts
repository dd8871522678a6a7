// Class exchange (40): the rules live in vhost/topology.ts.

import { commandInvalid } from '../../../protocol/amqp-error.ts';
import {
  EXCHANGE_BIND,
  EXCHANGE_BIND_OK,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  EXCHANGE_DELETE,
  EXCHANGE_DELETE_OK,
  EXCHANGE_UNBIND,
  EXCHANGE_UNBIND_OK,
  type ExchangeBind,
  type ExchangeDeclare,
  type ExchangeUnbind,
  type Method,
} from '../../../protocol/generated/methods.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import type { BindingRequest } from '../../vhost/requests.ts';
import type { Channel } from '../channel.ts';

export function handleExchangeMethod(channel: Channel, method: Method): void {
  const { topology } = channel.node;
  const { actor, vhost } = channel;
  switch (method.id) {
    case EXCHANGE_DECLARE:
      return declare(channel, method);
    case EXCHANGE_DELETE: {
      const change = topology.deleteExchange(actor, vhost, method.exchange, method.ifUnused);
      return channel.reply({ id: EXCHANGE_DELETE_OK }, method.noWait, change.isStored);
    }
    case EXCHANGE_BIND: {
      const change = topology.bind(actor, vhost, bindingOf(method));
      return channel.reply({ id: EXCHANGE_BIND_OK }, method.noWait, change.isStored);
    }
    case EXCHANGE_UNBIND: {
      const change = topology.unbind(actor, vhost, bindingOf(method));
      return channel.reply({ id: EXCHANGE_UNBIND_OK }, method.noWait, change.isStored);
    }
    default:
      throw commandInvalid('unimplemented method');
  }
}

function declare(channel: Channel, method: ExchangeDeclare): void {
  const { topology } = channel.node;
  let isStored = false;
  let exchange: Exchange;
  if (method.passive) {
    exchange = topology.checkExchange(channel.vhost, method.exchange);
  } else {
    ({ exchange, isStored } = topology.declareExchange(channel.actor, channel.vhost, {
      name: method.exchange,
      type: method.type,
      isDurable: method.durable,
      isAutoDelete: method.autoDelete,
      isInternal: method.internal,
      arguments: method.arguments,
    }));
  }
  channel.reply({ id: EXCHANGE_DECLARE_OK }, method.noWait, isStored, exchange.isDurable);
}

function bindingOf(method: ExchangeBind | ExchangeUnbind): BindingRequest {
  return {
    source: method.source,
    destinationKind: 'exchange',
    destination: method.destination,
    routingKey: method.routingKey,
    arguments: method.arguments,
  };
}
