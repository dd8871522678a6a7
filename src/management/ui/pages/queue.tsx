// The page of one queue: head with the live figures, and its sections.
import type { ComponentChildren } from 'preact';
import { chosenRange } from '../chart/range-choice.tsx';
import { chosenTab, Page, type Tab, Tabs, Tile, Waiting } from '../elements/panel.tsx';
import { Badge, State } from '../elements/text.tsx';
import { formatBytes, formatDuration, formatRate, formatShortCount } from '../format/numbers.ts';
import { rateOf } from '../format/stats.ts';
import { usePolled } from '../http/use-polled.ts';
import type { BindingView, QueueView } from '../http/views.ts';
import { sampleQuery } from '../preferences.ts';
import { mayDo } from '../session.ts';
import { BindingPanel } from './bindings.tsx';
import { ConsumerTable } from './consumers.tsx';
import { MessagesTab } from './messages-tab.tsx';
import { PublishForm } from './publish-form.tsx';
import { QueueMenu } from './queue-actions.tsx';
import { headAgeSeconds } from './queue-age.ts';
import { QueueOverview } from './queue-overview.tsx';
import { QueueBadges } from './queues.tsx';
import { RedriveTab } from './redrive-tab.tsx';

function tabsOf({ vhost, name }: QueuePageProps, queue: QueueView | undefined): Tab[] {
  const mayRead = mayDo('read', vhost, name);
  const mayPublish = mayDo('write', vhost, '');
  return [
    { name: 'overview', label: 'Overview' },
    ...(mayRead ? [{ name: 'messages', label: 'Messages' }] : []),
    { name: 'consumers', label: 'Consumers', count: queue?.consumers },
    { name: 'bindings', label: 'Bindings' },
    ...(mayPublish ? [{ name: 'publish', label: 'Publish' }] : []),
    ...(mayRead && mayPublish ? [{ name: 'move', label: 'Move & redrive' }] : []),
  ];
}

interface QueuePageProps {
  readonly vhost: string;
  readonly name: string;
}

export function QueuePage({ vhost, name }: QueuePageProps) {
  const query = sampleQuery(chosenRange(), ['lengths', 'msg_rates']);
  const { value, error } = usePolled<QueueView>(['queues', vhost, name], query);
  const tabs = tabsOf({ vhost, name }, value);
  return (
    <Page
      title={name}
      above={{ label: 'Queues', to: ['queues'] }}
      badges={
        value !== undefined && (
          <>
            <State state={value.state} />
            <Badge tone="accent">{value.type}</Badge>
            <QueueBadges queue={value} />
          </>
        )
      }
      actions={value !== undefined && <QueueMenu queue={value} />}
    >
      {value === undefined ? (
        <Waiting error={error} />
      ) : (
        <>
          <QueueTiles queue={value} />
          <Tabs tabs={tabs} chosen={chosenTab(tabs)} />
          <QueueTab queue={value} tab={chosenTab(tabs)} />
        </>
      )}
    </Page>
  );
}

function QueueTab({ queue, tab }: { readonly queue: QueueView; readonly tab: string }) {
  const { vhost, name } = queue;
  const byName: Readonly<Record<string, () => ComponentChildren>> = {
    overview: () => <QueueOverview queue={queue} />,
    messages: () => <MessagesTab vhost={vhost} name={name} />,
    consumers: () => <ConsumerTable consumers={queue.consumer_details ?? []} />,
    bindings: () => <QueueBindings vhost={vhost} name={name} />,
    publish: () => <PublishForm vhost={vhost} exchange="amq.default" routingKey={name} />,
    move: () => <RedriveTab queue={queue} />,
  };
  return <>{byName[tab]?.()}</>;
}

function QueueBindings({ vhost, name }: QueuePageProps) {
  const polled = usePolled<readonly BindingView[]>(['queues', vhost, name, 'bindings']);
  return (
    <BindingPanel
      title="Bindings"
      polled={polled}
      far="source"
      {...(mayDo('write', vhost, name) ? { addTo: { vhost, name } } : {})}
    />
  );
}

function QueueTiles({ queue }: { readonly queue: QueueView }) {
  const { message_stats: stats } = queue;
  const age = headAgeSeconds(queue, Date.now());
  const ready = queue.messages_ready ?? 0;
  const unacked = queue.messages_unacknowledged ?? 0;
  return (
    <section class="tiles" aria-label="Now">
      <Tile
        label="Ready"
        value={formatShortCount(ready)}
        note={formatBytes(queue.message_bytes_ready)}
        isWarning={ready > 0 && queue.consumers === 0}
      />
      <Tile
        label="Unacked"
        value={formatShortCount(unacked)}
        note={formatBytes(queue.message_bytes_unacknowledged)}
      />
      <Tile label="Oldest message" value={age === undefined ? '–' : formatDuration(age)} />
      <Tile label="In" value={formatRate(rateOf(stats, 'publish') ?? 0)} />
      <Tile label="Out" value={formatRate(rateOf(stats, 'deliver_get') ?? 0)} />
      <Tile label="Acked" value={formatRate(rateOf(stats, 'ack') ?? 0)} />
      <Tile
        label="Consumers"
        value={formatShortCount(queue.consumers ?? 0)}
        isWarning={ready > 0 && queue.consumers === 0}
      />
    </section>
  );
}
