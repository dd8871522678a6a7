// THE list of rabbitmqctl's commands that are understood, and of those that cannot be.

import type { CtlCommand } from './ctl-call.ts';
import { checkCommands } from './ctl-checks.ts';
import { diagnosticCommands } from './ctl-diagnostics.ts';
import { listCommands } from './ctl-lists.ts';
import { objectCommands } from './ctl-objects.ts';
import { userCommands } from './ctl-users.ts';
import { vhostCommands } from './ctl-vhosts.ts';

export const ctlCommands: Readonly<Record<string, CtlCommand>> = {
  ...userCommands,
  ...vhostCommands,
  ...listCommands,
  ...objectCommands,
  ...checkCommands,
  ...diagnosticCommands,
};

/** What to do instead. */
export const refusedCtlCommands: Readonly<Record<string, string>> = {
  stop: 'send SIGTERM to the process, or stop its service',
  shutdown: 'send SIGTERM to the process, or stop its service',
  stop_app: 'the broker is one process: stop its service instead',
  start_app: 'the broker is one process: start its service instead',
  reset: 'stop the broker and remove its data directory instead',
  force_reset: 'stop the broker and remove its data directory instead',
  join_cluster: 'there is no cluster: a broker is a single node',
  forget_cluster_node: 'there is no cluster: a broker is a single node',
  rotate_logs: 'the log goes to standard error: let the service rotate it',
  set_log_level: 'set log.console.level and restart',
  environment: 'the settings are those of the configuration file and WARREN_* variables',
  report: '`warren status --json` and `warren definitions export` have what it would',
  log_tail: 'the log goes to standard error: read it where the service keeps it',
  log_tail_stream: 'the log goes to standard error: read it where the service keeps it',
  peek: '`warren queue peek` shows messages',
};
