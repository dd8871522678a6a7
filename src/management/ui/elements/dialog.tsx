// Modal windows on the browser's own <dialog>, which keeps the focus inside and gives it back. Invariant: what would be lost
// is named before it is, and for anything that cannot be had back its name is typed.
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { visibleName } from '../format/visible-text.ts';

interface ModalProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Modal({ title, onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="modal" aria-label={title} onClose={onClose}>
      <div class="modal-head">
        <h2>{title}</h2>
        <button
          type="button"
          class="quiet"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          ×
        </button>
      </div>
      {children}
    </dialog>
  );
}

export interface Confirmation {
  readonly title: string;
  /** One line per thing that would be lost or disturbed. */
  readonly consequences: readonly string[];
  /** The name that must be typed; without it a click is enough. */
  readonly typed?: string;
  /** The word on the button. */
  readonly action: string;
}

interface Asked extends Confirmation {
  readonly answer: (isConfirmed: boolean) => void;
}

const asked = signal<Asked | undefined>(undefined);

export function askToConfirm(confirmation: Confirmation): Promise<boolean> {
  return new Promise((resolve) => {
    asked.value = {
      ...confirmation,
      answer: (isConfirmed) => {
        asked.value = undefined;
        resolve(isConfirmed);
      },
    };
  });
}

export function ConfirmationWindow() {
  const question = asked.value;
  return question === undefined ? null : <Question key={question.title} {...question} />;
}

function Question({ title, consequences, typed, action, answer }: Asked) {
  const [text, setText] = useState('');
  const isRight = typed === undefined || text === typed || text === visibleName(typed);
  return (
    <Modal title={title} onClose={() => answer(false)}>
      <form
        class="modal-body"
        onSubmit={(event) => {
          event.preventDefault();
          if (isRight) answer(true);
        }}
      >
        <ul class="consequences">
          {consequences.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        {typed !== undefined && (
          <label class="field">
            <span>
              Type <bdi class="typed">{visibleName(typed)}</bdi> to confirm
            </span>
            <input
              name="typed"
              autocomplete="off"
              spellcheck={false}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
        )}
        <div class="modal-foot">
          <button type="button" onClick={() => answer(false)}>
            Cancel
          </button>
          <button type="submit" class="danger" disabled={!isRight}>
            {action}
          </button>
        </div>
      </form>
    </Modal>
  );
}
