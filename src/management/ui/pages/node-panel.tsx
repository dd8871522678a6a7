// The node: what it uses of what it has, where it listens, what it is.
import { Facts, Meter, Panel } from '../elements/panel.tsx';
import { formatBytes, formatCount, formatDuration, formatRate } from '../format/numbers.ts';
import { rateOf } from '../format/stats.ts';
import { usePolled } from '../http/use-polled.ts';
import type { NodeView, OverviewView } from '../http/views.ts';

const CHURN = [
  ['connection_created', 'Connections opened'],
  ['connection_closed', 'Connections closed'],
  ['channel_created', 'Channels opened'],
  ['channel_closed', 'Channels closed'],
  ['queue_created', 'Queues created'],
  ['queue_deleted', 'Queues deleted'],
] as const;

export function NodePanel({ overview }: { readonly overview: OverviewView }) {
  const nodes = usePolled<readonly NodeView[]>(['nodes']).value ?? [];
  return (
    <>
      {nodes.map((node) => (
        <Panel
          key={node.name}
          title="Node"
          note={node.uptime !== undefined && `up ${formatDuration(node.uptime / 1000)}`}
        >
          <Meters node={node} />
          <Facts
            facts={[
              { label: 'Name', value: node.name },
              { label: 'Cluster', value: overview.cluster_name },
              {
                label: 'Version',
                value: `${overview.product_name ?? ''} ${overview.product_version ?? overview.rabbitmq_version}`,
              },
              { label: 'Answers as RabbitMQ', value: overview.rabbitmq_version },
              { label: 'Processors', value: formatCount(node.processors) },
              { label: 'Process', value: node.os_pid ?? '–' },
              { label: 'Directory', value: <code>{node.db_dir ?? '–'}</code> },
              {
                label: 'Listens on',
                value: (overview.listeners ?? [])
                  .map(({ protocol, ip_address, port }) => `${protocol} ${ip_address}:${port}`)
                  .join(' · '),
              },
            ]}
          />
        </Panel>
      ))}
      <Panel title="Churn" note="per second">
        <Facts
          facts={CHURN.map(([name, label]) => ({
            label,
            value: formatRate(rateOf(overview.churn_rates, name) ?? 0),
          }))}
        />
      </Panel>
    </>
  );
}

function Meters({ node }: { readonly node: NodeView }) {
  return (
    <div class="meters">
      <Meter
        label="Memory"
        used={node.mem_used}
        total={node.mem_limit}
        text={`${formatBytes(node.mem_used)} of ${formatBytes(node.mem_limit)}`}
        isAlarm={node.mem_alarm ?? false}
      />
      <Meter
        label="Disk free"
        used={undefined}
        total={undefined}
        text={`${formatBytes(node.disk_free)}, alarm below ${formatBytes(node.disk_free_limit)}`}
        isAlarm={node.disk_free_alarm ?? false}
      />
      <Meter
        label="File descriptors"
        used={node.fd_used}
        total={node.fd_total}
        text={`${formatCount(node.fd_used)} of ${formatCount(node.fd_total)}`}
      />
      <Meter
        label="Sockets"
        used={node.sockets_used}
        total={node.sockets_total}
        text={`${formatCount(node.sockets_used)} of ${formatCount(node.sockets_total)}`}
      />
    </div>
  );
}
