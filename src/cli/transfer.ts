// A move of messages that the broker does on its own: started, watched with progress, cancelled by an interruption.

import { setTimeout as wait } from 'node:timers/promises';
import { ApiClient } from './api-client.ts';
import { type ApiPath, apiPath } from './api-path.ts';
import { CommandError } from './command-error.ts';
import { adminExitCodes } from './exit-codes.ts';
import { amount } from './output/cell.ts';
import { printable } from './output/printable.ts';
import { countAt, textAt, type View } from './output/view.ts';
import type { Session } from './session.ts';

/** Short at first, for the many moves that are over at once. */
const FIRST_POLL_MS = 20;
const POLL_MS_MAX = 500;

/** The transfer as it ended. Throws when it failed or was interrupted; what was moved by then stays moved. */
export async function runTransfer(session: Session, path: ApiPath, body: View): Promise<View> {
  const { api, output, terminal } = session;
  let view = await api.post<View>(path, body);
  const own = apiPath`/api/x/transfers/${textAt(view, 'id')}`;
  const progress = output.progress('moving', countAt(view, 'total'));
  try {
    for (let pollMs = FIRST_POLL_MS; view['state'] === 'running'; pollMs *= 2) {
      const signal = terminal.interrupted;
      await wait(Math.min(pollMs, POLL_MS_MAX), undefined, { signal }).catch(() => {});
      if (signal.aborted) throw await cancelled(api, own);
      view = await api.get<View>(own);
      progress.update(countAt(view, 'moved') + countAt(view, 'stayed'));
    }
  } finally {
    progress.end();
  }
  if (view['state'] === 'finished') return view;
  const reason = printable(textAt(view, 'reason') || String(view['state']));
  const text = `${reason}; ${movedText(view)} before`;
  throw new CommandError(
    adminExitCodes.failed,
    text,
    'None is lost: each is in one of the queues.',
  );
}

/** The interruption has ended all requests of this client, so another one has to ask. */
async function cancelled(api: ApiClient, own: ApiPath): Promise<CommandError> {
  const other = new ApiClient(api.target, new AbortController().signal);
  await other.delete(own);
  const view = await other.get<View>(own);
  return new CommandError(adminExitCodes.interrupted, `interrupted; ${movedText(view)} before`);
}

function movedText(view: View): string {
  return `${amount(countAt(view, 'moved'), 'message')} moved`;
}
