// THE list of pages: the first segment of an address, and what it shows with and without names behind it. Who may not see a
// page does not find it in the navigation, and is told so when following a link.
import type { ComponentChildren } from 'preact';
import { Empty, Page } from './elements/panel.tsx';
import { ChannelPage, ChannelsPage } from './pages/channels.tsx';
import { ConnectionPage, ConnectionsPage } from './pages/connections.tsx';
import { ConsumersPage } from './pages/consumers.tsx';
import { DefinitionsPage } from './pages/definitions.tsx';
import { ExchangePage } from './pages/exchange.tsx';
import { ExchangesPage } from './pages/exchanges.tsx';
import { LimitsPage } from './pages/limits.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { PoliciesPage } from './pages/policies.tsx';
import { OPERATOR_POLICIES, USER_POLICIES } from './pages/policy-kinds.ts';
import { QueuePage } from './pages/queue.tsx';
import { QueuesPage } from './pages/queues.tsx';
import { UserPage } from './pages/user.tsx';
import { UsersPage } from './pages/users.tsx';
import { VhostPage, VhostsPage } from './pages/vhosts.tsx';
import { may, type Right } from './session.ts';

interface PageRoute {
  readonly right: Right;
  readonly list: () => ComponentChildren;
  /** With one name, or with a vhost and a name. */
  readonly one?: (name: string) => ComponentChildren;
  readonly inVhost?: (vhost: string, name: string) => ComponentChildren;
}

const PAGES: Readonly<Record<string, PageRoute>> = {
  overview: { right: 'management', list: () => <OverviewPage /> },
  connections: {
    right: 'management',
    list: () => <ConnectionsPage />,
    one: (name) => <ConnectionPage name={name} />,
  },
  channels: {
    right: 'management',
    list: () => <ChannelsPage />,
    one: (name) => <ChannelPage name={name} />,
  },
  consumers: { right: 'management', list: () => <ConsumersPage /> },
  exchanges: {
    right: 'management',
    list: () => <ExchangesPage />,
    inVhost: (vhost, name) => <ExchangePage vhost={vhost} name={name} />,
  },
  queues: {
    right: 'management',
    list: () => <QueuesPage />,
    inVhost: (vhost, name) => <QueuePage vhost={vhost} name={name} />,
  },
  policies: { right: 'management', list: () => <PoliciesPage kind={USER_POLICIES} /> },
  'operator-policies': {
    right: 'management',
    list: () => <PoliciesPage kind={OPERATOR_POLICIES} />,
  },
  users: {
    right: 'administrator',
    list: () => <UsersPage />,
    one: (name) => <UserPage name={name} />,
  },
  vhosts: {
    right: 'management',
    list: () => <VhostsPage />,
    one: (name) => <VhostPage name={name} />,
  },
  limits: { right: 'management', list: () => <LimitsPage /> },
  definitions: { right: 'administrator', list: () => <DefinitionsPage /> },
};

export const mayOpen = (name: string) => may(PAGES[name]?.right ?? 'management');

export function pageOf([name = 'overview', ...names]: readonly string[]): ComponentChildren {
  const page = Object.hasOwn(PAGES, name) ? PAGES[name] : undefined;
  if (page === undefined) return <NoPage text="There is no such page." />;
  if (!may(page.right))
    return <NoPage text={`Only a user with the tag ${page.right} may see this.`} />;
  const [first, second] = names;
  if (first === undefined) return page.list();
  if (second === undefined && page.one !== undefined) return page.one(first);
  if (second !== undefined && page.inVhost !== undefined) return page.inVhost(first, second);
  return <NoPage text="There is no such page." />;
}

function NoPage({ text }: { readonly text: string }) {
  return (
    <Page title="Nothing here">
      <Empty>{text}</Empty>
    </Page>
  );
}
