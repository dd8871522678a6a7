// rabbitmqctl's commands about vhosts, their limits, policies and parameters.

import { type ApiPath, apiPath } from '../api-path.ts';
import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';
import { at, isView, type View } from '../output/view.ts';
import { type CtlCall, type CtlCommand, type CtlWorld, integerOption } from './ctl-call.ts';
import { limitsText, plainColumns, q } from './ctl-columns.ts';
import { deleteOr, noSuchVhost, readJson, requireVhost } from './ctl-errors.ts';
import { chooseCtlColumns } from './ctl-lists.ts';

const VHOST_COLUMNS = {
  name: 'name',
  tracing: 'tracing',
  description: 'description',
  tags: 'tags',
  default_queue_type: 'default_queue_type',
  cluster_state: 'cluster_state',
};

async function setTracing(
  { vhost }: CtlCall,
  world: CtlWorld,
  tracing: boolean,
): Promise<{ value: string; text: string }> {
  const { description, tags } = await requireVhost(world, vhost);
  // A request without them would reset them.
  await world.api.put(apiPath`/api/vhosts/${vhost}`, { description, tags, tracing });
  const text = `Trace ${tracing ? 'enabled' : 'disabled'} for vhost ${printable(vhost)}`;
  return { value: text, text };
}

const vhosts: Readonly<Record<string, CtlCommand>> = {
  list_vhosts: {
    usage: '[<column> ...]',
    operands: [0, Number.POSITIVE_INFINITY],
    banner: () => 'Listing vhosts ...',
    run: async ({ operands }, { api }) => ({
      columns: chooseCtlColumns(VHOST_COLUMNS, 'name', operands),
      rows: await api.get<View[]>(apiPath`/api/vhosts`),
    }),
  },
  add_vhost: {
    usage: '<vhost> [--description <text>] [--tags <list>] [--default-queue-type <type>]',
    operands: [1, 1],
    options: ['description', 'tags', 'default-queue-type'],
    banner: ({ operands: [vhost] }) => `Adding vhost ${q(vhost)} ...`,
    run: async ({ operands: [vhost = ''], options }, { api }) => {
      const path = apiPath`/api/vhosts/${vhost}`;
      if ((await api.find(path)) !== undefined) return;
      const { description, tags, 'default-queue-type': type } = options;
      await api.put(path, {
        ...(description !== undefined && { description }),
        ...(tags !== undefined && { tags }),
        ...(type !== undefined && { default_queue_type: type }),
      });
    },
  },
  delete_vhost: {
    usage: '<vhost>',
    operands: [1, 1],
    banner: ({ operands: [vhost] }) => `Deleting vhost ${q(vhost)} ...`,
    run: ({ operands: [vhost = ''] }, world) => {
      const { exitCode, message } = noSuchVhost(vhost);
      return deleteOr(world, apiPath`/api/vhosts/${vhost}`, exitCode, message);
    },
  },
  restart_vhost: {
    usage: '[-p <vhost>]',
    operands: [0, 0],
    banner: ({ vhost }) => `Trying to restart vhost '${printable(vhost)}' ...`,
    run: async ({ vhost }, world) => {
      await requireVhost(world, vhost);
      const text = `Vhost '${printable(vhost)}' is already running`;
      return { value: text, text };
    },
  },
  trace_on: {
    usage: '[-p <vhost>]',
    operands: [0, 0],
    banner: ({ vhost }) => `Starting tracing for vhost ${q(vhost)} ...`,
    run: (call, world) => setTracing(call, world, true),
  },
  trace_off: {
    usage: '[-p <vhost>]',
    operands: [0, 0],
    banner: ({ vhost }) => `Stopping tracing for vhost ${q(vhost)} ...`,
    run: (call, world) => setTracing(call, world, false),
  },
};

const LIMITS = ['max-connections', 'max-queues'];

