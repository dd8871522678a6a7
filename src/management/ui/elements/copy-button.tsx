// Copies a text as it is, whatever the page had to do to show it.
import { copy } from './download.ts';

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <button type="button" class="quiet" aria-label={label} title={label} onClick={() => copy(text)}>
      Copy
    </button>
  );
}
