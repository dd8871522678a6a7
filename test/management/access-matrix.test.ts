// Every route × every kind of user × every kind of vhost. What must come out is written down here as a
// table, class by class, and not taken from the code that decides it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AccessClass } from '../../src/management/route.ts';
import { ROUTES } from '../../src/management/route-table.ts';
import {
  basic,
  type ManagedBroker,
  startManaged,
} from '../support/management/management-client.ts';

const USERS = ['nobody', 'plain', 'manager', 'policymaker', 'watcher', 'admin'] as const;
type UserKind = (typeof USERS)[number];

/** `mine`: the user has a permission row there, if it is one of those that have any. */
const VHOSTS = { mine: 'mine', foreign: 'foreign', missing: 'missing' } as const;
type VhostKind = keyof typeof VHOSTS;

const PASS = 'pass';
const LOGIN = 'a login';
const TAG = 'Not management user';
const MONITOR = 'Not monitor user';
const ADMIN = 'Not administrator user';
const VHOST = 'User not authorised to access virtual host';
const OBJECT = 'User not authorised to access object';
const MISSING = 'Not Found';

type Answers = Readonly<Record<UserKind, string>>;

const outsiders = { nobody: LOGIN, plain: TAG };
const everyone: Answers = {
  ...outsiders,
  manager: PASS,
  policymaker: PASS,
  watcher: PASS,
  admin: PASS,
};
const missing: Answers = {
  ...outsiders,
  manager: MISSING,
  policymaker: MISSING,
  watcher: MISSING,
  admin: MISSING,
};
const monitors: Answers = { ...everyone, manager: MONITOR, policymaker: MONITOR };
const admins: Answers = { ...everyone, manager: ADMIN, policymaker: ADMIN, watcher: ADMIN };
const policymakers: Answers = { ...everyone, manager: OBJECT, watcher: OBJECT };
const strangers = { manager: VHOST, policymaker: VHOST };

/** `none`: the path has no vhost. */
const TABLE: Readonly<Record<AccessClass, Readonly<Record<VhostKind | 'none', Answers>>>> = {
  none: all({ ...everyone, nobody: PASS, plain: PASS }),
  auth: { ...all(everyone), missing },
  own: { ...all(everyone), missing },
  vhost: {
    none: everyone,
    mine: everyone,
    foreign: { ...everyone, ...strangers, watcher: VHOST },
    missing,
  },
  visible: { none: everyone, mine: everyone, foreign: { ...everyone, ...strangers }, missing },
  mon: {
    none: monitors,
    mine: monitors,
    foreign: { ...monitors, watcher: VHOST },
    missing: { ...missing, manager: MONITOR, policymaker: MONITOR },
  },
  policy: {
    none: policymakers,
    mine: policymakers,
    foreign: { ...policymakers, policymaker: OBJECT },
    missing: { ...missing, manager: OBJECT, watcher: OBJECT },
  },
  admin: {
    none: admins,
    mine: admins,
    foreign: admins,
    missing: { ...missing, manager: ADMIN, policymaker: ADMIN, watcher: ADMIN },
  },
};

function all(answers: Answers): Readonly<Record<VhostKind | 'none', Answers>> {
  return { none: answers, mine: answers, foreign: answers, missing: answers };
}

/** Refusals of a handler that belong to an object, which no class knows of. */
const OWN_REFUSALS: ReadonlySet<string> = new Set(['Access refused.', OBJECT]);

let managed: ManagedBroker;

beforeAll(async () => {
  managed = await startManaged();
  const { admin } = managed.broker;
  const everything = { configure: '.*', write: '.*', read: '.*' };
  for (const vhost of ['mine', 'foreign']) await admin.createVhost(vhost);
  const tags = {
    plain: [],
    manager: ['management'],
    policymaker: ['policymaker'],
    watcher: ['monitoring'],
    admin: ['administrator'],
  };
  for (const [name, list] of Object.entries(tags)) {
    await admin.putUser(name, { password: 'p', tags: list });
    await admin.setPermission(name, 'mine', everything);
  }
});

afterAll(() => managed.broker.close());

/** The answer as the table names it. */
async function answerOf(method: string, path: string, user: UserKind): Promise<string> {
  const response = await fetch(`${managed.api.url}/api${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(user !== 'nobody' && { authorization: basic(`${user}:p`) }),
    },
  });
  const text = await response.text();
  expect(response.status).not.toBe(500);
  if (response.status === 404) return MISSING;
  if (response.status !== 401) return PASS;
  if (text === '') return LOGIN;
  const { reason } = JSON.parse(text);
  return OWN_REFUSALS.has(reason) ? `${PASS} or ${reason}` : reason;
}

const cases = ROUTES.flatMap((route) => {
  const kinds: readonly (VhostKind | 'none')[] = route.path.includes('/:vhost')
    ? ['mine', 'foreign', 'missing']
    : ['none'];
  return kinds.map((kind) => [`${route.method} ${route.path} in ${kind}`, route, kind] as const);
});

it.each(cases)('%s', async (_, route, kind) => {
  const path = route.path
    .replaceAll(':vhost', VHOSTS[kind === 'none' ? 'mine' : kind])
    // Nothing has this name, so that nothing that the test needs goes.
    .replaceAll(/:\w+/g, 'no-such-name');
  for (const user of USERS) {
    const wanted = TABLE[route.access][kind][user];
    const got = await answerOf(route.method, path, user);
    const isSame =
      got === wanted ||
      // Nothing has the names that are asked for.
      (wanted === PASS && got === MISSING) ||
      (got.startsWith(`${PASS} or `) && (wanted === PASS || got.endsWith(wanted)));
    expect(isSame ? '' : `${user}: ${got}, not ${wanted}`).toBe('');
  }
});

it('each class is used', () => {
  const used = new Set(ROUTES.map(({ access }) => access));
  expect(Object.keys(TABLE).filter((access) => !used.has(access as AccessClass))).toEqual([]);
});

it('what everyone may use is listed here', () => {
  const open = ROUTES.filter(({ access }) => access === 'none');
  expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /auth',
    'POST /login',
    'DELETE /login',
    'GET /index.html',
    'GET /x/openapi.json',
    'GET /x/alert-rules.yaml',
    'GET /x/grafana-dashboard.json',
  ]);
});
