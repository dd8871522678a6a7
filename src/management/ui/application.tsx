// The frame around every page: navigation, alarms, who is logged in; and which page an address means.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { BulkWindow } from './elements/bulk-run.tsx';
import { ConfirmationWindow } from './elements/dialog.tsx';
import { Toasts } from './elements/toasts.tsx';
import { failures, usePolled } from './http/use-polled.ts';
import type { NodeView, PermissionView } from './http/views.ts';
import { currentLocation } from './location/current-location.ts';
import { Login } from './login.tsx';
import { Navigation } from './navigation.tsx';
import { ProblemLine } from './pages/problem-panel.tsx';
import { findAlarms } from './problems.ts';
import { pageOf } from './routes.tsx';
import { may, ownPermissions, user } from './session.ts';

export function Application() {
  if (user.value === undefined) return null;
  return (
    <>
      {user.value === null ? <Login /> : <Frame />}
      <ConfirmationWindow />
      <BulkWindow />
      <Toasts />
    </>
  );
}

function Frame() {
  const { segments } = currentLocation.value;
  const key = segments.join('\n');
  const permissions = usePolled<readonly PermissionView[]>(
    ['x', 'permissions'],
    {},
    { everyMs: 0 },
  );
  useEffect(() => {
    if (permissions.value !== undefined) ownPermissions.value = permissions.value;
  }, [permissions.value]);
  return (
    <div class="frame">
      <button type="button" class="skip" onClick={focusTitle}>
        Skip to the content
      </button>
      <Navigation />
      <main>
        {may('monitoring') && <Alarms />}
        <Outdated />
        <PageFrame key={key}>{pageOf(segments)}</PageFrame>
      </main>
    </div>
  );
}

function focusTitle(): void {
  document.getElementById('title')?.focus();
}

/** A new page begins at its top, and says its title to a screen reader; the first one does not take the focus. */
let isFirstPage = true;

function PageFrame({ children }: { readonly children: ComponentChildren }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    window.scrollTo(0, 0);
    if (!isFirstPage) frame.current?.querySelector<HTMLElement>('h1')?.focus();
    isFirstPage = false;
  }, []);
  return (
    <div ref={frame} class="page">
      {children}
    </div>
  );
}

const NODE_COLUMNS = 'name,mem_alarm,mem_used,mem_limit,disk_free_alarm,disk_free,disk_free_limit';

function Alarms() {
  const nodes = usePolled<readonly NodeView[]>(['nodes'], { columns: NODE_COLUMNS }).value ?? [];
  const alarms = findAlarms(nodes);
  if (alarms.length === 0) return null;
  return (
    <ul class="problems alarms" role="alert">
      {alarms.map((alarm) => (
        <ProblemLine key={alarm.title} problem={alarm} />
      ))}
    </ul>
  );
}

/** One notice for all that could not be refreshed; it comes and goes by itself. */
function Outdated() {
  const reasons = [...new Set(failures.value.values())];
  if (reasons.length === 0) return null;
  return (
    <p class="notice danger outdated" role="alert">
      Not up to date: {reasons.join(' ')}
    </p>
  );
}
