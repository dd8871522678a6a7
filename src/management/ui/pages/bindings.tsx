// Bindings of a queue or exchange: the table, removing one, adding one.
import { useState } from 'preact/hooks';
import { act } from '../elements/act.ts';
import { ArgumentList, ArgumentsField, argumentsOf } from '../elements/arguments.tsx';
import { Modal } from '../elements/dialog.tsx';
import { ActionForm, Choice, Field, type FormValues } from '../elements/form.tsx';
import { Empty, Panel, Waiting } from '../elements/panel.tsx';
import { type Column, Table } from '../elements/table.tsx';
import { ExchangeLink, exchangeSegment, Name, QueueLink } from '../elements/text.tsx';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import type { Polled } from '../http/use-polled.ts';
import type { BindingView, ObjectName } from '../http/views.ts';

interface BindingPanelProps {
  readonly title: string;
  readonly polled: Polled<readonly BindingView[]>;
  /** The end that is not this page's. */
  readonly far: 'source' | 'destination';
  /** This exchange as the source of a new binding. */
  readonly addFrom?: ObjectName;
  /** This queue as the destination of a new binding. */
  readonly addTo?: ObjectName;
}

export function BindingPanel({ title, polled, far, addFrom, addTo }: BindingPanelProps) {
  const [isAdding, setAdding] = useState(false);
  const { value, error } = polled;
  const canAdd = addFrom !== undefined || addTo !== undefined;
  return (
    <Panel
      title={title}
      isFlush
      actions={
        canAdd && (
          <button type="button" onClick={() => setAdding(true)}>
            Add binding
          </button>
        )
      }
    >
      {value === undefined && <Waiting error={error} />}
      {value?.length === 0 && <Empty>No binding.</Empty>}
      {value !== undefined && value.length > 0 && (
        <Table
          caption={title}
          columns={columnsFor(far)}
          rows={value}
          rowKey={({ source, destination_type, destination, properties_key }) =>
            JSON.stringify([source, destination_type, destination, properties_key])
          }
        />
      )}
      {isAdding && (
        <Modal title="Add binding" onClose={() => setAdding(false)}>
          <BindingForm from={addFrom} to={addTo} onDone={() => setAdding(false)} />
        </Modal>
      )}
    </Panel>
  );
}

function columnsFor(far: 'source' | 'destination'): readonly Column<BindingView>[] {
  return [
    {
      id: 'far',
      label: far === 'source' ? 'From exchange' : 'To',
      cell: (binding) => <FarEnd binding={binding} far={far} />,
    },
    {
      id: 'key',
      label: 'Routing key',
      cell: ({ routing_key }) => <Name text={routing_key} />,
    },
    {
      id: 'arguments',
      label: 'Arguments',
      importance: 2,
      cell: ({ arguments: table }) => <ArgumentList table={table} />,
    },
    {
      id: 'remove',
      label: 'Actions',
      cell: (binding) =>
        binding.source === '' ? (
          <span class="faint">always there</span>
        ) : (
          <button
            type="button"
            class="danger-quiet small"
            aria-label={`Unbind ${visibleName(binding.routing_key)}`}
            onClick={() => unbind(binding)}
          >
            Unbind…
          </button>
        ),
    },
  ];
}

function FarEnd({ binding, far }: { readonly binding: BindingView; readonly far: string }) {
  const { vhost, source, destination, destination_type } = binding;
  if (far === 'source') return <ExchangeLink vhost={vhost} name={source} />;
  if (destination_type === 'queue') return <QueueLink vhost={vhost} name={destination} />;
  return (
    <>
      <ExchangeLink vhost={vhost} name={destination} /> <span class="faint">exchange</span>
    </>
  );
}

function pathOf({ vhost, source, destination_type, destination }: BindingView): string[] {
  const kind = destination_type === 'queue' ? 'q' : 'e';
  return ['bindings', vhost, 'e', exchangeSegment(source), kind, destination];
}

function unbind(binding: BindingView): void {
  const path = [...pathOf(binding), binding.properties_key];
  void act(() => request('DELETE', path), 'The binding is removed.', {
    title: 'Remove the binding',
    consequences: [
      `Messages with the key "${visibleName(binding.routing_key)}" no longer go from ` +
        `${visibleName(binding.source)} to ${visibleName(binding.destination)}.`,
    ],
    action: 'Unbind',
  });
}

interface BindingFormProps {
  readonly from: ObjectName | undefined;
  readonly to: ObjectName | undefined;
  readonly onDone: () => void;
}

function BindingForm({ from, to, onDone }: BindingFormProps) {
  const add = async (values: FormValues) => {
    await request(
      'POST',
      pathOf({
        vhost: from?.vhost ?? to?.vhost ?? '/',
        source: from?.name ?? values.text('source'),
        destination: to?.name ?? values.text('destination'),
        destination_type:
          to !== undefined || values.text('kind') === 'queue' ? 'queue' : 'exchange',
        routing_key: '',
        arguments: {},
        properties_key: '',
      }),
      {
        body: {
          routing_key: values.text('routing_key'),
          arguments: argumentsOf(values, 'arguments'),
        },
      },
    );
    return 'The binding is there.';
  };
  return (
    <ActionForm label="Add binding" submit="Add binding" onSubmit={add} onDone={onDone}>
      <div class="fields">
        {from === undefined ? (
          <Field label="From exchange" name="source" isRequired />
        ) : (
          <>
            <Choice
              label="To"
              name="kind"
              options={[
                { value: 'queue', label: 'Queue' },
                { value: 'exchange', label: 'Exchange' },
              ]}
            />
            <Field label="Its name" name="destination" isRequired />
          </>
        )}
        <Field label="Routing key" name="routing_key" />
      </div>
      <ArgumentsField label="Arguments" name="arguments" />
    </ActionForm>
  );
}
