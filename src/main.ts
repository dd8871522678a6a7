#!/usr/bin/env node
// The `warren` command: puts the commands together. Each lives in cli/commands/<name>.ts.

import { Command } from 'commander';
import { addPerfCommand } from './cli/commands/perf.ts';
import { addStartCommand } from './cli/commands/start.ts';
import { exitCodes } from './cli/exit-codes.ts';
import { version } from './version.ts';

const program = new Command('warren')
  .description('WarrenMQ, an AMQP 0-9-1 message broker')
  .version(version)
  // Commander's own errors are all wrong usage, and --help and --version are no errors.
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : exitCodes.usage));

addStartCommand(program);
addPerfCommand(program);

await program.parseAsync();
