// Policies of users and of operators: the same table and form, under two addresses.
import { useState } from 'preact/hooks';
import { act } from '../elements/act.ts';
import { ArgumentList, ArgumentsField, argumentsOf } from '../elements/arguments.tsx';
import { Modal } from '../elements/dialog.tsx';
import { ActionForm, Choice, Field, type FormValues } from '../elements/form.tsx';
import { List } from '../elements/list.tsx';
import { Page, Tabs } from '../elements/panel.tsx';
import type { Column } from '../elements/table.tsx';
import { Name } from '../elements/text.tsx';
import { chosenVhost, VhostChoice, VhostField } from '../elements/vhost-choice.tsx';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import type { PolicyView } from '../http/views.ts';
import { OPERATOR_POLICY_KEYS, POLICY_KEYS } from '../message/known-arguments.ts';
import { may } from '../session.ts';
import { POLICY_KINDS, type PolicyKind } from './policy-kinds.ts';

const APPLY_TO = ['queues', 'exchanges', 'all', 'classic_queues', 'quorum_queues', 'streams'];

const columnsFor = (
  kind: PolicyKind,
  edit: (policy: PolicyView) => void,
): readonly Column<PolicyView>[] => [
  { id: 'name', label: 'Policy', sort: 'name', cell: ({ name }) => <Name text={name} /> },
  {
    id: 'vhost',
    label: 'Vhost',
    sort: 'vhost',
    importance: 2,
    cell: ({ vhost }) => <Name text={vhost} />,
  },
  {
    id: 'pattern',
    label: 'Pattern',
    sort: 'pattern',
    cell: ({ pattern }) => (
      <code>
        <Name text={pattern} />
      </code>
    ),
  },
  {
    id: 'apply-to',
    label: 'Applies to',
    sort: 'apply-to',
    importance: 2,
    cell: (policy) => policy['apply-to'].replaceAll('_', ' '),
  },
  {
    id: 'definition',
    label: 'Definition',
    importance: 2,
    cell: ({ definition }) => <ArgumentList table={definition} />,
  },
  {
    id: 'priority',
    label: 'Priority',
    sort: 'priority',
    isNumber: true,
    importance: 2,
    cell: ({ priority }) => priority,
  },
  ...(mayChange(kind) ? [actions(kind, edit)] : []),
];

const mayChange = (kind: PolicyKind) =>
  may(kind.name === 'policies' ? 'policymaker' : 'administrator');

const actions = (kind: PolicyKind, edit: (policy: PolicyView) => void): Column<PolicyView> => ({
  id: 'actions',
  label: 'Actions',
  cell: (policy) => (
    <div class="row-actions">
      <button
        type="button"
        class="small"
        aria-label={`Edit ${visibleName(policy.name)}`}
        onClick={() => edit(policy)}
      >
        Edit
      </button>
      <button
        type="button"
        class="danger-quiet small"
        aria-label={`Delete ${visibleName(policy.name)}`}
        onClick={() => remove(kind, policy)}
      >
        Delete…
      </button>
    </div>
  ),
});

function remove(kind: PolicyKind, { vhost, name, pattern }: PolicyView): void {
  void act(
    () => request('DELETE', [kind.name, vhost, name]),
    `The ${kind.noun} ${visibleName(name)} is deleted.`,
    {
      title: `Delete the ${kind.noun}`,
      consequences: [
        `Its settings end at once for everything that matches ${visibleName(pattern)}.`,
        'Limits, expiry and dead-lettering that came from it no longer hold.',
      ],
      typed: name,
      action: 'Delete policy',
    },
  );
}

export function PoliciesPage({ kind }: { readonly kind: PolicyKind }) {
  const [edited, setEdited] = useState<PolicyView | 'new' | undefined>(undefined);
  const vhost = chosenVhost();
  const tabs = POLICY_KINDS.map(({ name, title }) => ({ name, label: title, to: [name] }));
  return (
    <Page
      title={kind.title}
      actions={
        mayChange(kind) && (
          <button type="button" class="primary" onClick={() => setEdited('new')}>
            Add {kind.noun}
          </button>
        )
      }
    >
      <Tabs tabs={tabs} chosen={kind.name} />
      <List<PolicyView>
        id={kind.name}
        caption={kind.title}
        path={vhost === '' ? [kind.name] : [kind.name, vhost]}
        columns={columnsFor(kind, setEdited)}
        rowKey={({ vhost: host, name }) => `${host}/${name}`}
        controls={<VhostChoice />}
        empty={`There is no ${kind.noun}.`}
      />
      {edited !== undefined && (
        <Modal
          title={edited === 'new' ? `Add ${kind.noun}` : `Edit ${kind.noun}`}
          onClose={() => setEdited(undefined)}
        >
          <PolicyForm
            kind={kind}
            policy={edited === 'new' ? undefined : edited}
            onDone={() => setEdited(undefined)}
          />
        </Modal>
      )}
    </Page>
  );
}

interface PolicyFormProps {
  readonly kind: PolicyKind;
  readonly policy: PolicyView | undefined;
  readonly onDone: () => void;
}

function PolicyForm({ kind, policy, onDone }: PolicyFormProps) {
  const isOperator = kind.name === 'operator-policies';
  const save = async (values: FormValues) => {
    const vhost = policy?.vhost ?? values.text('vhost');
    const name = policy?.name ?? values.text('name');
    await request('PUT', [kind.name, vhost, name], {
      body: {
        pattern: values.text('pattern'),
        'apply-to': values.text('apply-to'),
        priority: Number(values.text('priority') || '0'),
        definition: argumentsOf(values, 'definition'),
      },
    });
    return `The ${kind.noun} ${visibleName(name)} holds.`;
  };
  return (
    <ActionForm label={`Save ${kind.noun}`} submit="Save" onSubmit={save} onDone={onDone}>
      <div class="fields">
        {policy === undefined && (
          <>
            <VhostField />
            <Field label="Name" name="name" isRequired />
          </>
        )}
        <Field
          label="Pattern"
          name="pattern"
          value={policy?.pattern ?? ''}
          hint="A regular expression, anywhere in the name: ^orders\."
          isRequired
        />
        <Choice
          label="Applies to"
          name="apply-to"
          options={APPLY_TO.filter((name) => !isOperator || name !== 'exchanges').map((name) => ({
            value: name,
            label: name.replaceAll('_', ' '),
          }))}
          value={policy?.['apply-to'] ?? 'queues'}
        />
        <Field
          label="Priority"
          name="priority"
          type="number"
          value={String(policy?.priority ?? 0)}
          hint="Of all that match, the highest holds."
        />
      </div>
      <ArgumentsField
        label="Definition"
        name="definition"
        known={isOperator ? OPERATOR_POLICY_KEYS : POLICY_KEYS}
        table={policy?.definition ?? {}}
      />
    </ActionForm>
  );
}
