// THE list: which handler takes a method on an open channel, by its AMQP class.

import {
  commandInvalid,
  notImplemented,
  preconditionFailed,
} from '../../../protocol/amqp-error.ts';
import {
  ACCESS_REQUEST,
  ACCESS_REQUEST_OK,
  CHANNEL_FLOW,
  CHANNEL_FLOW_OK,
  CLASS_BASIC,
  CLASS_EXCHANGE,
  CLASS_QUEUE,
  CONFIRM_SELECT,
  CONFIRM_SELECT_OK,
  type Method,
  TX_COMMIT,
  TX_COMMIT_OK,
  TX_ROLLBACK,
  TX_ROLLBACK_OK,
  TX_SELECT,
  TX_SELECT_OK,
} from '../../../protocol/generated/methods.ts';
import { REJECTED, TAKEN } from '../../queue/enqueue-outcome.ts';
import type { Channel } from '../channel.ts';
import type { Transaction } from '../transaction.ts';
import { handleBasicMethod } from './basic.ts';
import { handleExchangeMethod } from './exchange.ts';
import { handleQueueMethod } from './queue.ts';

export function handleChannelMethod(channel: Channel, method: Method): void {
  switch (method.id >>> 16) {
    case CLASS_BASIC:
      return handleBasicMethod(channel, method);
    case CLASS_QUEUE:
      return handleQueueMethod(channel, method);
    case CLASS_EXCHANGE:
      return handleExchangeMethod(channel, method);
  }
  switch (method.id) {
    case CHANNEL_FLOW:
      if (!method.active) throw notImplemented('active=false');
      return channel.send({ id: CHANNEL_FLOW_OK, active: true });
    case ACCESS_REQUEST:
      return channel.send({ id: ACCESS_REQUEST_OK, ticket: 1 });
    case CONFIRM_SELECT:
      channel.selectConfirms();
      return channel.reply({ id: CONFIRM_SELECT_OK }, method.noWait, false);
    case TX_SELECT:
      channel.selectTransactions();
      return channel.send({ id: TX_SELECT_OK });
    case TX_COMMIT:
      return commit(channel);
    case TX_ROLLBACK: {
      const { tags, owners, positions } = transactionOf(channel).rollback();
      channel.unacked.restore(tags, owners, positions);
      return channel.send({ id: TX_ROLLBACK_OK });
    }
    default:
      throw commandInvalid('unimplemented method');
  }
}

function transactionOf(channel: Channel): Transaction {
  if (channel.transaction === undefined) throw preconditionFailed('channel is not transactional');
  return channel.transaction;
}

/** commit-ok follows once all of it is durable. */
function commit(channel: Channel): void {
  const transaction = transactionOf(channel);
  let outcome = TAKEN;
  const { message } = channel.node;
  const { publishing } = channel;
  transaction.commit(message, {
    enqueue: (exchange, targets, isMandatory) => {
      outcome |= publishing.enqueue(message, exchange, targets, isMandatory);
    },
    publishLate: (late, isMandatory) => {
      outcome |= publishing.publishLate(message, late, isMandatory);
    },
  });
  channel.windowHasRoom();
  if ((outcome & REJECTED) !== 0) throw preconditionFailed('partial tx completion');
  channel.connection.output.holdUntilDurable();
  channel.send({ id: TX_COMMIT_OK });
}
