// Narrows a list to one virtual host. The choice is in the address, and kept for the next list.
import { effect, signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { visibleName } from '../format/visible-text.ts';
import { usePolled } from '../http/use-polled.ts';
import type { VhostView } from '../http/views.ts';
import { changeQuery, currentLocation } from '../location/current-location.ts';
import { Choice } from './form.tsx';
import { Name } from './text.tsx';

const kept = signal('');

effect(() => {
  const { vhost } = currentLocation.value.query;
  if (vhost !== undefined) kept.value = vhost;
});

/** Empty for all. */
export function chosenVhost(): string {
  return currentLocation.value.query['vhost'] ?? kept.value;
}

function choose(vhost: string): void {
  kept.value = vhost;
  changeQuery({ vhost, page: '' });
}

/** The vhosts that this user may see; undefined until they are known. */
export function useVhosts(): readonly string[] | undefined {
  const { value } = usePolled<readonly VhostView[]>(['vhosts'], { columns: 'name' });
  return value?.map(({ name }) => name);
}

/** A list of one vhost need not say so in each row. */
export function withoutVhost<Column extends { readonly id: string }>(
  columns: readonly Column[],
  vhost: string,
): readonly Column[] {
  return vhost === '' ? columns : columns.filter(({ id }) => id !== 'vhost');
}

/** On a phone the vhost stands below the name, where a list shows several. */
export function NameCell({
  vhost,
  children,
}: {
  readonly vhost: string;
  readonly children: ComponentChildren;
}) {
  return (
    <>
      {children}
      {chosenVhost() === '' && (
        <div class="second narrow">
          <Name text={vhost} />
        </div>
      )}
    </>
  );
}

export function VhostChoice() {
  const known = useVhosts();
  const chosen = chosenVhost();
  const isGone = known !== undefined && chosen !== '' && !known.includes(chosen);
  useEffect(() => {
    if (isGone) choose('');
  }, [isGone]);
  const vhosts = known ?? [];
  if (vhosts.length < 2) return null;
  return (
    <select
      aria-label="Virtual host"
      value={chosen}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">All vhosts</option>
      {vhosts.map((name) => (
        <option key={name} value={name}>
          {visibleName(name)}
        </option>
      ))}
    </select>
  );
}

/** The vhost that something is made in. */
export function VhostField() {
  const chosen = chosenVhost();
  // The one whose list this is can be had before the others are known.
  const vhosts = useVhosts() ?? (chosen === '' ? [] : [chosen]);
  return (
    <Choice
      key={vhosts.join('\n')}
      label="Virtual host"
      name="vhost"
      options={vhosts.map((name) => ({ value: name, label: visibleName(name) }))}
      value={vhosts.includes(chosen) ? chosen : (vhosts[0] ?? '')}
    />
  );
}
