// THE list of what definitions hold, in the order of the import: what something refers to comes before it.

import { localAdministrator } from '../../auth/local-administrator.ts';
import type { Actor } from '../../broker/actor.ts';
import { bindingKey } from '../../broker/exchange/binding.ts';
import type { FieldTable } from '../../protocol/field-table.ts';
import { tablesEqual } from '../../protocol/field-value.ts';
import { ValidationError } from '../../util/request-errors.ts';
import type { AdminNode } from '../admin-node.ts';
import { setGlobalParameter } from '../cluster.ts';
import type { View } from '../columns.ts';
import { tableOfJson } from '../field-json.ts';
import { CLUSTER_ID } from '../global-parameters.ts';
import { setUserLimit } from '../limits.ts';
import { putParameter } from '../parameters.ts';
import { putPermission, putTopicPermission } from '../permissions.ts';
import { putPolicy } from '../policies.ts';
import { preparedUser, putUser } from '../users.ts';
import { putVhost, vhostExists } from '../vhosts.ts';
import type { DefinitionItem } from './definition-item.ts';

/** `same` and `other`: it is there already, and is left as it is; `other` is worth a word. */
export type ItemState = 'new' | 'changed' | 'same' | 'other';

export interface DefinitionKind {
  /** The key in the file. */
  readonly section: string;
  /** False: none of a vhost's own. */
  readonly isOfVhost: boolean;
  /** How a report names it. */
  name(item: DefinitionItem): string;
  state(node: AdminNode, item: DefinitionItem): ItemState;
  /** `userName`: who imports. Throws ValidationError, NotFoundError or AmqpError, and changes nothing then. */
  apply(node: AdminNode, item: DefinitionItem, userName: string | undefined): void;
}

/** Whoever may import definitions may have made all of this in any vhost. */
const actor: Actor = { user: localAdministrator, connection: {} };

const users: DefinitionKind = {
  section: 'users',
  isOfVhost: false,
  name: (item) => item.text('name'),
  state: (node, item) => (node.users.has(item.text('name')) ? 'changed' : 'new'),
  apply(node, item) {
    const limits = item.object('limits');
    // One that is a text became a hash before.
    if (item.optional('password') !== undefined) item.text('password');
    const name = item.text('name');
    putUser(node, name, preparedUser(node, userFields(item)));
    for (const [limit, value] of Object.entries(limits)) setUserLimit(node, name, limit, value);
  },
};

const vhosts: DefinitionKind = {
  section: 'vhosts',
  isOfVhost: false,
  name: (item) => item.text('name'),
  state: (node, item) => (vhostExists(node, item.text('name')) ? 'changed' : 'new'),
  // Who makes a vhost may use it, as in RabbitMQ.
  apply(node, item, userName) {
    const given: View = { ...item.object('metadata'), ...item.fields };
    const fields = Object.fromEntries(
      ['description', 'tags', 'default_queue_type', 'protected_from_deletion', 'tracing']
        .filter((key) => given[key] !== undefined)
        .map((key) => [key, given[key]]),
    );
    putVhost(node, item.text('name'), fields, userName);
  },
};

const permissions: DefinitionKind = {
  section: 'permissions',
  isOfVhost: false,
  name: (item) => `${item.text('user')} in ${item.vhost}`,
  state: () => 'changed',
  apply(node, item) {
    requireUserAndVhost(node, item);
    putPermission(node, item.vhost, item.text('user'), {
      configure: item.text('configure'),
      write: item.text('write'),
      read: item.text('read'),
    });
  },
};

const topicPermissions: DefinitionKind = {
  section: 'topic_permissions',
  isOfVhost: false,
  name: (item) => `${item.text('user')} in ${item.vhost}`,
  state: () => 'changed',
  apply(node, item) {
    requireUserAndVhost(node, item);
    const patterns = { write: item.text('write'), read: item.text('read') };
    putTopicPermission(node, item.vhost, item.text('user'), item.text('exchange'), patterns);
  },
};

const globalParameters: DefinitionKind = {
  section: 'global_parameters',
  isOfVhost: false,
  name: (item) => item.text('name'),
  state(node, item) {
    // It tells this cluster from the one that the file comes from.
    if (item.text('name') === CLUSTER_ID) return 'same';
    return node.globalParameters.has(item.text('name')) ? 'changed' : 'new';
  },
  apply: (node, item) => void setGlobalParameter(node, item.text('name'), item.any('value')),
};

const policies: DefinitionKind = {
  section: 'policies',
  isOfVhost: true,
  name: (item) => `${item.vhost}/${item.text('name')}`,
  state: () => 'changed',
  apply(node, item) {
    requireVhost(node, item);
    inParameterWords(item, () =>
      putPolicy(node, 'policy', item.vhost, item.text('name'), {
        pattern: item.optional('pattern'),
        definition: item.optional('definition'),
        priority: item.optional('priority') ?? 0,
        'apply-to': item.optional('apply-to') ?? 'all',
      }),
    );
  },
};

