// Permissions and topic permissions, seen from a user or from a vhost: the same rows, the other end in the first column.
import { act } from '../elements/act.ts';
import { ActionForm, Choice, Field, type FormValues } from '../elements/form.tsx';
import { Empty, Panel, Waiting } from '../elements/panel.tsx';
import { type Column, Table } from '../elements/table.tsx';
import { Name, UserLink, VhostLink } from '../elements/text.tsx';
import { useVhosts } from '../elements/vhost-choice.tsx';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import { usePolled } from '../http/use-polled.ts';
import type { PermissionView, TopicPermissionView, UserView } from '../http/views.ts';

interface PermissionPanelProps {
  readonly of: 'user' | 'vhost';
  readonly name: string;
}

const pattern = (text: string) =>
  text === '' ? (
    <span class="faint">nothing</span>
  ) : (
    <code>
      <Name text={text} />
    </code>
  );

function endColumn<Row extends { user: string; vhost: string }>(of: 'user' | 'vhost'): Column<Row> {
  return of === 'user'
    ? { id: 'vhost', label: 'Vhost', cell: ({ vhost }) => <VhostLink name={vhost} /> }
    : { id: 'user', label: 'User', cell: ({ user }) => <UserLink name={user} /> };
}

function clearColumn<Row extends { user: string; vhost: string }>(
  of: 'user' | 'vhost',
  clear: (row: Row) => void,
): Column<Row> {
  return {
    id: 'clear',
    label: 'Actions',
    cell: (row) => (
      <button
        type="button"
        class="danger-quiet small"
        aria-label={`Clear for ${visibleName(of === 'user' ? row.vhost : row.user)}`}
        onClick={() => clear(row)}
      >
        Clear…
      </button>
    ),
  };
}

export function PermissionPanel({ of, name }: PermissionPanelProps) {
  const { value, error } = usePolled<readonly PermissionView[]>([`${of}s`, name, 'permissions']);
  const columns: readonly Column<PermissionView>[] = [
    endColumn(of),
    { id: 'configure', label: 'Configure', cell: ({ configure }) => pattern(configure) },
    { id: 'write', label: 'Write', cell: ({ write }) => pattern(write) },
    { id: 'read', label: 'Read', cell: ({ read }) => pattern(read) },
    clearColumn(of, clearPermission),
  ];
  return (
    <Panel title="Permissions" note="regular expressions over names" isFlush>
      {value === undefined && <Waiting error={error} />}
      {value?.length === 0 && (
        <Empty>{of === 'user' ? 'May use no vhost.' : 'No user may use it.'}</Empty>
      )}
      {value !== undefined && value.length > 0 && (
        <Table
          caption="Permissions"
          columns={columns}
          rows={value}
          rowKey={({ user, vhost }) => `${vhost}/${user}`}
        />
      )}
      <div class="panel-form">
        <PermissionForm of={of} name={name} />
      </div>
    </Panel>
  );
}

function clearPermission({ user, vhost }: PermissionView): void {
  void act(() => request('DELETE', ['permissions', vhost, user]), 'The permission is cleared.', {
    title: 'Clear the permission',
    consequences: [`${visibleName(user)} can no longer use the vhost ${visibleName(vhost)}.`],
    action: 'Clear',
  });
}

function PermissionForm({ of, name }: PermissionPanelProps) {
  const save = async (values: FormValues) => {
    const end = values.text('end');
    await request('PUT', of === 'user' ? ['permissions', end, name] : ['permissions', name, end], {
      body: {
        configure: values.text('configure'),
        write: values.text('write'),
        read: values.text('read'),
      },
    });
    return 'The permission is set.';
  };
  return (
    <ActionForm label="Set permission" submit="Set permission" onSubmit={save}>
      <div class="fields">
        <OtherEnd of={of} />
        <Field label="Configure" name="configure" value=".*" />
        <Field label="Write" name="write" value=".*" />
        <Field label="Read" name="read" value=".*" />
      </div>
    </ActionForm>
  );
}

/** The vhosts for a user, the users for a vhost. */
function OtherEnd({ of }: { readonly of: 'user' | 'vhost' }) {
  return of === 'user' ? <VhostEnd /> : <UserEnd />;
}

function VhostEnd() {
  return <EndChoice label="Vhost" names={useVhosts() ?? []} />;
}

function UserEnd() {
  const users = usePolled<readonly UserView[]>(['users'], { columns: 'name' }).value ?? [];
  return <EndChoice label="User" names={users.map(({ name }) => name)} />;
}

function EndChoice({
  label,
  names,
}: {
  readonly label: string;
  readonly names: readonly string[];
}) {
  return (
    <Choice
      key={names.join('\n')}
      label={label}
      name="end"
      options={names.map((name) => ({ value: name, label: visibleName(name) }))}
    />
  );
}

export function TopicPermissionPanel({ of, name }: PermissionPanelProps) {
  const path = [`${of}s`, name, 'topic-permissions'];
  const { value, error } = usePolled<readonly TopicPermissionView[]>(path);
  const columns: readonly Column<TopicPermissionView>[] = [
    endColumn(of),
    {
      id: 'exchange',
      label: 'Exchange',
      cell: ({ exchange }) => <Name text={exchange} empty="(default)" />,
    },
    { id: 'write', label: 'Write keys', cell: ({ write }) => pattern(write) },
    { id: 'read', label: 'Read keys', cell: ({ read }) => pattern(read) },
    clearColumn(of, clearTopicPermission),
  ];
  return (
    <Panel title="Topic permissions" note="which routing keys, per topic exchange" isFlush>
      {value === undefined && <Waiting error={error} />}
      {value?.length === 0 && <Empty>None: every key is allowed.</Empty>}
      {value !== undefined && value.length > 0 && (
        <Table
          caption="Topic permissions"
          columns={columns}
          rows={value}
          rowKey={({ user, vhost, exchange }) => JSON.stringify([vhost, user, exchange])}
        />
      )}
      <div class="panel-form">
        <TopicPermissionForm of={of} name={name} />
      </div>
    </Panel>
  );
}

function clearTopicPermission({ user, vhost, exchange }: TopicPermissionView): void {
  void act(
    () => request('DELETE', ['topic-permissions', vhost, user, exchange]),
    'The topic permission is cleared.',
    {
      title: 'Clear the topic permission',
      consequences: [
        `${visibleName(user)} may use every routing key of ${visibleName(exchange)} again.`,
      ],
      action: 'Clear',
    },
  );
}

function TopicPermissionForm({ of, name }: PermissionPanelProps) {
  const save = async (values: FormValues) => {
    const end = values.text('end');
    const path = of === 'user' ? [end, name] : [name, end];
    await request('PUT', ['topic-permissions', ...path], {
      body: {
        exchange: values.text('exchange'),
        write: values.text('write'),
        read: values.text('read'),
      },
    });
    return 'The topic permission is set.';
  };
  return (
    <ActionForm label="Set topic permission" submit="Set topic permission" onSubmit={save}>
      <div class="fields">
        <OtherEnd of={of} />
        <Field label="Exchange" name="exchange" value="amq.topic" />
        <Field label="Write keys" name="write" value=".*" />
        <Field label="Read keys" name="read" value=".*" />
      </div>
    </ActionForm>
  );
}
