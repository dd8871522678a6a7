// The side of the page: where to go, how it looks, who is logged in. On a phone it is a sheet behind a button.
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Link, Name } from './elements/text.tsx';
import { currentLocation } from './location/current-location.ts';
import { Mark } from './login.tsx';
import { REFRESH_SECONDS, refreshSeconds, THEMES, theme } from './preferences.ts';
import { mayOpen } from './routes.tsx';
import { logOut, tags, user } from './session.ts';

interface Entry {
  readonly page: string;
  readonly label: string;
  /** Pages that light up the same entry. */
  readonly also?: string;
}

const GROUPS: readonly { readonly title: string; readonly entries: readonly Entry[] }[] = [
  {
    title: 'Messages',
    entries: [
      { page: 'overview', label: 'Overview' },
      { page: 'queues', label: 'Queues' },
      { page: 'exchanges', label: 'Exchanges' },
    ],
  },
  {
    title: 'Clients',
    entries: [
      { page: 'connections', label: 'Connections' },
      { page: 'channels', label: 'Channels' },
      { page: 'consumers', label: 'Consumers' },
    ],
  },
  {
    title: 'Administration',
    entries: [
      { page: 'policies', label: 'Policies', also: 'operator-policies' },
      { page: 'users', label: 'Users' },
      { page: 'vhosts', label: 'Virtual hosts' },
      { page: 'limits', label: 'Limits' },
      { page: 'definitions', label: 'Definitions' },
    ],
  },
];

const isOpen = signal(false);

export function Navigation() {
  const [page = 'overview'] = currentLocation.value.segments;
  useEffect(() => {
    isOpen.value = false;
  }, [page]);
  return (
    <header class={isOpen.value ? 'side open' : 'side'}>
      <div class="brand">
        <Link to={[]} class="home">
          <Mark /> WarrenMQ
        </Link>
        <button
          type="button"
          class="menu-button"
          aria-expanded={isOpen.value}
          aria-controls="navigation"
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          Menu
        </button>
      </div>
      <div class="sheet" id="navigation">
        <nav aria-label="Pages">
          {GROUPS.map(({ title, entries }) => (
            <Group key={title} title={title} entries={entries} page={page} />
          ))}
        </nav>
        <Controls />
      </div>
    </header>
  );
}

interface GroupProps {
  readonly title: string;
  readonly entries: readonly Entry[];
  readonly page: string;
}

function Group({ title, entries, page }: GroupProps) {
  const open = entries.filter((entry) => mayOpen(entry.page));
  if (open.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {open.map(({ page: name, label, also }) => (
          <li key={name}>
            <Link
              to={name === 'overview' ? [] : [name]}
              {...(page === name || page === also ? { 'aria-current': 'page' as const } : {})}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Controls() {
  return (
    <div class="controls">
      <label for="refresh">Refresh</label>
      <select
        id="refresh"
        value={String(refreshSeconds.value)}
        onChange={(event) => {
          const seconds = Number(event.currentTarget.value);
          refreshSeconds.value = REFRESH_SECONDS.find((one) => one === seconds) ?? 5;
        }}
      >
        {REFRESH_SECONDS.map((seconds) => (
          <option key={seconds} value={String(seconds)}>
            {seconds === 0 ? 'off' : `every ${seconds} s`}
          </option>
        ))}
      </select>
      <label for="theme">Theme</label>
      <select
        id="theme"
        value={theme.value}
        onChange={(event) => {
          const name = event.currentTarget.value;
          theme.value = THEMES.find((one) => one === name) ?? 'auto';
        }}
      >
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <div class="user">
        <span>
          <Name text={user.value?.name ?? ''} />
          <small>{tags.value.join(', ')}</small>
        </span>
        <button type="button" onClick={() => logOut()}>
          Log out
        </button>
      </div>
    </div>
  );
}