const parameters: DefinitionKind = {
  section: 'parameters',
  isOfVhost: true,
  name: (item) => `${item.vhost}/${item.text('component')}/${item.text('name')}`,
  state: () => 'changed',
  apply(node, item) {
    requireVhost(node, item);
    inParameterWords(item, () =>
      putParameter(node, item.text('component'), item.vhost, item.text('name'), item.any('value')),
    );
  },
};

const exchanges: DefinitionKind = {
  section: 'exchanges',
  isOfVhost: true,
  name: (item) => `${item.vhost}/${item.text('name')}`,
  state(node, item) {
    const known = node.broker.vhosts.get(item.vhost)?.exchanges.get(item.text('name'));
    if (known === undefined) return 'new';
    const wanted = exchangeDeclaration(item);
    const isSame =
      known.type === wanted.type &&
      known.isDurable === wanted.isDurable &&
      known.isAutoDelete === wanted.isAutoDelete &&
      known.isInternal === wanted.isInternal &&
      tablesEqual(known.arguments, wanted.arguments);
    return isSame ? 'same' : 'other';
  },
  apply(node, item) {
    const vhost = requireVhost(node, item);
    node.broker.topology.declareExchange(actor, vhost, exchangeDeclaration(item));
  },
};

const queues: DefinitionKind = {
  section: 'queues',
  isOfVhost: true,
  name: (item) => `${item.vhost}/${item.text('name')}`,
  state(node, item) {
    const known = node.broker.vhosts.get(item.vhost)?.queues.get(item.text('name'));
    if (known === undefined) return 'new';
    const wanted = queueDeclaration(item);
    const isSame =
      known.isDurable === wanted.isDurable &&
      known.isAutoDelete === wanted.isAutoDelete &&
      tablesEqual(known.arguments, wanted.arguments);
    return isSame ? 'same' : 'other';
  },
  apply(node, item) {
    const vhost = requireVhost(node, item);
    node.broker.topology.declareQueue(actor, vhost, queueDeclaration(item));
  },
};

const bindings: DefinitionKind = {
  section: 'bindings',
  isOfVhost: true,
  name: (item) => `${item.vhost}/${item.text('source')} to ${item.text('destination')}`,
  state(node, item) {
    const source = node.broker.vhosts.get(item.vhost)?.exchanges.get(item.text('source'));
    const { destinationKind, destination, routingKey, arguments: table } = bindingRequest(item);
    const key = bindingKey(destinationKind, destination, routingKey, table);
    return source?.bindings.has(key) === true ? 'same' : 'new';
  },
  apply(node, item) {
    const vhost = requireVhost(node, item);
    node.broker.topology.bind(actor, vhost, bindingRequest(item));
  },
};

export const DEFINITION_KINDS: readonly DefinitionKind[] = [
  users,
  vhosts,
  permissions,
  exchanges,
  topicPermissions,
  globalParameters,
  policies,
  parameters,
  queues,
  bindings,
];

function requireVhost(node: AdminNode, item: DefinitionItem) {
  const vhost = node.broker.vhosts.get(item.vhost);
  if (vhost === undefined) throw new ValidationError(`no_such_vhost: ${item.vhost}`);
  return vhost;
}

function requireUserAndVhost(node: AdminNode, item: DefinitionItem): void {
  const user = item.text('user');
  if (!node.users.has(user)) throw new ValidationError(`no_such_user: ${user}`);
  requireVhost(node, item);
}

/** RabbitMQ's words around why a parameter was refused. */
function inParameterWords(item: DefinitionItem, make: () => unknown): void {
  try {
    make();
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const component = item.optional('component');
    const place = [item.vhost, ...(component === undefined ? [] : [component]), item.text('name')];
    throw new ValidationError(`Validation failed\n\n${error.message}\n (${place.join('/')})`);
  }
}

/** Clear passwords are hashed before the import begins. */
function userFields(item: DefinitionItem): View {
  const keys = ['password', 'password_hash', 'hashing_algorithm', 'tags', 'administrator'];
  return Object.fromEntries(
    keys.map((key) => [key, item.optional(key)]).filter(([, value]) => value !== undefined),
  );
}

function argumentsOf(item: DefinitionItem): FieldTable {
  return tableOfJson('arguments', item.object('arguments'));
}

function exchangeDeclaration(item: DefinitionItem) {
  return {
    name: item.text('name'),
    type: item.text('type'),
    isDurable: item.boolean('durable', false),
    isAutoDelete: item.boolean('auto_delete', false),
    isInternal: item.boolean('internal', false),
    arguments: argumentsOf(item),
  };
}

function queueDeclaration(item: DefinitionItem) {
  return {
    name: item.text('name'),
    isDurable: item.boolean('durable', false),
    isExclusive: false,
    isAutoDelete: item.boolean('auto_delete', false),
    arguments: argumentsOf(item),
  };
}

function bindingRequest(item: DefinitionItem) {
  const type = item.text('destination_type');
  if (type !== 'queue' && type !== 'exchange') {
    throw new ValidationError(`destination_type '${type}' is neither queue nor exchange`);
  }
  return {
    source: item.text('source'),
    destinationKind: type,
    destination: item.text('destination'),
    routingKey: item.text('routing_key'),
    arguments: argumentsOf(item),
  } as const;
}