const limits: Readonly<Record<string, CtlCommand>> = {
  list_vhost_limits: {
    usage: '[-p <vhost>] [--global]',
    operands: [0, 0],
    options: ['global'],
    banner: ({ vhost, options: { global } }) =>
      global === true
        ? 'Listing limits for all vhosts ...'
        : `Listing limits for vhost ${q(vhost)} ...`,
    run: async ({ vhost, options: { global } }, world) => {
      const rows = await world.api.get<View[]>(apiPath`/api/vhost-limits`);
      if (global === true) {
        return { rows, columns: [...plainColumns('vhost'), { name: 'limits', read: limitsText }] };
      }
      await requireVhost(world, vhost);
      const value = at(
        rows.find((row) => row['vhost'] === vhost),
        'value',
      );
      return { value: value ?? {}, text: value === undefined ? '' : JSON.stringify(value) };
    },
  },
  set_vhost_limits: {
    usage: '[-p <vhost>] <definition>',
    operands: [1, 1],
    banner: ({ vhost, operands: [definition = ''] }) =>
      `Setting vhost limits to "${printable(definition)}" for vhost ${q(vhost)} ...`,
    run: async ({ vhost, operands: [definition = ''] }, world) => {
      const value = readJson(definition);
      await requireVhost(world, vhost);
      for (const [limit, most] of Object.entries(isView(value) ? value : {})) {
        await world.api.put(apiPath`/api/vhost-limits/${vhost}/${limit}`, { value: most });
      }
    },
  },
  clear_vhost_limits: {
    usage: '[-p <vhost>]',
    operands: [0, 0],
    banner: ({ vhost }) => `Clearing vhost ${q(vhost)} limits ...`,
    run: async ({ vhost }, world) => {
      const rows = await world.api.get<View[]>(apiPath`/api/vhost-limits`);
      const found = rows.find((row) => row['vhost'] === vhost);
      if (found === undefined) throw noParameter();
      for (const limit of LIMITS) {
        if (at(found, `value.${limit}`) === undefined) continue;
        await world.api.delete(apiPath`/api/vhost-limits/${vhost}/${limit}`);
      }
    },
  },
};

function noParameter(): CommandError {
  return new CommandError(adminExitCodes.unavailable, 'Parameter does not exist');
}

const policyColumns = [
  ...plainColumns('vhost name pattern apply-to'),
  { name: 'definition', read: (row: View) => JSON.stringify(row['definition']) },
  ...plainColumns('priority'),
];

const policyPath = (isOperator: boolean, vhost: string, name: string): ApiPath =>
  isOperator
    ? apiPath`/api/operator-policies/${vhost}/${name}`
    : apiPath`/api/policies/${vhost}/${name}`;

function policyCommands(isOperator: boolean): Readonly<Record<string, CtlCommand>> {
  const noun = isOperator ? 'operator_policy' : 'policy';
  const spoken = isOperator ? 'operator policy override' : 'policy';
  return {
    [isOperator ? 'list_operator_policies' : 'list_policies']: {
      usage: '[-p <vhost>]',
      operands: [0, 0],
      banner: ({ vhost }) =>
        `Listing ${isOperator ? 'operator policy overrides' : 'policies'} for vhost ${q(vhost)} ...`,
      run: async ({ vhost }, world) => {
        await requireVhost(world, vhost);
        const path = isOperator
          ? apiPath`/api/operator-policies/${vhost}`
          : apiPath`/api/policies/${vhost}`;
        return { rows: await world.api.get<View[]>(path), columns: policyColumns };
      },
    },
    [`set_${noun}`]: {
      usage: '[-p <vhost>] [--priority <n>] [--apply-to <what>] <name> <pattern> <definition>',
      operands: [3, 3],
      options: ['priority', 'apply-to'],
      banner: ({ operands: [name, pattern, definition = ''], options, vhost }) =>
        `Setting ${spoken} ${q(name)} for pattern ${q(pattern)} to "${printable(definition)}" with priority "${options['priority'] ?? 0}" for vhost ${q(vhost)} ...`,
      run: async (call, world) => {
        const {
          operands: [name = '', pattern, definition = ''],
          options,
          vhost,
        } = call;
        const value = readJson(definition);
        await requireVhost(world, vhost);
        await world.api.put(policyPath(isOperator, vhost, name), {
          pattern,
          definition: value,
          priority: integerOption(call, 'priority', 0),
          'apply-to': options['apply-to'] ?? (isOperator ? 'queues' : 'all'),
        });
      },
    },
    [`clear_${noun}`]: {
      usage: '[-p <vhost>] <name>',
      operands: [1, 1],
      banner: ({ operands: [name], vhost }) =>
        `Clearing ${spoken} ${q(name)} on vhost ${q(vhost)} ...`,
      run: ({ operands: [name = ''], vhost }, world) => {
        const { exitCode, message } = noParameter();
        return deleteOr(world, policyPath(isOperator, vhost, name), exitCode, message);
      },
    },
  };
}

