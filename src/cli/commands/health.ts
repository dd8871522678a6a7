// `warren health`: the checks for probes; ends with 69 when one fails.

import type { Command } from 'commander';
import { ApiError } from '../api-error.ts';
import { type ApiPath, apiPath } from '../api-path.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { wholeNumber } from '../option-values.ts';
import { column } from '../output/table.ts';
import type { View } from '../output/view.ts';
import { addSharedOptions, administer, type CommandContext, type Session } from '../session.ts';

const healthColumns = [
  column('check', 'check'),
  column('status', 'status'),
  column('reason', 'reason'),
];

interface HealthFlags {
  readonly port?: number;
  readonly protocol?: string;
}

export function addHealthCommand(program: Command, context: CommandContext): void {
  const health = addSharedOptions(
    program
      .command('health')
      .description('is the broker fit to serve? Ends with 0 or 69, for probes')
      .option('--port <port>', 'something listens on this port', wholeNumber(1, 65_535))
      .option('--protocol <name>', 'a listener of this protocol is there: amqp, http, …'),
  );
  administer<HealthFlags>(health, context, async (session, _, flags) => {
    const { port, protocol } = flags;
    const checks: (readonly [string, ApiPath])[] = [
      ['alarms', apiPath`/api/health/checks/local-alarms`],
      ['virtual hosts', apiPath`/api/health/checks/virtual-hosts`],
    ];
    if (port !== undefined) {
      checks.push([`port ${port}`, apiPath`/api/health/checks/port-listener/${String(port)}`]);
    }
    if (protocol !== undefined) {
      const path = apiPath`/api/health/checks/protocol-listener/${protocol}`;
      checks.push([`protocol ${protocol}`, path]);
    }
    const results: View[] = [];
    for (const [check, path] of checks) results.push(await runCheck(session, check, path));
    session.output.list(results, healthColumns, 'status');
    const isHealthy = results.every(({ status }) => status === 'ok');
    return isHealthy ? adminExitCodes.done : adminExitCodes.unavailable;
  });
}

async function runCheck({ api }: Session, check: string, path: ApiPath): Promise<View> {
  try {
    await api.get(path);
    return { check, status: 'ok' };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 503) throw error;
    return { check, status: 'failed', reason: error.reason };
  }
}
