// Adds a queue.
import { ArgumentsField, argumentsOf } from '../elements/arguments.tsx';
import { ActionForm, Check, Choice, Field, type FormValues } from '../elements/form.tsx';
import { VhostField } from '../elements/vhost-choice.tsx';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import { QUEUE_ARGUMENTS, QUEUE_TYPES } from '../message/known-arguments.ts';

export function QueueForm({ onDone }: { readonly onDone: () => void }) {
  return (
    <ActionForm label="Add queue" submit="Add queue" onSubmit={add} onDone={onDone}>
      <div class="fields">
        <VhostField />
        <Field label="Name" name="name" isRequired />
        <Choice
          label="Type"
          name="type"
          options={[
            { value: '', label: 'default of the vhost' },
            ...QUEUE_TYPES.map((type) => ({ value: type, label: type })),
          ]}
        />
      </div>
      <div class="checks">
        <Check label="Durable" name="durable" isOn />
        <Check label="Auto-delete" name="auto_delete" />
      </div>
      <ArgumentsField label="Arguments" name="arguments" known={QUEUE_ARGUMENTS} />
    </ActionForm>
  );
}

async function add(values: FormValues): Promise<string> {
  const name = values.text('name');
  const type = values.text('type');
  await request('PUT', ['queues', values.text('vhost'), name], {
    body: {
      durable: values.isOn('durable'),
      auto_delete: values.isOn('auto_delete'),
      arguments: {
        ...argumentsOf(values, 'arguments'),
        ...(type === '' ? {} : { 'x-queue-type': type }),
      },
    },
  });
  return `The queue ${visibleName(name)} is there.`;
}
