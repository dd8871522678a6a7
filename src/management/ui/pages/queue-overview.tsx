// A queue's charts, its facts, and where each of its settings comes from.
import { RangeChoice } from '../chart/range-choice.tsx';
import { ArgumentList } from '../elements/arguments.tsx';
import { Empty, Facts, Panel } from '../elements/panel.tsx';
import { Table } from '../elements/table.tsx';
import { ConnectionLink, Link, Name, VhostLink } from '../elements/text.tsx';
import { formatBytes, formatCount, formatShare, formatTime } from '../format/numbers.ts';
import { usePolled } from '../http/use-polled.ts';
import type { PolicyView, QueueView, Stats } from '../http/views.ts';
import { effectiveSettings } from '../message/effective-settings.ts';
import { MessageCharts } from './message-charts.tsx';

export function QueueOverview({ queue }: { readonly queue: QueueView }) {
  return (
    <>
      <MessageCharts
        title="Messages"
        depths={queue as unknown as Stats}
        rates={queue.message_stats}
        quiet={['get', 'confirm', 'return_unroutable']}
        actions={<RangeChoice />}
      />
      <div class="columns">
        <EffectiveSettings queue={queue} />
        <QueueFacts queue={queue} />
      </div>
    </>
  );
}

/** Of a policy that holds for the queue. */
function useDefinition(kind: string, vhost: string, name: string | null | undefined) {
  return usePolled<PolicyView>(name ? [kind, vhost, name] : undefined).value?.definition;
}

function EffectiveSettings({ queue }: { readonly queue: QueueView }) {
  const settings = effectiveSettings(queue, {
    policy: useDefinition('policies', queue.vhost, queue.policy),
    operatorPolicy: useDefinition('operator-policies', queue.vhost, queue.operator_policy),
  });
  return (
    <Panel title="Settings in effect" note="arguments and policies, the stricter wins" isFlush>
      {settings.length === 0 ? (
        <Empty>No argument, no policy: the defaults.</Empty>
      ) : (
        <Table
          caption="Settings in effect"
          rows={settings}
          rowKey={({ key }) => key}
          columns={[
            { id: 'key', label: 'Setting', cell: ({ key }) => <Name text={key} /> },
            { id: 'value', label: 'Value', cell: ({ value }) => <Name text={value} /> },
            { id: 'origin', label: 'From', cell: ({ origin }) => <Name text={origin} /> },
          ]}
        />
      )}
    </Panel>
  );
}

function QueueFacts({ queue }: { readonly queue: QueueView }) {
  const { policy, operator_policy, owner_pid_details: owner } = queue;
  const policyLink = (name: string | null | undefined, kind: string) =>
    name ? (
      <Link to={[kind]} query={{ name }}>
        <Name text={name} />
      </Link>
    ) : (
      '–'
    );
  return (
    <Panel title="Facts">
      <Facts
        facts={[
          { label: 'Vhost', value: <VhostLink name={queue.vhost} /> },
          { label: 'Policy', value: policyLink(policy, 'policies') },
          { label: 'Operator policy', value: policyLink(operator_policy, 'operator-policies') },
          { label: 'Consumer utilisation', value: formatShare(queue.consumer_utilisation) },
          { label: 'Persistent', value: formatCount(queue.messages_persistent) },
          { label: 'All bytes', value: formatBytes(queue.message_bytes) },
          { label: 'Paged out', value: formatCount(queue.messages_paged_out) },
          { label: 'Memory', value: formatBytes(queue.memory) },
          queue.idle_since !== undefined && {
            label: 'Idle since',
            value: formatTime(queue.idle_since),
          },
          owner?.name !== undefined && {
            label: 'Owned by',
            value: <ConnectionLink name={owner.name} />,
          },
          Boolean(queue.single_active_consumer_tag) && {
            label: 'Active consumer',
            value: <Name text={queue.single_active_consumer_tag ?? ''} />,
          },
          { label: 'Arguments', value: <ArgumentList table={queue.arguments} /> },
        ]}
      />
    </Panel>
  );
}
