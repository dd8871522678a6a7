// Limits of vhosts and users: all of them on one page, and the panel of one vhost or user.
import { act } from '../elements/act.ts';
import { ActionForm, Choice, Field, type FormValues } from '../elements/form.tsx';
import { Empty, Page, Panel, Waiting } from '../elements/panel.tsx';
import { type Column, Table } from '../elements/table.tsx';
import { UserLink, VhostLink } from '../elements/text.tsx';
import { formatCount } from '../format/numbers.ts';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import { usePolled } from '../http/use-polled.ts';
import type { LimitsView } from '../http/views.ts';
import { may } from '../session.ts';

export const VHOST_LIMITS = ['max-connections', 'max-queues'] as const;
export const USER_LIMITS = ['max-connections', 'max-channels'] as const;

type LimitPath = 'vhost-limits' | 'user-limits';

interface Limit {
  readonly owner: string;
  readonly name: string;
  readonly value: number;
}

/** RabbitMQ gives one object per owner; a row is one limit. */
function limitsOf(views: readonly LimitsView[]): Limit[] {
  return views.flatMap(({ vhost, user, value }) =>
    Object.entries(value).map(([name, limit]) => ({
      owner: vhost ?? user ?? '',
      name,
      value: limit,
    })),
  );
}

function limitColumns(path: LimitPath, withOwner: boolean): readonly Column<Limit>[] {
  const owner: Column<Limit> = {
    id: 'owner',
    label: path === 'vhost-limits' ? 'Vhost' : 'User',
    cell: ({ owner: name }) =>
      path === 'vhost-limits' ? <VhostLink name={name} /> : <UserLink name={name} />,
  };
  return [
    ...(withOwner ? [owner] : []),
    { id: 'limit', label: 'Limit', cell: ({ name }) => name },
    {
      id: 'value',
      label: 'Value',
      isNumber: true,
      cell: ({ value }) => (value < 0 ? 'none' : formatCount(value)),
    },
    {
      id: 'clear',
      label: 'Actions',
      cell: (limit) =>
        may('administrator') && (
          <button
            type="button"
            class="danger-quiet small"
            aria-label={`Clear ${limit.name} of ${visibleName(limit.owner)}`}
            onClick={() => clear(path, limit)}
          >
            Clear…
          </button>
        ),
    },
  ];
}

function clear(path: LimitPath, { owner, name }: Limit): void {
  void act(() => request('DELETE', [path, owner, name]), 'The limit is cleared.', {
    title: 'Clear the limit',
    consequences: [`${name} no longer bounds ${visibleName(owner)}.`],
    action: 'Clear',
  });
}

interface LimitsPanelProps {
  readonly path: LimitPath;
  readonly name: string;
  readonly known: readonly string[];
}

export function LimitsPanel({ path, name, known }: LimitsPanelProps) {
  const { value, error } = usePolled<readonly LimitsView[]>([path, name]);
  const set = async (values: FormValues) => {
    const limit = values.text('limit');
    await request('PUT', [path, name, limit], { body: { value: Number(values.text('value')) } });
    return `${limit} is set.`;
  };
  return (
    <Panel title="Limits" isFlush>
      {value === undefined && <Waiting error={error} />}
      {value !== undefined && <LimitTable path={path} limits={limitsOf(value)} withOwner={false} />}
      <div class="panel-form">
        <ActionForm label="Set limit" submit="Set limit" onSubmit={set}>
          <div class="fields">
            <Choice
              label="Limit"
              name="limit"
              options={known.map((limit) => ({ value: limit, label: limit }))}
            />
            <Field
              label="At most"
              name="value"
              type="number"
              min={-1}
              isRequired
              hint="-1: no limit"
            />
          </div>
        </ActionForm>
      </div>
    </Panel>
  );
}

interface LimitTableProps {
  readonly path: LimitPath;
  readonly limits: readonly Limit[];
  readonly withOwner: boolean;
}

function LimitTable({ path, limits, withOwner }: LimitTableProps) {
  if (limits.length === 0) return <Empty>No limit.</Empty>;
  return (
    <Table
      caption="Limits"
      columns={limitColumns(path, withOwner)}
      rows={limits}
      rowKey={({ owner, name }) => `${owner} ${name}`}
    />
  );
}

export function LimitsPage() {
  return (
    <Page title="Limits">
      <AllLimits path="vhost-limits" title="Of vhosts" />
      {may('administrator') && <AllLimits path="user-limits" title="Of users" />}
    </Page>
  );
}

function AllLimits({ path, title }: { readonly path: LimitPath; readonly title: string }) {
  const { value, error } = usePolled<readonly LimitsView[]>([path]);
  return (
    <Panel title={title} note="set on the page of a vhost or user" isFlush>
      {value === undefined ? (
        <Waiting error={error} />
      ) : (
        <LimitTable path={path} limits={limitsOf(value)} withOwner />
      )}
    </Panel>
  );
}
