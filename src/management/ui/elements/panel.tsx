// The pieces a page is laid out with: heading, panel, tiles, facts, tabs, and what stands where there is nothing.
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { currentLocation } from '../location/current-location.ts';
import { CopyButton } from './copy-button.tsx';
import { Link, Name } from './text.tsx';

interface PageProps {
  readonly title: string;
  /** The page above this one. */
  readonly above?: { readonly label: string; readonly to: readonly string[] };
  readonly badges?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Page({ title, above, badges, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · WarrenMQ`;
  }, [title]);
  return (
    <>
      <header class="page-head">
        <div class="page-title">
          {above !== undefined && (
            <Link to={above.to} class="above">
              {above.label}
            </Link>
          )}
          <h1 id="title" tabIndex={-1}>
            <Name text={title} />
          </h1>
          {above !== undefined && <CopyButton text={title} label="Copy the name" />}
          {badges !== undefined && <div class="badges">{badges}</div>}
        </div>
        {actions !== undefined && <div class="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

interface PanelProps {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly isFlush?: boolean;
  readonly children: ComponentChildren;
}

export function Panel({ title, note, actions, isFlush = false, children }: PanelProps) {
  return (
    <section class={isFlush ? 'panel flush' : 'panel'} aria-label={title}>
      <div class="panel-head">
        <h2>{title}</h2>
        {note !== undefined && <span class="note">{note}</span>}
        {actions !== undefined && <div class="actions">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

export interface Fact {
  readonly label: string;
  readonly value: ComponentChildren;
}

export function Facts({ facts }: { readonly facts: readonly (Fact | false | undefined)[] }) {
  return (
    <dl class="facts">
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact.label}>
              <dt>{fact.label}</dt>
              <dd>{fact.value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

interface TileProps {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
  readonly to?: readonly string[];
  readonly isWarning?: boolean;
}

/** One figure that is read from across the room. */
export function Tile({ label, value, note, to, isWarning = false }: TileProps) {
  const content = (
    <>
      <span class="tile-label">{label}</span>
      <span class="tile-value">{value}</span>
      {note !== undefined && <span class="tile-note">{note}</span>}
    </>
  );
  const kind = isWarning ? 'tile warning' : 'tile';
  return to === undefined ? (
    <div class={kind}>{content}</div>
  ) : (
    <Link to={to} class={kind}>
      {content}
    </Link>
  );
}

export interface Tab {
  readonly name: string;
  readonly label: string;
  readonly count?: number | undefined;
  /** A page of its own; without it a section of this one. */
  readonly to?: readonly string[];
}

/** Tabs are addresses: a link to one can be sent to somebody. The first is where the address says nothing. */
export function Tabs({ tabs, chosen }: { readonly tabs: readonly Tab[]; readonly chosen: string }) {
  const { segments } = currentLocation.value;
  return (
    <nav class="tabs" aria-label="Sections">
      {tabs.map(({ name, label, count, to }, index) => (
        <Link
          key={name}
          to={to ?? segments}
          query={index === 0 || to !== undefined ? {} : { tab: name }}
          {...(name === chosen ? { 'aria-current': 'page' } : {})}
        >
          {label}
          {count !== undefined && count > 0 && <span class="count">{count}</span>}
        </Link>
      ))}
    </nav>
  );
}

export function chosenTab(tabs: readonly Tab[]): string {
  const name = currentLocation.value.query['tab'];
  return tabs.find((tab) => tab.name === name)?.name ?? tabs[0]?.name ?? '';
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Failure({ error }: { readonly error: Error | undefined }) {
  if (error === undefined) return null;
  return (
    <p class="notice danger" role="alert">
      {error.message}
    </p>
  );
}

/** The first answer is on its way, or did not come. */
export function Waiting({ error }: { readonly error: Error | undefined }) {
  if (error !== undefined) return <Failure error={error} />;
  return (
    <p class="empty waiting" aria-busy="true">
      Loading…
    </p>
  );
}

interface MeterProps {
  readonly label: string;
  readonly used: number | undefined;
  readonly total: number | undefined;
  readonly text: string;
  readonly isAlarm?: boolean;
}

export function Meter({ label, used, total, text, isAlarm = false }: MeterProps) {
  const isKnown = used !== undefined && total !== undefined && total > 0;
  return (
    <div class={isAlarm ? 'meter alarm' : 'meter'}>
      <span class="meter-label">{label}</span>
      <span class="meter-text">{text}</span>
      {isKnown && <progress max={total} value={Math.min(used, total)} aria-label={label} />}
    </div>
  );
}
