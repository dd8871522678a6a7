// rabbitmqctl's commands about the node: is it up, what is it, what does it have.

import { setTimeout as wait } from 'node:timers/promises';
import { isStatus } from '../api-client.ts';
import { apiPath } from '../api-path.ts';
import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { bytesText } from '../output/cell.ts';
import { printable } from '../output/printable.ts';
import { at, countAt, isView, textAt, type View, viewsAt } from '../output/view.ts';
import {
  type CtlAnswer,
  type CtlCall,
  type CtlCommand,
  type CtlWorld,
  integerOption,
} from './ctl-call.ts';
import { plainColumns } from './ctl-columns.ts';
import { chooseCtlColumns } from './ctl-lists.ts';

const AWAIT_SECONDS = 300;
const AWAIT_INTERVAL_MS = 500;

const FLAG_COLUMNS = Object.fromEntries(
  ['name', 'state', 'stability', 'provided_by', 'desc', 'doc_url'].map((name) => [name, name]),
);

const overviewOf = ({ api }: CtlWorld) => api.get<View>(apiPath`/api/overview`);
const says = (text: string): CtlAnswer => ({ value: text, text });

/** Asks until the broker answers: entrypoint scripts wait for that before they declare things. */
async function awaitStartup(call: CtlCall, world: CtlWorld): Promise<void> {
  const seconds = integerOption(call, 'timeout', AWAIT_SECONDS);
  const endsMs = Date.now() + seconds * 1000;
  for (;;) {
    try {
      await overviewOf(world);
      return;
    } catch (error) {
      // Whoever refuses a password is up.
      if (isStatus(error, 401)) return;
      const isDown = error instanceof CommandError && error.exitCode === adminExitCodes.unavailable;
      if (!isDown) throw error;
    }
    if (Date.now() >= endsMs) {
      const text = `the broker did not answer within ${seconds} s`;
      throw new CommandError(adminExitCodes.timeout, text);
    }
    const { interrupted } = world.terminal;
    await wait(AWAIT_INTERVAL_MS, undefined, { signal: interrupted }).catch(() => {});
    if (interrupted.aborted) throw new CommandError(adminExitCodes.interrupted, 'interrupted');
  }
}

async function nodeOf(world: CtlWorld): Promise<{ overview: View; node: View }> {
  const overview = await overviewOf(world);
  const node = await world.api.get<View>(apiPath`/api/nodes/${textAt(overview, 'node')}`);
  return { overview, node };
}

const alarmsOf = (node: View): string[] => [
  ...(node['mem_alarm'] === true ? ['memory'] : []),
  ...(node['disk_free_alarm'] === true ? ['disk'] : []),
];

function listenerLines(overview: View): string[] {
  return viewsAt(overview, 'listeners').map(
    (each) =>
      `Interface: ${textAt(each, 'ip_address')}, port: ${countAt(each, 'port')}, protocol: ${textAt(each, 'protocol')}`,
  );
}

async function status(_: CtlCall, world: CtlWorld): Promise<CtlAnswer> {
  const { overview, node } = await nodeOf(world);
  const alarms = alarmsOf(node);
  const value = {
    rabbitmq_version: at(overview, 'rabbitmq_version'),
    product_name: at(overview, 'product_name'),
    product_version: at(overview, 'product_version'),
    node: at(overview, 'node'),
    cluster_name: at(overview, 'cluster_name'),
    pid: Number(at(node, 'os_pid')),
    uptime: Math.floor(countAt(node, 'uptime') / 1000),
    alarms,
    listeners: viewsAt(overview, 'listeners'),
    totals: at(overview, 'object_totals'),
  };
  const lines = [
    'Runtime',
    '',
    `OS PID: ${value.pid}`,
    `Uptime (seconds): ${value.uptime}`,
    `RabbitMQ version: ${value.rabbitmq_version}`,
    `Node name: ${value.node}`,
    `Memory used: ${bytesText(countAt(node, 'mem_used'))}`,
    '',
    'Alarms',
    '',
    alarms.length === 0 ? '(none)' : alarms.join(', '),
    '',
    'Totals',
    '',
    `Connection count: ${countAt(overview, 'object_totals.connections')}`,
    `Queue count: ${countAt(overview, 'object_totals.queues')}`,
    '',
    'Listeners',
    '',
    ...listenerLines(overview),
  ];
  return { value, text: printableText(lines) };
}

const printableText = (lines: readonly string[]): string => lines.map(printable).join('\n');

