// Does one thing to many rows, one after the other, and shows what came of each. Closing the window stops after the row under
// way.
import { signal } from '@preact/signals';
import { changes } from '../http/use-polled.ts';
import { askToConfirm, type Confirmation, Modal } from './dialog.tsx';
import { Name } from './text.tsx';

interface Item {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

export interface BulkWork extends Confirmation {
  readonly items: readonly Item[];
  readonly onDone: () => void;
}

type Outcome = 'waiting' | 'running' | 'done' | string;

interface Progress {
  readonly title: string;
  readonly lines: readonly { readonly name: string; readonly outcome: Outcome }[];
  readonly isEnded: boolean;
}

const progress = signal<Progress | undefined>(undefined);

export async function runBulk(work: BulkWork): Promise<void> {
  if (!(await askToConfirm(work))) return;
  const outcomes: Outcome[] = work.items.map(() => 'waiting');
  const show = (isEnded: boolean) => {
    progress.value = {
      title: work.title,
      lines: work.items.map(({ name }, index) => ({ name, outcome: outcomes[index] ?? '' })),
      isEnded,
    };
  };
  for (const [index, item] of work.items.entries()) {
    outcomes[index] = 'running';
    show(false);
    outcomes[index] = await item.run().then(
      () => 'done',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (progress.value === undefined) break;
  }
  if (progress.value !== undefined) show(true);
  changes.value++;
  work.onDone();
}

export function BulkWindow() {
  const now = progress.value;
  if (now === undefined) return null;
  const done = now.lines.filter(({ outcome }) => outcome === 'done').length;
  const close = () => {
    progress.value = undefined;
  };
  return (
    <Modal title={now.title} onClose={close}>
      <div class="modal-body">
        <p aria-live="polite">
          {done} of {now.lines.length} done{now.isEnded ? '.' : '…'}
        </p>
        <progress max={now.lines.length} value={done} aria-label="Progress" />
        <ul class="outcomes">
          {now.lines.map(({ name, outcome }) => (
            <li key={name} class={classOf(outcome)}>
              <Name text={name} />
              <span>{outcome}</span>
            </li>
          ))}
        </ul>
        <div class="modal-foot">
          <button type="button" onClick={close}>
            {now.isEnded ? 'Close' : 'Stop'}
          </button>
        </div>
      </div>
    </Modal>
  );
}

function classOf(outcome: Outcome): string {
  return outcome === 'done' || outcome === 'waiting' || outcome === 'running' ? outcome : 'failed';
}
