// The browser's address as a signal. Going to another page is a new entry of the history; a filter or a tab replaces it.
import { signal } from '@preact/signals';
import { formatHash, type HashLocation, parseHash, type Query } from './hash-location.ts';

export const currentLocation = signal<HashLocation>(parseHash(window.location.hash));

export function followAddress(): void {
  window.addEventListener('hashchange', () => {
    currentLocation.value = parseHash(window.location.hash);
  });
}

export function goTo(segments: readonly string[], query: Query = {}): void {
  const hash = formatHash(segments, query);
  window.location.hash = hash;
  // At once: the event comes only after what is under way.
  currentLocation.value = parseHash(hash);
}

/** Changes parts of the query; an empty value removes one. */
export function changeQuery(changes: Query): void {
  const { segments, query } = currentLocation.value;
  const hash = formatHash(segments, { ...query, ...changes });
  window.history.replaceState(null, '', hash);
  currentLocation.value = parseHash(hash);
}
