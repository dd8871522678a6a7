// What all commands share: help, wrong usage, who is asked, what is said when it does not work.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { commandRows } from '../../src/cli/command-line.ts';
import { type CommandWorld, startCommandWorld } from '../support/cli/command-runner.ts';

let world: CommandWorld;

beforeAll(async () => {
  world = await startCommandWorld();
  await world.warren.ok('user', 'add', 'manager', '--new-password', 'p', '--tag', 'management');
});
afterAll(async () => {
  await world.warren.ok('user', 'delete', 'manager', '--yes');
  await world.end();
});

describe('help', () => {
  it('lists every command and every exit code', async () => {
    const text = await world.warren.ok('--help');
    for (const { name, isHidden = false } of commandRows) {
      expect(text.includes(`\n  ${name} `)).toBe(!isHidden);
    }
    expect(text).toMatch(/64\s+wrong command line/);
  });

  it.each(commandRows.map(({ name }) => name).filter((name) => name !== 'ctl'))(
    '%s has its own, with the same description as in the list',
    async (name) => {
      const text = await world.warren.ok('help', name);
      const row = commandRows.find((each) => each.name === name);
      const [, description] = text.split('\n\n');
      if (row?.isHidden !== true) {
        expect(description?.replaceAll(/\s+/g, ' ')).toBe(row?.description);
      }
    },
  );

  it('of a verb tells the options of all', async () => {
    const text = await world.warren.ok('user', 'list', '--help');
    expect(text).toContain('--url <url>');
    expect(text).toContain('--json');
  });
});

describe('wrong usage ends with 64 and changes nothing', () => {
  it.each([
    [['bogus'], "unknown command 'bogus'"],
    [['queu', 'list'], 'Did you mean queue?'],
    [['user', 'lst'], "unknown command 'lst'"],
    [['user', 'add'], "missing required argument 'user'"],
    [['user', 'list', '--bogus'], "unknown option '--bogus'"],
    [['user', 'list', 'extra'], 'too many arguments'],
    [['queue', 'peek', 'q', '-n', 'many'], 'It takes a whole number, 1 to 500.'],
    [['queue', 'list', '--sort', 'ready:up'], 'stands asc or desc, not "up"'],
    [['queue', 'info', ''], 'error: a name cannot be empty'],
    [['queue', 'delete', '', '--yes'], 'error: a name cannot be empty'],
    [['user', 'list', '--url', 'nowhere'], '"nowhere" is no URL of a management API'],
  ])('%j', async (words, message) => {
    const { exitCode, stdout, stderr } = await world.warren.run(words);
    expect(exitCode).toBe(64);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });
});

describe('when it does not work', () => {
  it.each([
    [['--url', 'http://127.0.0.1:1'], 69, 'cannot reach http://127.0.0.1:1: nothing listens there'],
    [['--password', 'wrong'], 65, "refused user 'guest': Login failed"],
    [['--user', 'manager', '--password', 'p'], 77, 'users: Not administrator user'],
  ])('%j ends with %i', async (flags, code, message) => {
    const { exitCode, stdout, stderr } = await world.warren.run(['user', 'list', ...flags]);
    expect(exitCode).toBe(code);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(message);
    // What to do next.
    expect(stderr.trim().split('\n')).toHaveLength(2);
  });

  it('a user without a password at hand is told how to give one', async () => {
    const { exitCode, stderr } = await world.warren.run(['user', 'list', '--user', 'someone']);
    expect(exitCode).toBe(64);
    expect(stderr).toContain("user 'someone' needs a password\nSet WARREN_PASSWORD");
  });

  it('asks a person for it, and does not show it', async () => {
    const { exitCode, stderr } = await world.warren.run(['vhost', 'list', '--user', 'manager'], {
      typed: ['p'],
    });
    expect(stderr).toBe('Password of manager: \n');
    expect(exitCode).toBe(0);
  });

  it.each<[number, string]>([
    [406, ''],
    [502, '<html>'],
  ])('a proxy that answers with %i is told from the API', async (status, body) => {
    const server = createServer((_, response) => response.writeHead(status).end(body));
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const { exitCode, stderr } = await world.warren.run(['user', 'list', '--url', url]);
    server.close();
    expect(exitCode).toBe(70);
    expect(stderr).toBe(
      `error: ${url} answered with HTTP status ${status}\nDoes --url lead to the management API?\n`,
    );
  });

  it('a port without TLS is said to have none', async () => {
    const url = world.warren.environment['WARREN_URL']?.replace('http:', 'https:') ?? '';
    const { exitCode, stderr } = await world.warren.run(['user', 'list', '--url', url]);
    expect(exitCode).toBe(69);
    expect(stderr).toContain(`cannot reach ${url}: it does not speak TLS\n`);
  });

  it('an answer that is none of the API is said to be so', async () => {
    const server = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const { exitCode, stderr } = await world.warren.run(['user', 'list', '--url', url]);
    server.close();
    expect(exitCode).toBe(70);
    expect(stderr).toContain('users: the answer is no JSON');
  });

  it('no answer in time ends with 75', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const flags = ['--url', `http://127.0.0.1:${port}`, '--timeout', '1'];
    const { exitCode, stderr } = await world.warren.run(['user', 'list', ...flags]);
    server.closeAllConnections();
    server.close();
    expect(exitCode).toBe(75);
    expect(stderr).toContain(`no answer from http://127.0.0.1:${port} in 1 s`);
  });
});

test('tables are for people, tabs for pipes, JSON and names for scripts', async () => {
  const list = ['vhost', 'list', '--no-color'];
  expect(await world.warren.ok(...list)).toMatch(/^name\tdescription\t.*\n\/\t/);
  expect(await world.warren.ok(...list, '--no-headers')).toMatch(/^\/\t/);
  expect(await world.warren.ok(...list, '--quiet')).toBe('/\n');
  expect(await world.warren.json(...list)).toMatchObject([{ name: '/' }]);
  const { stdout } = await world.warren.run(list, { columns: 60 });
  expect(stdout).toMatch(/^name +description +tags/);
});

test.each<[Record<string, string>, string[], boolean]>([
  [{}, [], true],
  [{ NO_COLOR: '1' }, [], false],
  [{}, ['--no-color'], false],
])('colours with %j and %j: %s', async (environment, flags, isColoured) => {
  const options = { columns: 60, environment };
  const { stdout } = await world.warren.run(['vhost', 'list', ...flags], options);
  expect(stdout.includes('\x1b[')).toBe(isColoured);
});
