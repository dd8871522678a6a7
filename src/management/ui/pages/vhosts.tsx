// Virtual hosts: the list with adding, and the page of one.
import { useState } from 'preact/hooks';
import { act } from '../elements/act.ts';
import { Modal } from '../elements/dialog.tsx';
import { ActionForm, Check, Choice, Field, type FormValues } from '../elements/form.tsx';
import { List } from '../elements/list.tsx';
import { Facts, Page, Panel, Waiting } from '../elements/panel.tsx';
import type { Column } from '../elements/table.tsx';
import { Badge, Link, Name, VhostLink } from '../elements/text.tsx';
import { formatCount, formatRate } from '../format/numbers.ts';
import { rateOf } from '../format/stats.ts';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import { usePolled } from '../http/use-polled.ts';
import type { VhostView } from '../http/views.ts';
import { goTo } from '../location/current-location.ts';
import { QUEUE_TYPES } from '../message/known-arguments.ts';
import { may } from '../session.ts';
import { LimitsPanel, VHOST_LIMITS } from './limits.tsx';
import { PermissionPanel, TopicPermissionPanel } from './permissions.tsx';

const COLUMNS: readonly Column<VhostView>[] = [
  {
    id: 'name',
    label: 'Vhost',
    sort: 'name',
    cell: ({ name }) => <VhostLink name={name} />,
  },
  {
    id: 'description',
    label: 'Description',
    importance: 2,
    cell: ({ description = '' }) => (description === '' ? '–' : <Name text={description} />),
  },
  {
    id: 'type',
    label: 'Default type',
    importance: 3,
    cell: ({ default_queue_type: type }) => typeText(type),
  },
  {
    id: 'tags',
    label: 'Tags',
    importance: 3,
    cell: ({ tags = [] }) => tags.map((tag) => <Badge key={tag}>{visibleName(tag)}</Badge>),
  },
  {
    id: 'ready',
    label: 'Ready',
    sort: 'messages_ready',
    isNumber: true,
    cell: (vhost) => formatCount(vhost.messages_ready ?? 0),
  },
  {
    id: 'unacked',
    label: 'Unacked',
    sort: 'messages_unacknowledged',
    isNumber: true,
    importance: 2,
    cell: (vhost) => formatCount(vhost.messages_unacknowledged ?? 0),
  },
  {
    id: 'in',
    label: 'In',
    isNumber: true,
    importance: 2,
    cell: (vhost) => formatRate(rateOf(vhost.message_stats, 'publish') ?? 0),
  },
  {
    id: 'out',
    label: 'Out',
    isNumber: true,
    importance: 2,
    cell: (vhost) => formatRate(rateOf(vhost.message_stats, 'deliver_get') ?? 0),
  },
];

const typeText = (type: string | undefined) =>
  type === undefined || type === 'undefined' ? 'classic' : type;

export function VhostsPage() {
  const [isAdding, setAdding] = useState(false);
  return (
    <Page
      title="Virtual hosts"
      actions={
        may('administrator') && (
          <button type="button" class="primary" onClick={() => setAdding(true)}>
            Add vhost
          </button>
        )
      }
    >
      <List<VhostView>
        id="vhosts"
        caption="Virtual hosts"
        path={['vhosts']}
        columns={COLUMNS}
        rowKey={({ name }) => name}
        empty="There is no vhost that you may see."
      />
      {isAdding && (
        <Modal title="Add vhost" onClose={() => setAdding(false)}>
          <VhostForm vhost={undefined} onDone={() => setAdding(false)} />
        </Modal>
      )}
    </Page>
  );
}

interface VhostFormProps {
  readonly vhost: VhostView | undefined;
  readonly onDone?: () => void;
}