export const diagnosticCommands: Readonly<Record<string, CtlCommand>> = {
  await_startup: { usage: '', operands: [0, 0], run: awaitStartup },
  wait: { usage: '[<pidfile>]', operands: [0, 1], run: awaitStartup },
  status: {
    usage: '',
    operands: [0, 0],
    banner: () => 'Status of the node ...',
    run: status,
  },
  cluster_status: {
    usage: '',
    operands: [0, 0],
    banner: () => 'Cluster status of the node ...',
    run: async (_, world) => {
      const { overview, node: view } = await nodeOf(world);
      const name = textAt(overview, 'node');
      const alarms = alarmsOf(view);
      const value = {
        cluster_name: at(overview, 'cluster_name'),
        disk_nodes: [name],
        running_nodes: [name],
        partitions: {},
        alarms,
      };
      const lines = [
        `Cluster name: ${textAt(overview, 'cluster_name')}`,
        '',
        'Disk Nodes',
        '',
        name,
        '',
        'Running Nodes',
        '',
        name,
        '',
        'Alarms',
        '',
        alarms.length === 0 ? '(none)' : alarms.join(', '),
        '',
        'Network Partitions',
        '',
        '(none)',
      ];
      return { value, text: printableText(lines) };
    },
  },
  set_cluster_name: {
    usage: '<name>',
    operands: [1, 1],
    banner: ({ operands: [name = ''] }) => `Setting cluster name to ${printable(name)} ...`,
    run: async ({ operands: [name] }, { api }) => {
      await api.put(apiPath`/api/cluster-name`, { name });
    },
  },
  server_version: {
    usage: '',
    operands: [0, 0],
    banner: () => 'Asking the node for its RabbitMQ version...',
    run: async (_, world) => says(textAt(await overviewOf(world), 'rabbitmq_version')),
  },
  listeners: {
    usage: '',
    operands: [0, 0],
    banner: () => 'Asking the node to report its protocol listeners ...',
    run: async (_, world) => {
      const overview = await overviewOf(world);
      const value = { listeners: viewsAt(overview, 'listeners') };
      return { value, text: printableText(listenerLines(overview)) };
    },
  },
  alarms: {
    usage: '',
    operands: [0, 0],
    banner: () => 'Asking the node to report any known resource alarms ...',
    run: async (_, world) => {
      const { overview, node: view } = await nodeOf(world);
      const alarms = alarmsOf(view);
      const name = textAt(overview, 'node');
      const text =
        alarms.length === 0
          ? `Node ${name} reported no alarms, local or clusterwide`
          : alarms.map((each) => `Resource alarm: ${each}`).join('\n');
      return { value: { node: name, local: alarms, global: alarms }, text };
    },
  },
  memory_breakdown: {
    usage: '',
    operands: [0, 0],
    banner: () => 'Reporting memory breakdown ...',
    run: async (_, world) => {
      const name = textAt(await overviewOf(world), 'node');
      const answer = await world.api.get<View>(apiPath`/api/nodes/${name}/memory`);
      const memory = at(answer, 'memory');
      const parts = Object.entries(isView(memory) ? memory : {})
        .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
        .sort(([, one], [, other]) => other - one);
      const text = printableText(parts.map(([part, bytes]) => `${part}: ${bytesText(bytes)}`));
      return { value: Object.fromEntries(parts), text };
    },
  },
  list_node_auth_attempt_stats: {
    usage: '',
    operands: [0, 0],
    banner: () => 'Listing authentication attempts ...',
    run: async (_, world) => {
      const node = textAt(await overviewOf(world), 'node');
      return {
        rows: await world.api.get<View[]>(apiPath`/api/auth/attempts/${node}`),
        columns: plainColumns(
          'protocol auth_attempts auth_attempts_failed auth_attempts_succeeded',
        ),
      };
    },
  },
  list_feature_flags: {
    usage: '[<column> ...]',
    operands: [0, Number.POSITIVE_INFINITY],
    banner: () => 'Listing feature flags ...',
    run: async ({ operands }, { api }) => ({
      rows: await api.get<View[]>(apiPath`/api/feature-flags`),
      columns: chooseCtlColumns(FLAG_COLUMNS, 'name state', operands),
    }),
  },
  enable_feature_flag: {
    usage: '<name>|all',
    operands: [1, 1],
    banner: ({ operands: [name = ''] }) =>
      name === 'all'
        ? 'Enabling all feature flags ...'
        : `Enabling feature flag "${printable(name)}" ...`,
    run: async ({ operands: [name = ''] }, { api }) => {
      // Here all of them always are.
      if (name !== 'all') await api.put(apiPath`/api/feature-flags/${name}/enable`);
    },
  },
};
