// An action of a button: asked for, done, said, and everything shown asked for again.
import { changes } from '../http/use-polled.ts';
import { noticeLostSession } from '../session.ts';
import { askToConfirm, type Confirmation } from './dialog.tsx';
import { say } from './toasts.tsx';

/** `leave` goes to another page after it: this one's object is no more, and must not be asked for. */
export async function act(
  action: () => Promise<unknown>,
  done: string,
  confirmation?: Confirmation,
  leave?: () => void,
): Promise<void> {
  if (confirmation !== undefined && !(await askToConfirm(confirmation))) return;
  try {
    await action();
    say(done);
    if (leave === undefined) changes.value++;
    else leave();
  } catch (error) {
    noticeLostSession(error);
    say(error instanceof Error ? error.message : String(error), true);
    changes.value++;
  }
}