function VhostForm({ vhost, onDone = () => undefined }: VhostFormProps) {
  const save = async (values: FormValues) => {
    const name = vhost?.name ?? values.text('name');
    await request('PUT', ['vhosts', name], {
      body: {
        description: values.text('description'),
        tags: values.text('tags'),
        tracing: values.isOn('tracing'),
        ...(values.text('type') === '' ? {} : { default_queue_type: values.text('type') }),
      },
    });
    return `The vhost ${visibleName(name)} is saved.`;
  };
  return (
    <ActionForm label="Save vhost" submit="Save vhost" onSubmit={save} onDone={onDone}>
      <div class="fields">
        {vhost === undefined && <Field label="Name" name="name" isRequired />}
        <Field label="Description" name="description" value={vhost?.description ?? ''} />
        <Field label="Tags, with commas" name="tags" value={vhost?.tags?.join(', ') ?? ''} />
        <Choice
          label="Default queue type"
          name="type"
          options={[
            { value: '', label: 'default of the broker' },
            ...QUEUE_TYPES.map((type) => ({ value: type, label: type })),
          ]}
          value={QUEUE_TYPES.find((type) => type === vhost?.default_queue_type) ?? ''}
        />
      </div>
      <div class="checks">
        <Check label="Trace messages (firehose)" name="tracing" isOn={vhost?.tracing ?? false} />
      </div>
    </ActionForm>
  );
}

export function VhostPage({ name }: { readonly name: string }) {
  const isAdministrator = may('administrator');
  const polled = usePolled<VhostView>(['vhosts', name]);
  const { value, error } = polled;
  return (
    <Page
      title={name}
      above={{ label: 'Virtual hosts', to: ['vhosts'] }}
      actions={
        isAdministrator && (
          <button type="button" class="danger-quiet" onClick={() => remove(name, value)}>
            Delete…
          </button>
        )
      }
    >
      {value === undefined ? (
        <Waiting error={error} />
      ) : (
        <div class="columns">
          <Panel title="Facts">
            <VhostFacts vhost={value} />
          </Panel>
          {isAdministrator && (
            <Panel title="Change">
              <VhostForm vhost={value} />
            </Panel>
          )}
        </div>
      )}
      {isAdministrator && value !== undefined && (
        <>
          <PermissionPanel of="vhost" name={name} />
          <TopicPermissionPanel of="vhost" name={name} />
          <LimitsPanel path="vhost-limits" name={name} known={VHOST_LIMITS} />
        </>
      )}
    </Page>
  );
}

function VhostFacts({ vhost }: { readonly vhost: VhostView }) {
  const { name, message_stats: stats } = vhost;
  return (
    <Facts
      facts={[
        { label: 'Ready', value: formatCount(vhost.messages_ready ?? 0) },
        { label: 'Unacked', value: formatCount(vhost.messages_unacknowledged ?? 0) },
        { label: 'In', value: formatRate(rateOf(stats, 'publish') ?? 0) },
        { label: 'Out', value: formatRate(rateOf(stats, 'deliver_get') ?? 0) },
        { label: 'Default queue type', value: typeText(vhost.default_queue_type) },
        { label: 'Tracing', value: vhost.tracing ? 'on' : 'off' },
        {
          label: 'In it',
          value: (
            <>
              <Link to={['queues']} query={{ vhost: name }}>
                queues
              </Link>{' '}
              ·{' '}
              <Link to={['exchanges']} query={{ vhost: name }}>
                exchanges
              </Link>{' '}
              ·{' '}
              <Link to={['connections']} query={{ vhost: name }}>
                connections
              </Link>
            </>
          ),
        },
      ]}
    />
  );
}

async function remove(name: string, vhost: VhostView | undefined): Promise<void> {
  await act(
    () => request('DELETE', ['vhosts', name]),
    `The vhost ${visibleName(name)} is deleted.`,
    {
      title: 'Delete the virtual host',
      consequences: [
        `All its queues go, with ${formatCount(vhost?.messages ?? 0)} messages.`,
        'All its exchanges, bindings, policies and permissions go.',
        'Its connections are closed.',
      ],
      typed: name,
      action: 'Delete vhost',
    },
    () => goTo(['vhosts']),
  );
}
