// Users: the list with adding and deleting.
import { useState } from 'preact/hooks';
import { runBulk } from '../elements/bulk-run.tsx';
import { Modal } from '../elements/dialog.tsx';
import { ActionForm, Check, Field, type FormValues } from '../elements/form.tsx';
import { List } from '../elements/list.tsx';
import { Page } from '../elements/panel.tsx';
import type { Column } from '../elements/table.tsx';
import { Badge, UserLink } from '../elements/text.tsx';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import { usePolled } from '../http/use-polled.ts';
import type { PermissionView, UserView } from '../http/views.ts';
import { user as loggedIn } from '../session.ts';

export const TAGS = [
  ['administrator', 'everything'],
  ['monitoring', 'sees everything'],
  ['policymaker', 'policies of the own vhosts'],
  ['management', 'this page, for the own vhosts'],
] as const;

export const tagsOf = ({ tags }: Pick<UserView, 'tags'>) =>
  (typeof tags === 'string' ? tags.split(',') : tags).filter((tag) => tag !== '');

export function UsersPage() {
  const [isAdding, setAdding] = useState(false);
  const permissions = usePolled<readonly PermissionView[]>(['permissions']).value ?? [];
  const columns: readonly Column<UserView>[] = [
    { id: 'name', label: 'User', sort: 'name', cell: ({ name }) => <UserLink name={name} /> },
    {
      id: 'tags',
      label: 'Tags',
      cell: (one) => tagsOf(one).map((tag) => <Badge key={tag}>{visibleName(tag)}</Badge>),
    },
    {
      id: 'vhosts',
      label: 'May use',
      importance: 2,
      cell: ({ name }) => vhostList(permissions.filter(({ user }) => user === name)),
    },
    {
      id: 'password',
      label: 'Password',
      importance: 2,
      cell: ({ password_hash }) => (password_hash ? 'set' : <Badge tone="warning">none</Badge>),
    },
  ];
  return (
    <Page
      title="Users"
      actions={
        <button type="button" class="primary" onClick={() => setAdding(true)}>
          Add user
        </button>
      }
    >
      <List<UserView>
        id="users"
        caption="Users"
        path={['users']}
        columns={columns}
        rowKey={({ name }) => name}
        empty="There is no user."
        bulk={[{ label: 'Delete…', isDanger: true, run: deleteAll }]}
      />
      {isAdding && (
        <Modal title="Add user" onClose={() => setAdding(false)}>
          <UserForm onDone={() => setAdding(false)} />
        </Modal>
      )}
    </Page>
  );
}

function vhostList(permissions: readonly PermissionView[]) {
  if (permissions.length === 0) return <Badge tone="warning">no vhost</Badge>;
  return permissions.map(({ vhost }) => visibleName(vhost)).join(', ');
}

function deleteAll(rows: readonly UserView[], onDone: () => void): void {
  const others = rows.filter(({ name }) => name !== loggedIn.value?.name);
  void runBulk({
    title: `Delete ${others.length} users`,
    consequences: [
      'They cannot log in any more and lose their permissions. Their open connections are closed.',
      ...(others.length < rows.length ? ['You stay: nobody deletes the own user here.'] : []),
    ],
    typed: `delete ${others.length}`,
    action: 'Delete',
    items: others.map(({ name }) => ({ name, run: () => request('DELETE', ['users', name]) })),
    onDone,
  });
}

interface UserFormProps {
  readonly onDone: () => void;
}

function UserForm({ onDone }: UserFormProps) {
  const add = async (values: FormValues) => {
    const name = values.text('name');
    await request('PUT', ['users', name], {
      body: { password: newPassword(values), tags: chosenTags(values) },
    });
    return `The user ${visibleName(name)} is there. Permissions come next.`;
  };
  return (
    <ActionForm label="Add user" submit="Add user" onSubmit={add} onDone={onDone}>
      <div class="fields">
        <Field label="Name" name="name" isRequired />
        <PasswordFields />
      </div>
      <TagFields tags={[]} />
    </ActionForm>
  );
}

export function PasswordFields() {
  return (
    <>
      <Field
        label="Password"
        name="password"
        type="password"
        autocomplete="new-password"
        isRequired
      />
      <Field
        label="Password again"
        name="again"
        type="password"
        autocomplete="new-password"
        isRequired
      />
    </>
  );
}

/** Throws when the two differ. */
export function newPassword(values: FormValues): string {
  const password = values.text('password');
  if (password !== values.text('again')) throw new Error('The two passwords differ.');
  return password;
}

export function TagFields({ tags }: { readonly tags: readonly string[] }) {
  const own = tags.filter((tag) => !TAGS.some(([name]) => name === tag));
  return (
    <fieldset class="checks">
      <legend>Tags</legend>
      {TAGS.map(([name, meaning]) => (
        <Check
          key={name}
          label={`${name}: ${meaning}`}
          name={`tag ${name}`}
          isOn={tags.includes(name)}
        />
      ))}
      <Field label="Other tags, with commas" name="tags" value={own.join(', ')} />
    </fieldset>
  );
}

export function chosenTags(values: FormValues): string[] {
  const known = TAGS.map(([name]) => name).filter((name) => values.isOn(`tag ${name}`));
  const other = values
    .text('tags')
    .split(',')
    .map((tag) => tag.trim());
  return [...known, ...other.filter((tag) => tag !== '')];
}
