// rabbitmqctl's and rabbitmq-diagnostics' commands about the node: is it up, is it well, what is it.

import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiError } from '../api-error.ts';
import { type ApiPath, apiPath } from '../api-path.ts';
import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { bytesText } from '../output/cell.ts';
import { printable } from '../output/printable.ts';
import { at, countAt, isView, textAt, type View, viewsAt } from '../output/view.ts';
import type { CtlAnswer, CtlCall, CtlCommand, CtlWorld } from './ctl-call.ts';

const AWAIT_SECONDS = 300;
const AWAIT_INTERVAL_MS = 500;
const CONNECT_TIMEOUT_MS = 5_000;

const overviewOf = ({ api }: CtlWorld) => api.get<View>(apiPath`/api/overview`);
const says = (text: string): CtlAnswer => ({ value: text, text });

/** Asks until the broker answers: entrypoint scripts wait for that before they declare things. */
async function awaitStartup({ options }: CtlCall, world: CtlWorld): Promise<void> {
  const seconds = Number(options['timeout'] ?? AWAIT_SECONDS);
  const endsMs = Date.now() + seconds * 1000;
  for (;;) {
    try {
      await overviewOf(world);
      return;
    } catch (error) {
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

/** A health check of the API; a failed one ends with 69 and its reason. */
function check(
  path: (operand: string) => ApiPath,
  passed: (node: string, operand: string) => string,
  usage = '',
): CtlCommand {
  const count = usage === '' ? 0 : 1;
  return {
    usage,
    operands: [count, count],
    run: async ({ operands: [operand = ''] }, world) => {
      const node = textAt(await overviewOf(world), 'node') || 'warren';
      try {
        await world.api.get(path(operand));
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 503) throw error;
        throw new CommandError(adminExitCodes.unavailable, printable(error.reason));
      }
      return says(passed(node, printable(operand)));
    },
  };
}

const checks: Readonly<Record<string, CtlCommand>> = {
  ping: {
    usage: '',
    operands: [0, 0],
    banner: () => 'Will ping the broker ...',
    run: async (_, world) => {
      await overviewOf(world);
      return says('Ping succeeded');
    },
  },
  check_running: {
    usage: '',
    operands: [0, 0],
    run: async (_, world) => {
      const node = textAt(await overviewOf(world), 'node') || 'warren';
      return says(`RabbitMQ on node ${node} is fully booted and running`);
    },
  },
  check_local_alarms: check(
    () => apiPath`/api/health/checks/local-alarms`,
    (node) => `Node ${node} reported no local alarms`,
  ),
  check_alarms: check(
    () => apiPath`/api/health/checks/alarms`,
    (node) => `Node ${node} reported no alarms, local or clusterwide`,
  ),
  check_virtual_hosts: check(
    () => apiPath`/api/health/checks/virtual-hosts`,
    (node) => `Node ${node} reported all vhosts as running`,
  ),
  check_port_listener: check(
    (port) => apiPath`/api/health/checks/port-listener/${port}`,
    (node, port) => `A listener for port ${port} is running on node ${node}.`,
    '<port>',
  ),
  check_protocol_listener: check(
    (protocol) => apiPath`/api/health/checks/protocol-listener/${protocol}`,
    (node, protocol) => `A listener for protocol ${protocol} is running on node ${node}.`,
    '<protocol>',
  ),
  check_if_node_is_quorum_critical: check(
    () => apiPath`/api/health/checks/node-is-quorum-critical`,
    (node) =>
      `Node ${node} seems to be the only one in a single node cluster, the check does not apply`,
  ),
  check_port_connectivity: {
    usage: '',
    operands: [0, 0],
    run: async (_, world) => {
      const overview = await overviewOf(world);
      const listeners = viewsAt(overview, 'listeners');
      const ports = listeners.map((each) => countAt(each, 'port'));
      const failed: number[] = [];
      for (const each of listeners) {
        const port = countAt(each, 'port');
        if (!(await canConnect(textAt(each, 'ip_address'), port, world))) failed.push(port);
      }
      const node = textAt(overview, 'node');
      if (failed.length > 0) {
        const text = `Could not connect to ports ${failed.join(', ')} on node ${node}`;
        throw new CommandError(adminExitCodes.unavailable, text);
      }
      return says(`Successfully connected to ports ${ports.join(', ')} on node ${node}.`);
    },
  },
};

/** An address that stands for all is reached where the API is. */
async function canConnect(address: string, port: number, { api }: CtlWorld): Promise<boolean> {
  const isWildcard = address === '0.0.0.0' || address === '::';
  const host = isWildcard ? api.target.host : address;
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
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

const node: Readonly<Record<string, CtlCommand>> = {
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
};

export const diagnosticCommands: Readonly<Record<string, CtlCommand>> = { ...checks, ...node };
