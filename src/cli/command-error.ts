// What a command ends with when it cannot do what it was asked: a reason, what to do next, an exit code.

import type { AdminExitCode } from './exit-codes.ts';

export class CommandError extends Error {
  readonly exitCode: AdminExitCode;
  /** What to do next, as a sentence. */
  readonly hint: string | undefined;

  constructor(exitCode: AdminExitCode, message: string, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}
