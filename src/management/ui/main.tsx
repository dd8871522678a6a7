// Starts the page: who is logged in, then what the address asks for.
import { render } from 'preact';
import { Application } from './application.tsx';
import { followAddress } from './location/current-location.ts';
import { keepPreferences } from './preferences.ts';
import { resumeSession } from './session.ts';

keepPreferences();
followAddress();
document.addEventListener('keydown', focusSearch);
await resumeSession();
render(<Application />, document.getElementById('page') as HTMLElement);

/** `/` goes to the filter of the list, unless something is being typed. */
function focusSearch(event: KeyboardEvent): void {
  const isTyping = event.target instanceof Element && event.target.matches('input,textarea,select');
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
  const search = document.querySelector<HTMLInputElement>('[data-search]');
  if (search === null) return;
  event.preventDefault();
  search.focus();
}
