#!/usr/bin/env node
// The `warren` command. Under the name of one of RabbitMQ's tools (a link) it understands that tool's command line.

import { basename } from 'node:path';
import { programNames, runCommandLine } from './cli/command-line.ts';
import { flushed, processTerminal } from './cli/terminal.ts';

const [, path = '', ...words] = process.argv;
const isCompatible = programNames.includes(basename(path));
const exitCode = await runCommandLine(isCompatible ? ['ctl', ...words] : words, processTerminal());
await flushed();
// `warren perf` has exit codes of its own.
process.exit(process.exitCode ?? exitCode);
