// rabbitmq-diagnostics' checks, for probes: they end with 0, or with 69 and the reason.

import { connect } from 'node:net';
import { ApiError } from '../api-error.ts';
import { type ApiPath, apiPath } from '../api-path.ts';
import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';
import { countAt, textAt, type View, viewsAt } from '../output/view.ts';
import type { CtlAnswer, CtlCommand, CtlWorld } from './ctl-call.ts';

const CONNECT_TIMEOUT_MS = 5_000;

const overviewOf = ({ api }: CtlWorld) => api.get<View>(apiPath`/api/overview`);
const says = (text: string): CtlAnswer => ({ value: text, text });

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

export const checkCommands: Readonly<Record<string, CtlCommand>> = {
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
  check_if_node_is_mirror_sync_critical: check(
    () => apiPath`/api/health/checks/node-is-mirror-sync-critical`,
    (node) =>
      `Node ${node} seems to be the only one in a single node cluster, the check does not apply`,
  ),
  check_certificate_expiration: {
    usage: '[--unit <unit>] [--within <count>]',
    operands: [0, 0],
    options: ['unit', 'within'],
    run: async ({ options }, { api }) => {
      const [within, unit] = [String(options['within'] ?? 4), String(options['unit'] ?? 'weeks')];
      await api.get(apiPath`/api/health/checks/certificate-expiration/${within}/${unit}`);
      return says(`No certificates are expiring within ${within} ${printable(unit)}.`);
    },
  },
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
