import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;

beforeAll(async () => {
  world = await startCommandWorld();
});
afterEach(async () => {
  await world.warren.run(['user', 'delete', 'cli-user', '--yes']);
});
afterAll(() => world.end());

async function mayLogIn(password: string): Promise<boolean> {
  const flags = ['--user', 'cli-user', '--password', password];
  const { exitCode } = await world.warren.run(['vhost', 'list', ...flags]);
  return exitCode === 0;
}

async function tags(): Promise<string[]> {
  const rows = await world.warren.json('user', 'list');
  return rows.find((row: { name: string }) => row.name === 'cli-user')?.tags;
}

test('a user is added with a password from standard input', async () => {
  const add = ['user', 'add', 'cli-user', '--password-stdin', '--tag', 'monitoring'];
  const { exitCode, stdout } = await world.warren.run(add, { input: 'p w\n' });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
  expect(await mayLogIn('p w')).toBe(true);
  expect(await tags()).toEqual(['monitoring']);
});

test('a person types it twice, unseen', async () => {
  const add = ['user', 'add', 'cli-user', '--tag', 'management'];
  const typed = await world.warren.run(add, { typed: ['secret', 'secret'] });
  expect(typed.exitCode).toBe(0);
  expect(typed.stderr).toBe("New password: \nAgain: \nAdded user 'cli-user'\n");
  expect(await mayLogIn('secret')).toBe(true);
});

test('two that differ are no password', async () => {
  const { exitCode, stderr } = await world.warren.run(['user', 'add', 'cli-user'], {
    typed: ['one', 'two'],
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('the two differ: nothing was done');
  expect(await tags()).toBeUndefined();
});

test('a generated password is the output', async () => {
  const add = ['user', 'add', 'cli-user', '--generate', '--tag', 'management'];
  const password = (await world.warren.ok(...add)).trim();
  expect(password).toMatch(/^[\w-]{24}$/);
  expect(await mayLogIn(password)).toBe(true);
  const changed = await world.warren.json('user', 'password', 'cli-user', '--generate');
  expect(changed).toEqual({ name: 'cli-user', password: expect.any(String) });
  expect(await mayLogIn(password)).toBe(false);
  expect(await mayLogIn(changed.password)).toBe(true);
});

test('without a terminal and without a password nothing is added', async () => {
  const { exitCode, stderr } = await world.warren.run(['user', 'add', 'cli-user']);
  expect(exitCode).toBe(64);
  expect(stderr).toContain('takes --password-stdin, --generate or --password-hash');
});

test('who is there is not changed by adding', async () => {
  await world.warren.ok('user', 'add', 'cli-user', '--new-password', 'p', '--tag', 'management');
  const { exitCode, stderr } = await world.warren.run(['user', 'add', 'cli-user', '--generate']);
  expect(exitCode).toBe(73);
  expect(stderr).toContain("there is a user 'cli-user' already");
  expect(await mayLogIn('p')).toBe(true);
});

test('tags change without the password, the password without the tags', async () => {
  const { warren } = world;
  await warren.ok('user', 'add', 'cli-user', '--new-password', 'p');
  await warren.ok('user', 'tags', 'cli-user', 'monitoring', 'policymaker');
  expect(await tags()).toEqual(['monitoring', 'policymaker']);
  expect(await mayLogIn('p')).toBe(true);
  await warren.ok('user', 'password', 'cli-user', '--new-password', 'n');
  expect(await tags()).toEqual(['monitoring', 'policymaker']);
  expect(await mayLogIn('n')).toBe(true);
});

test('deleting says what goes', async () => {
  const { warren } = world;
  await warren.ok('user', 'add', 'cli-user', '--new-password', 'p', '--tag', 'management');
  await warren.ok('permission', 'set', 'cli-user', '.*', '.*', '.*');
  const dry = await warren.run(['user', 'delete', 'cli-user', '--dry-run']);
  expect(dry.exitCode).toBe(0);
  expect(dry.stderr).toBe(
    "Would delete user 'cli-user': tags management, permissions in 1 vhost\n",
  );
  expect(await tags()).toEqual(['management']);
  await warren.ok('user', 'delete', 'cli-user', '--yes');
  expect(await tags()).toBeUndefined();
});
