// Nothing is lost by a slip: a destructive command says what would go, and wants the name typed, or --yes.

import { CommandError } from './command-error.ts';
import { adminExitCodes } from './exit-codes.ts';
import type { Output } from './output/output.ts';
import { printable } from './output/printable.ts';
import type { View } from './output/view.ts';
import { askLine } from './prompt.ts';
import type { Terminal } from './terminal.ts';

export interface Loss {
  /** Such as `delete`. */
  readonly verb: string;
  /** Such as `queue 'orders' in vhost '/'`, harmless already. */
  readonly subject: string;
  /** What has to be typed. */
  readonly name: string;
  /** What would be lost, such as `12 messages`. */
  readonly items: readonly string[];
}

export interface ConfirmationFlags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** Whether to go on. False: it was a dry run, and its result has been printed. */
export async function confirmLoss(
  terminal: Terminal,
  output: Output,
  flags: ConfirmationFlags,
  loss: Loss,
): Promise<boolean> {
  const lost = loss.items.length === 0 ? '' : `: ${loss.items.join(', ')}`;
  const text = `${loss.verb} ${loss.subject}${lost}`;
  if (flags.dryRun === true) {
    output.done(`Would ${text}`, dryRunResult(loss));
    return false;
  }
  if (flags.yes === true) return true;
  if (!terminal.isInputTerminal) {
    throw new CommandError(
      adminExitCodes.usage,
      `this would ${text}`,
      'Nothing was done. Without a terminal it takes --yes.',
    );
  }
  terminal.writeError(`This will ${text}.\n`);
  const shown = printable(loss.name);
  const typed = await askLine(terminal, `Type ${shown} to go on: `);
  if (typed === loss.name || typed === shown) return true;
  throw new CommandError(adminExitCodes.failed, `that is not ${shown}: nothing was done`);
}

function dryRunResult(loss: Loss): View {
  return { dry_run: true, action: loss.verb, name: loss.name, would_lose: loss.items };
}
