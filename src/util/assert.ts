// Broken invariants crash: a wrong broker must stop before it loses or invents a message.

/** Throws when `condition` is false; `claim` says what must hold. Never caught. */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new AssertionError(claim);
}

/** A bug of ours, never a client's fault: the process logs it and exits. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}
