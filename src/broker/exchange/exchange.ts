// One exchange: what was declared, its edges, and the router of its type. Topology alone changes the
// edges; `bindings` and `router` always hold the same set.

import type { FieldTable } from '../../protocol/field-table.ts';
import { type AppliedPolicies, NO_POLICIES } from '../applied-policies.ts';
import type { Intake, IntakeOwner } from '../intake.ts';
import { ExchangeCounts } from '../metrics/resource-counts.ts';
import type { Binding } from './binding.ts';
import type { Router } from './router.ts';

/** What is fixed when an exchange is declared. */
export interface ExchangeDefinition {
  readonly vhostName: string;
  readonly name: string;
  readonly type: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  readonly isInternal: boolean;
  readonly arguments: FieldTable;
  /** Id of its metadata record (kind `exchange`); 0 when it is not stored (predeclared, transient). */
  readonly id: number;
}

export class Exchange implements ExchangeDefinition, IntakeOwner {
  readonly vhostName: string;
  readonly name: string;
  readonly type: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  readonly isInternal: boolean;
  readonly arguments: FieldTable;
  /** Given late to a predeclared one, which has a record once it holds messages back. */
  id: number;
  /** Names it in the journal, once it holds messages back; 0 before. */
  storageId: number;
  /** Undefined for almost all: the exchange routes what it gets. */
  intake: Intake | undefined = undefined;
  readonly router: Router;
  /** Bindings with this exchange as their source, by `Binding.key`. */
  readonly bindings = new Map<string, Binding>();
  /** Bindings from other exchanges that lead here. */
  readonly incomingBindings = new Set<Binding>();
  /** Where messages go that no binding matched. */
  alternateExchange: string | undefined;
  policies: AppliedPolicies = NO_POLICIES;
  readonly counts: ExchangeCounts = new ExchangeCounts(this);
  /** The last route of the vhost (`VirtualHost.routeEpoch`) that visited this exchange. */
  routeEpoch = 0;

  constructor(definition: ExchangeDefinition, router: Router) {
    this.vhostName = definition.vhostName;
    this.name = definition.name;
    this.type = definition.type;
    this.isDurable = definition.isDurable;
    this.isAutoDelete = definition.isAutoDelete;
    this.isInternal = definition.isInternal;
    this.arguments = definition.arguments;
    this.id = definition.id;
    this.storageId = definition.id;
    this.router = router;
    this.alternateExchange = this.#alternateExchange();
  }

  /** Kept by topology. True when the change may alter routes. */
  applyPolicies(policies: AppliedPolicies): boolean {
    const before = this.alternateExchange;
    this.policies = policies;
    this.alternateExchange = this.#alternateExchange();
    return this.alternateExchange !== before;
  }

  /** The argument goes before a policy. */
  #alternateExchange(): string | undefined {
    const argument = this.arguments.get('alternate-exchange');
    const name =
      argument?.type === 'S'
        ? argument.value.toString('utf8')
        : this.policies.definition.get('alternate-exchange');
    // RabbitMQ routes nothing through the default exchange as an alternate.
    return typeof name === 'string' && name !== '' ? name : undefined;
  }
}
