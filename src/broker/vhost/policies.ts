// Policies as operators set them: checked, stored, and applied to what is there. The queues and
// exchanges that are declared later ask their vhost.

import { DecodeError } from '../../protocol/decode-error.ts';
import { NotFoundError, ValidationError } from '../../util/request-errors.ts';
import type { BrokerEvents } from '../events.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Limits } from '../limits.ts';
import type { Metadata, MetadataRecord } from '../metadata.ts';
import type { CompilePattern } from '../name-pattern.ts';
import { POLICY_KINDS, type Policy, type PolicyKind } from '../policy/policy.ts';
import { checkPolicy, type PolicyFields } from '../policy/policy-validation.ts';
import type { Queue } from '../queue/queue.ts';
import type { IdSequence } from './id-sequence.ts';
import { policyCleared, policySet } from './parameter-events.ts';
import { putPolicy, RecordError, RecordFields } from './records.ts';
import type { VirtualHost } from './vhost.ts';
import type { VirtualHosts } from './vhosts.ts';

/** Longest name of a policy, in octets. */
const NAME_BYTES_MAX = 255;

export interface PoliciesContext {
  readonly metadata: Metadata;
  readonly ids: IdSequence;
  readonly limits: Limits;
  readonly vhosts: VirtualHosts;
  readonly events: BrokerEvents;
  readonly compilePattern: CompilePattern;
  /** What exchanges do with messages before they route them may have changed. */
  readonly equipExchange: (exchange: Exchange) => void;
}

export class Policies {
  readonly #context: PoliciesContext;

  constructor(context: PoliciesContext) {
    this.#context = context;
  }

  /** Sets or replaces a policy. Throws ValidationError or NotFoundError and changes nothing then. */
  set(kind: PolicyKind, vhostName: string, name: string, fields: PolicyFields): void {
    const { metadata, ids, limits, vhosts, events, compilePattern } = this.#context;
    const vhost = vhosts.existing(vhostName);
    requireName(name);
    const checked = checkPolicy(kind, fields, compilePattern);
    const known = vhost.policies.get(kind, name);
    if (known === undefined && vhost.policies.count >= limits.policiesPerVhostMax) {
      throw new ValidationError(
        `policy limit in vhost '${vhostName}' (${limits.policiesPerVhostMax}) is reached`,
      );
    }
    const policy: Policy = { id: known?.id ?? ids.take(), name, ...checked };
    // The same again must not restart what runs (the time until an unused queue is deleted).
    if (known !== undefined && isSame(known, policy)) return;
    putPolicy(metadata, kind, vhostName, policy);
    vhost.policies.put(kind, policy);
    const changed = this.#reapply(vhost, kind, name);
    policySet(events, kind, vhostName, policy, changed);
  }

  /** Throws NotFoundError when there is no such policy. */
  clear(kind: PolicyKind, vhostName: string, name: string): void {
    const vhost = this.#context.vhosts.existing(vhostName);
    const policy = vhost.policies.get(kind, name);
    if (policy === undefined) throw new NotFoundError('Parameter does not exist');
    this.#context.metadata.delete(kind, policy.id);
    vhost.policies.delete(kind, name);
    const changed = this.#reapply(vhost, kind, name);
    policyCleared(this.#context.events, kind, vhostName, name, changed);
  }

  /** At start, when vhosts, exchanges and queues are back. Returns a line per record without use. */
  recover(records: readonly MetadataRecord[]): string[] {
    const unusable: string[] = [];
    for (const record of records) {
      const kind = POLICY_KINDS.find((one) => one === record.kind);
      if (kind === undefined) continue;
      try {
        this.#recoverOne(kind, record);
      } catch (error) {
        const isExpected =
          error instanceof RecordError ||
          error instanceof DecodeError ||
          error instanceof ValidationError ||
          error instanceof NotFoundError;
        if (!isExpected) throw error;
        unusable.push(`${kind} ${record.id}: ${error.message}`);
      }
    }
    for (const vhost of this.#context.vhosts.all()) this.#applyToAll(vhost);
    return unusable;
  }

  #recoverOne(kind: PolicyKind, record: MetadataRecord): void {
    const fields = new RecordFields(record);
    const vhost = this.#context.vhosts.existing(fields.text('vhost'));
    const checked = checkPolicy(
      kind,
      {
        pattern: fields.text('pattern'),
        definition: fields.json('definition'),
        priority: fields.number('priority'),
        'apply-to': fields.text('apply-to'),
      },
      this.#context.compilePattern,
    );
    vhost.policies.put(kind, { id: record.id, name: fields.text('name'), ...checked });
  }

  /** That policy was set, changed or cleared: the queues for which something else holds now. */
  #reapply(vhost: VirtualHost, kind: PolicyKind, name: string): Queue[] {
    const { policies } = vhost;
    const changed: Queue[] = [];
    for (const queue of vhost.queues.values()) {
      if (!policies.concernsQueue(kind, name, queue)) continue;
      if (policies.applyToQueue(queue)) changed.push(queue);
    }
    this.#applyToExchanges(vhost);
    return changed;
  }

  #applyToAll(vhost: VirtualHost): void {
    if (vhost.policies.count === 0) return;
    for (const queue of vhost.queues.values()) vhost.policies.applyToQueue(queue);
    this.#applyToExchanges(vhost);
  }

  #applyToExchanges(vhost: VirtualHost): void {
    for (const exchange of vhost.exchanges.values()) {
      if (vhost.policies.applyToExchange(exchange)) vhost.topologyRevision++;
      this.#context.equipExchange(exchange);
    }
  }
}

function requireName(name: string): void {
  const { length } = Buffer.from(name, 'utf8');
  if (length > 0 && length <= NAME_BYTES_MAX) return;
  throw new ValidationError(`a policy's name has 1 to ${NAME_BYTES_MAX} octets, not ${length}`);
}

function isSame(one: Policy, other: Policy): boolean {
  const textOf = ({ pattern, applyTo, priority, definition }: Policy) =>
    JSON.stringify([pattern.text, applyTo, priority, [...definition]]);
  return textOf(one) === textOf(other);
}
