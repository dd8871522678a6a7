// `warren completion <shell>` prints what a shell has to run; `warren complete` answers it.

import { type Command, InvalidArgumentError } from 'commander';
import { completionCandidates } from '../completion/candidates.ts';
import { completionScripts } from '../completion/scripts.ts';
import type { CommandContext } from '../session.ts';

export function addCompletionCommand(program: Command, { terminal }: CommandContext): void {
  const shells = Object.keys(completionScripts);
  program
    .command('completion')
    .description(`print the completion of a shell: ${shells.join(', ')}`)
    .argument('<shell>', shells.join(', '), (shell: string) => {
      if (Object.hasOwn(completionScripts, shell)) return shell;
      throw new InvalidArgumentError(`There are ${shells.join(', ')}.`);
    })
    .action((shell: string) => terminal.write(completionScripts[shell] ?? ''));
}

/** The last word is the one that is being written. */
export function addCompleteCommand(program: Command, context: CommandContext): void {
  program
    .command('complete [words...]', { hidden: true })
    .action(async (words: readonly string[]) => {
      const all = await context.wholeProgram();
      const current = words.at(-1) ?? '';
      const { terminal } = context;
      const found = await completionCandidates(all, terminal, words.slice(0, -1), current);
      const lines = found.map(({ word, description }) => `${word}\t${description}\n`);
      terminal.write(lines.join(''));
    });
}