const valueColumn = { name: 'value', read: (row: View) => JSON.stringify(row['value']) };

const parameters: Readonly<Record<string, CtlCommand>> = {
  list_parameters: {
    usage: '[-p <vhost>]',
    operands: [0, 0],
    banner: ({ vhost }) => `Listing runtime parameters for vhost ${q(vhost)} ...`,
    run: async ({ vhost }, world) => {
      await requireVhost(world, vhost);
      const all = await world.api.get<View[]>(apiPath`/api/parameters`);
      const rows = all.filter((row) => row['vhost'] === vhost);
      return { rows, columns: [...plainColumns('component name'), valueColumn] };
    },
  },
  set_parameter: {
    usage: '[-p <vhost>] <component> <name> <value>',
    operands: [3, 3],
    banner: ({ operands: [component, name, value = ''], vhost }) =>
      `Setting runtime parameter ${q(name)} for component ${q(component)} to "${printable(value)}" in vhost ${q(vhost)} ...`,
    run: async ({ operands: [component = '', name = '', json = ''], vhost }, { api }) => {
      const path = apiPath`/api/parameters/${component}/${vhost}/${name}`;
      await api.put(path, { value: readJson(json) });
    },
  },
  clear_parameter: {
    usage: '[-p <vhost>] <component> <name>',
    operands: [2, 2],
    banner: ({ operands: [component, name], vhost }) =>
      `Clearing runtime parameter ${q(name)} for component ${q(component)} on vhost ${q(vhost)} ...`,
    run: ({ operands: [component = '', name = ''], vhost }, world) => {
      const path = apiPath`/api/parameters/${component}/${vhost}/${name}`;
      return deleteOr(world, path, noParameter().exitCode, noParameter().message);
    },
  },
  list_global_parameters: {
    usage: '',
    operands: [0, 0],
    banner: () => 'Listing global runtime parameters ...',
    run: async (_, { api }) => ({
      rows: await api.get<View[]>(apiPath`/api/global-parameters`),
      columns: [...plainColumns('name'), valueColumn],
    }),
  },
  set_global_parameter: {
    usage: '<name> <value>',
    operands: [2, 2],
    banner: ({ operands: [name, value = ''] }) =>
      `Setting global runtime parameter ${q(name)} to "${printable(value)}" ...`,
    run: async ({ operands: [name = '', json = ''] }, { api }) => {
      await api.put(apiPath`/api/global-parameters/${name}`, { value: readJson(json) });
    },
  },
  clear_global_parameter: {
    usage: '<name>',
    operands: [1, 1],
    banner: ({ operands: [name] }) => `Clearing global runtime parameter ${q(name)} ...`,
    run: ({ operands: [name = ''] }, world) => {
      const { exitCode, message } = noParameter();
      return deleteOr(world, apiPath`/api/global-parameters/${name}`, exitCode, message);
    },
  },
};

export const vhostCommands: Readonly<Record<string, CtlCommand>> = {
  ...vhosts,
  ...limits,
  ...policyCommands(false),
  ...policyCommands(true),
  ...parameters,
};
