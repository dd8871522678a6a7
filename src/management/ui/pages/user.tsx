// The page of one user: permissions, topic permissions, limits, tags, password.
import { act } from '../elements/act.ts';
import { ActionForm, type FormValues } from '../elements/form.tsx';
import { chosenTab, Page, Panel, Tabs, Waiting } from '../elements/panel.tsx';
import { Badge } from '../elements/text.tsx';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import { usePolled } from '../http/use-polled.ts';
import type { UserView } from '../http/views.ts';
import { goTo } from '../location/current-location.ts';
import { user as loggedIn } from '../session.ts';
import { LimitsPanel, USER_LIMITS } from './limits.tsx';
import { PermissionPanel, TopicPermissionPanel } from './permissions.tsx';
import { chosenTags, newPassword, PasswordFields, TagFields, tagsOf } from './users.tsx';

const TABS = [
  { name: 'permissions', label: 'Permissions' },
  { name: 'limits', label: 'Limits' },
  { name: 'login', label: 'Tags & password' },
] as const;

export function UserPage({ name }: { readonly name: string }) {
  const { value, error } = usePolled<UserView>(['users', name]);
  const tab = chosenTab(TABS);
  return (
    <Page
      title={name}
      above={{ label: 'Users', to: ['users'] }}
      badges={
        value !== undefined &&
        tagsOf(value).map((tag) => <Badge key={tag}>{visibleName(tag)}</Badge>)
      }
      actions={
        name !== loggedIn.value?.name && (
          <button type="button" class="danger-quiet" onClick={() => remove(name)}>
            Delete…
          </button>
        )
      }
    >
      <Tabs tabs={TABS} chosen={tab} />
      {value === undefined ? (
        <Waiting error={error} />
      ) : (
        <>
          {tab === 'permissions' && (
            <>
              <PermissionPanel of="user" name={name} />
              <TopicPermissionPanel of="user" name={name} />
            </>
          )}
          {tab === 'limits' && <LimitsPanel path="user-limits" name={name} known={USER_LIMITS} />}
          {tab === 'login' && <Login user={value} />}
        </>
      )}
    </Page>
  );
}

async function remove(name: string): Promise<void> {
  await act(
    () => request('DELETE', ['users', name]),
    `The user ${visibleName(name)} is deleted.`,
    {
      title: 'Delete the user',
      consequences: [
        'Nobody can log in with this name any more.',
        'Its permissions, topic permissions and limits go too.',
      ],
      typed: name,
      action: 'Delete user',
    },
    () => goTo(['users']),
  );
}

/** A PUT replaces the whole user: what the form does not change is sent as it is. */
function Login({ user }: { readonly user: UserView }) {
  const { name } = user;
  const saveTags = async (values: FormValues) => {
    await request('PUT', ['users', name], {
      body: {
        tags: chosenTags(values),
        password_hash: user.password_hash ?? '',
        ...(user.hashing_algorithm ? { hashing_algorithm: user.hashing_algorithm } : {}),
      },
    });
    return 'The tags are saved.';
  };
  const savePassword = async (values: FormValues) => {
    await request('PUT', ['users', name], {
      body: { tags: tagsOf(user), password: newPassword(values) },
    });
    return 'The password is changed.';
  };
  return (
    <div class="columns">
      <Panel title="Tags">
        <ActionForm label="Tags" submit="Save tags" onSubmit={saveTags}>
          <TagFields tags={tagsOf(user)} />
        </ActionForm>
      </Panel>
      <Panel title="New password">
        <ActionForm label="New password" submit="Change password" onSubmit={savePassword}>
          <PasswordFields />
        </ActionForm>
      </Panel>
    </div>
  );
}
