// Names as text of their own: isolated, so that a right-to-left name cannot turn its neighbours around, and visible to the
// last character.
import type { ComponentChildren } from 'preact';
import { visibleName } from '../format/visible-text.ts';
import { formatHash, type Query } from '../location/hash-location.ts';

interface NameProps {
  readonly text: string;
  /** What stands for the empty name. */
  readonly empty?: string;
}

export function Name({ text, empty = '(empty)' }: NameProps) {
  if (text === '') return <i class="faint">{empty}</i>;
  const shown = visibleName(text);
  return (
    <bdi class="name" title={shown}>
      {shown}
    </bdi>
  );
}

interface LinkProps {
  readonly to: readonly string[];
  readonly query?: Query;
  readonly class?: string;
  readonly 'aria-current'?: 'page';
  readonly children: ComponentChildren;
}

export function Link({ to, query = {}, children, ...rest }: LinkProps) {
  return (
    <a href={formatHash(to, query)} {...rest}>
      {children}
    </a>
  );
}

/** The default exchange has no name, and this one in addresses. */
export const DEFAULT_EXCHANGE = 'amq.default';
export const exchangeSegment = (name: string) => (name === '' ? DEFAULT_EXCHANGE : name);

interface ObjectLinkProps {
  readonly vhost: string;
  readonly name: string;
}

export function QueueLink({ vhost, name }: ObjectLinkProps) {
  return (
    <Link to={['queues', vhost, name]}>
      <Name text={name} />
    </Link>
  );
}

export function ExchangeLink({ vhost, name }: ObjectLinkProps) {
  return (
    <Link to={['exchanges', vhost, exchangeSegment(name)]}>
      <Name text={name} empty="(default)" />
    </Link>
  );
}

export function ConnectionLink({ name }: { readonly name: string }) {
  return (
    <Link to={['connections', name]}>
      <Name text={name} />
    </Link>
  );
}

export function ChannelLink({ name }: { readonly name: string }) {
  return (
    <Link to={['channels', name]}>
      <Name text={name} />
    </Link>
  );
}

export function UserLink({ name }: { readonly name: string }) {
  return (
    <Link to={['users', name]}>
      <Name text={name} />
    </Link>
  );
}

export function VhostLink({ name }: { readonly name: string }) {
  return (
    <Link to={['vhosts', name]}>
      <Name text={name} />
    </Link>
  );
}

type Tone = 'plain' | 'good' | 'warning' | 'danger' | 'accent';

interface BadgeProps {
  readonly tone?: Tone;
  readonly title?: string;
  readonly children: ComponentChildren;
}

export function Badge({ tone = 'plain', title, children }: BadgeProps) {
  return (
    <span class={`badge ${tone}`} {...(title === undefined ? {} : { title })}>
      {children}
    </span>
  );
}

const GOOD_STATES = ['running', 'up', 'single_active', 'idle'];

/** A state that needs nobody's attention is quiet. */
export function State({ state }: { readonly state: string | undefined }) {
  const text = state ?? 'unknown';
  const tone = GOOD_STATES.includes(text) ? 'good' : text === 'waiting' ? 'plain' : 'warning';
  return <Badge tone={tone}>{text.replaceAll('_', ' ')}</Badge>;
}
