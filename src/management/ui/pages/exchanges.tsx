// Exchanges: the list with adding and deleting.
import { useState } from 'preact/hooks';
import { ArgumentsField, argumentsOf } from '../elements/arguments.tsx';
import { runBulk } from '../elements/bulk-run.tsx';
import { Modal } from '../elements/dialog.tsx';
import { ActionForm, Check, Choice, Field, type FormValues } from '../elements/form.tsx';
import { List } from '../elements/list.tsx';
import { Page } from '../elements/panel.tsx';
import type { Column } from '../elements/table.tsx';
import { Badge, ExchangeLink, Name } from '../elements/text.tsx';
import {
  chosenVhost,
  NameCell,
  VhostChoice,
  VhostField,
  withoutVhost,
} from '../elements/vhost-choice.tsx';
import { formatRate } from '../format/numbers.ts';
import { rateOf } from '../format/stats.ts';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import { usePolled } from '../http/use-polled.ts';
import type { ExchangeView, OverviewView } from '../http/views.ts';
import { EXCHANGE_ARGUMENTS } from '../message/known-arguments.ts';
import { mayDoAny } from '../session.ts';

const COLUMNS: readonly Column<ExchangeView>[] = [
  {
    id: 'name',
    label: 'Exchange',
    sort: 'name',
    cell: (exchange) => (
      <NameCell vhost={exchange.vhost}>
        <ExchangeLink {...exchange} />
      </NameCell>
    ),
  },
  {
    id: 'vhost',
    label: 'Vhost',
    sort: 'vhost',
    importance: 2,
    cell: ({ vhost }) => <Name text={vhost} />,
  },
  { id: 'type', label: 'Type', sort: 'type', cell: ({ type }) => <Name text={type} /> },
  {
    id: 'features',
    label: 'Features',
    importance: 2,
    cell: (exchange) => <ExchangeBadges exchange={exchange} />,
  },
  {
    id: 'policy',
    label: 'Policy',
    sort: 'policy',
    importance: 3,
    cell: ({ policy }) => (policy ? <Name text={policy} /> : '–'),
  },
  {
    id: 'in',
    label: 'In',
    sort: 'message_stats.publish_in_details.rate',
    isNumber: true,
    cell: (one) => formatRate(rateOf(one.message_stats, 'publish_in') ?? 0),
  },
  {
    id: 'out',
    label: 'Out',
    sort: 'message_stats.publish_out_details.rate',
    isNumber: true,
    cell: (one) => formatRate(rateOf(one.message_stats, 'publish_out') ?? 0),
  },
];

export function ExchangeBadges({ exchange }: { readonly exchange: ExchangeView }) {
  const { durable, auto_delete, internal, arguments: table } = exchange;
  const count = Object.keys(table).length;
  return (
    <span class="badges">
      {!durable && <Badge tone="warning">transient</Badge>}
      {auto_delete && <Badge>auto-delete</Badge>}
      {internal && <Badge>internal</Badge>}
      {count > 0 && <Badge title={visibleName(JSON.stringify(table))}>arguments</Badge>}
    </span>
  );
}

/** Exchanges that come with every vhost cannot be deleted. */
export const isBuiltIn = (name: string) => name === '' || name.startsWith('amq.');

export function ExchangesPage() {
  const [isAdding, setAdding] = useState(false);
  const vhost = chosenVhost();
  return (
    <Page
      title="Exchanges"
      actions={
        mayDoAny('configure', vhost) && (
          <button type="button" class="primary" onClick={() => setAdding(true)}>
            Add exchange
          </button>
        )
      }
    >
      <List<ExchangeView>
        id="exchanges"
        caption="Exchanges"
        path={vhost === '' ? ['exchanges'] : ['exchanges', vhost]}
        columns={withoutVhost(COLUMNS, vhost)}
        rowKey={({ vhost: host, name }) => `${host}/${name}`}
        controls={<VhostChoice />}
        empty="There is no exchange."
        bulk={
          mayDoAny('configure', vhost) ? [{ label: 'Delete…', isDanger: true, run: deleteAll }] : []
        }
      />
      {isAdding && (
        <Modal title="Add exchange" onClose={() => setAdding(false)}>
          <ExchangeForm onDone={() => setAdding(false)} />
        </Modal>
      )}
    </Page>
  );
}

function deleteAll(rows: readonly ExchangeView[], onDone: () => void): void {
  const deletable = rows.filter(({ name }) => !isBuiltIn(name));
  void runBulk({
    title: `Delete ${deletable.length} exchanges`,
    consequences: [
      'Their bindings go too. What is published to them is refused from then on.',
      ...(deletable.length < rows.length ? ['Exchanges that come with a vhost stay.'] : []),
    ],
    typed: `delete ${deletable.length}`,
    action: 'Delete',
    items: deletable.map(({ vhost, name }) => ({
      name,
      run: () => request('DELETE', ['exchanges', vhost, name]),
    })),
    onDone,
  });
}

function ExchangeForm({ onDone }: { readonly onDone: () => void }) {
  const types = usePolled<OverviewView>(['overview']).value?.exchange_types ?? [];
  const names = types.filter((type) => type.internal_purpose === undefined).map(({ name }) => name);
  return (
    <ActionForm label="Add exchange" submit="Add exchange" onSubmit={add} onDone={onDone}>
      <div class="fields">
        <VhostField />
        <Field label="Name" name="name" isRequired />
        <Choice
          key={names.join()}
          label="Type"
          name="type"
          options={names.map((name) => ({ value: name, label: name }))}
          value="direct"
        />
      </div>
      <div class="checks">
        <Check label="Durable" name="durable" isOn />
        <Check label="Auto-delete" name="auto_delete" />
        <Check label="Internal" name="internal" />
      </div>
      <ArgumentsField label="Arguments" name="arguments" known={EXCHANGE_ARGUMENTS} />
    </ActionForm>
  );
}

async function add(values: FormValues): Promise<string> {
  const name = values.text('name');
  await request('PUT', ['exchanges', values.text('vhost'), name], {
    body: {
      type: values.text('type'),
      durable: values.isOn('durable'),
      auto_delete: values.isOn('auto_delete'),
      internal: values.isOn('internal'),
      arguments: argumentsOf(values, 'arguments'),
    },
  });
  return `The exchange ${visibleName(name)} is there.`;
}
