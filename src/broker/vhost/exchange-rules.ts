// What a client may do with exchanges, in RabbitMQ's order of checks.

import { accessRefused, notFound, preconditionFailed } from '../../protocol/amqp-error.ts';
import { type FieldTable, fieldTypeName } from '../../protocol/field-table.ts';
import type { Actor } from '../actor.ts';
import { requireType } from '../exchange/delayed-message-router.ts';
import { Exchange } from '../exchange/exchange.ts';
import { validateExchangeArguments } from '../exchange/exchange-arguments.ts';
import { EXCHANGE_TYPES } from '../exchange/exchange-types.ts';
import type { Router } from '../exchange/router.ts';
import { requireSameArguments, requireSameField } from './equivalence.ts';
import {
  isReservedName,
  requireNotDefaultExchange,
  requireShort,
  requireUnreservedName,
  stripCrLf,
} from './names.ts';
import { requirePermission, resourceText } from './permissions.ts';
import { putExchange } from './records.ts';
import type { Removal } from './removal.ts';
import type {
  DeclaredExchange,
  ExchangeDeclaration,
  TopologyChange,
  TopologyContext,
} from './requests.ts';
import type { VirtualHost } from './vhost.ts';

const ALTERNATE_EXCHANGE = 'alternate-exchange';

export class ExchangeRules {
  readonly #context: TopologyContext;
  readonly #removal: Removal;

  constructor(context: TopologyContext, removal: Removal) {
    this.#context = context;
    this.#removal = removal;
  }

  declare(actor: Actor, vhost: VirtualHost, declaration: ExchangeDeclaration): DeclaredExchange {
    const type = requireType(EXCHANGE_TYPES, declaration.type);
    const name = stripCrLf(declaration.name);
    requireNotDefaultExchange(name);
    requireShort('exchange', name);
    const { access } = this.#context;
    requirePermission(access, actor, vhost.name, 'configure', 'exchange', name);
    const existing = vhost.exchanges.get(name);
    if (existing !== undefined) {
      requireEquivalent(existing, declaration);
      return { exchange: existing, isStored: false };
    }
    requireUnreservedName('exchange', name);
    const alternate = alternateExchangeOf(vhost.name, name, declaration.arguments);
    if (alternate !== undefined) {
      requirePermission(access, actor, vhost.name, 'read', 'exchange', name);
      requirePermission(access, actor, vhost.name, 'write', 'exchange', alternate);
    }
    const resource = resourceText('exchange', name, vhost.name);
    validateExchangeArguments(resource, declaration.arguments);
    type.validateArguments(declaration.arguments, resource);
    this.#requireRoom(vhost, name);
    const router = type.createRouter(declaration.arguments);
    const declared = this.#create(vhost, name, declaration, router);
    this.#context.events.exchangeCreated(declared.exchange, actor.user.name);
    return declared;
  }

  /** Passive declare. */
  check(vhost: VirtualHost, declaredName: string): Exchange {
    const name = stripCrLf(declaredName);
    requireNotDefaultExchange(name);
    return requireExchange(vhost, name);
  }

  delete(
    actor: Actor,
    vhost: VirtualHost,
    declaredName: string,
    ifUnused: boolean,
  ): TopologyChange {
    const name = stripCrLf(declaredName);
    requireNotDefaultExchange(name);
    const resource = resourceText('exchange', name, vhost.name);
    if (isReservedName(name)) {
      throw accessRefused(`deletion of system ${resource} not allowed`);
    }
    requirePermission(this.#context.access, actor, vhost.name, 'configure', 'exchange', name);
    const exchange = vhost.exchanges.get(name);
    if (exchange === undefined) return { isStored: false };
    if (ifUnused && exchange.bindings.size > 0) throw preconditionFailed(`${resource} in use`);
    return { isStored: this.#removal.removeExchange(vhost, exchange, actor.user.name) };
  }

  #requireRoom(vhost: VirtualHost, name: string): void {
    const max = this.#context.limits.exchangesPerVhostMax;
    if (vhost.exchanges.size < max) return;
    throw preconditionFailed(
      `cannot declare ${resourceText('exchange', name, vhost.name)}: exchange limit of ${max} is reached`,
    );
  }

  #create(
    vhost: VirtualHost,
    name: string,
    declaration: ExchangeDeclaration,
    router: Router,
  ): DeclaredExchange {
    const { ids, metadata } = this.#context;
    const { type, isDurable, isAutoDelete, isInternal } = declaration;
    const id = isDurable ? ids.take() : 0;
    const exchange = new Exchange(
      {
        vhostName: vhost.name,
        name,
        type,
        isDurable,
        isAutoDelete,
        isInternal,
        arguments: declaration.arguments,
        id,
      },
      router,
    );
    vhost.exchanges.set(name, exchange);
    vhost.policies.applyToExchange(exchange);
    this.#context.equipExchange(exchange);
    vhost.topologyRevision++;
    if (isDurable) putExchange(metadata, exchange);
    return { exchange, isStored: isDurable };
  }
}

/** Throws 404. */
export function requireExchange(vhost: VirtualHost, name: string): Exchange {
  const exchange = vhost.exchanges.get(name);
  if (exchange !== undefined) return exchange;
  throw notFound(`no ${resourceText('exchange', name, vhost.name)}`);
}

function requireEquivalent(existing: Exchange, declaration: ExchangeDeclaration): void {
  const resource = resourceText('exchange', existing.name, existing.vhostName);
  requireSameField(resource, 'type', declaration.type, existing.type);
  requireSameField(resource, 'durable', declaration.isDurable, existing.isDurable);
  requireSameField(resource, 'auto_delete', declaration.isAutoDelete, existing.isAutoDelete);
  requireSameField(resource, 'internal', declaration.isInternal, existing.isInternal);
  requireSameArguments(resource, [ALTERNATE_EXCHANGE], declaration.arguments, existing.arguments);
}

function alternateExchangeOf(
  vhostName: string,
  name: string,
  exchangeArguments: FieldTable,
): string | undefined {
  const value = exchangeArguments.get(ALTERNATE_EXCHANGE);
  if (value === undefined) return undefined;
  if (value.type === 'S') return value.value.toString('utf8');
  const resource = resourceText('exchange', name, vhostName);
  throw preconditionFailed(
    `invalid type '${fieldTypeName(value.type)}' for arg '${ALTERNATE_EXCHANGE}' in ${resource}`,
  );
}
