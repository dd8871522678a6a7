// The load generator alone, as its own process: the benchmark must not depend on the broker's entry point of the
// commit that it measures another broker with.
import { Command } from 'commander';
import { addPerfCommand } from '../../src/cli/commands/perf.ts';

const program = new Command('generator');
addPerfCommand(program);
await program.parseAsync();
