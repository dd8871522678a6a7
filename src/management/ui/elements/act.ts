// An action of a button: asked for, done, said, and everything shown asked for again.
import { changes } from '../http/use-polled.ts';
import { noticeLostSession } from '../session.ts';
import { askToConfirm, type Confirmation } from './dialog.tsx';
import { say } from './toasts.tsx';

/** Resolves to whether it was done. */
export async function act(
  action: () => Promise<unknown>,
  done: string,
  confirmation?: Confirmation,
): Promise<boolean> {
  if (confirmation !== undefined && !(await askToConfirm(confirmation))) return false;
  try {
    await action();
    say(done);
    return true;
  } catch (error) {
    noticeLostSession(error);
    say(error instanceof Error ? error.message : String(error), true);
    return false;
  } finally {
    changes.value++;
  }
}
