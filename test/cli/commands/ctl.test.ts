// `warren ctl`: what scripts written for rabbitmqctl see. Texts and codes are those of rabbitmqctl 3.10.8, [V].
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { ctlCommands } from '../../../src/cli/ctl/ctl-commands.ts';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;
const vhost = ['-p', 'cli-ctl'];

beforeAll(async () => {
  world = await startCommandWorld();
  await world.warren.run(['vhost', 'delete', 'cli-ctl', '--yes']);
  await world.warren.run(['user', 'delete', 'cli-ctl', '--yes']);
  await ctl('add_vhost', 'cli-ctl');
});
afterAll(async () => {
  await world.warren.run(['vhost', 'delete', 'cli-ctl', '--yes']);
  await world.end();
});

const run = (...words: readonly string[]) => world.warren.run(['ctl', ...words]);

/** Must succeed; its standard output. */
const ctl = (...words: readonly string[]) => world.warren.ok('ctl', ...words);

describe('an entrypoint script', () => {
  it('waits, makes vhost, user, permissions and policies', async () => {
    expect(await ctl('await_startup')).toBe('');
    expect(await ctl('wait', '/a/pid/file')).toBe('');
    expect(await ctl('-q', 'ping')).toBe('Ping succeeded\n');
    expect(await ctl('add_user', 'cli-ctl', 'secret')).toBe('Adding user "cli-ctl" ...\n');
    expect(await ctl('set_user_tags', 'cli-ctl', 'monitoring', 'policymaker')).toBe(
      'Setting tags for user "cli-ctl" to [monitoring, policymaker] ...\n',
    );
    expect(await ctl('list_users', '-q')).toMatch(/^user\ttags\n/);
    expect(await ctl('-s', 'list_users')).toMatch(/^cli-ctl\t\[monitoring, policymaker\]$/m);
    expect(await ctl('set_permissions', ...vhost, 'cli-ctl', '^a', '', '.*')).toBe(
      'Setting permissions for user "cli-ctl" in vhost "cli-ctl" ...\n',
    );
    expect(await ctl('-q', 'list_user_permissions', 'cli-ctl')).toBe(
      'vhost\tconfigure\twrite\tread\ncli-ctl\t^a\t\t.*\n',
    );
    const definition = '{"max-length":5}';
    expect(await ctl('set_policy', ...vhost, '--priority', '3', 'p', '^q', definition)).toBe(
      `Setting policy "p" for pattern "^q" to "${definition}" with priority "3" for vhost "cli-ctl" ...\n`,
    );
    expect(await ctl('list_policies', '-q', ...vhost)).toBe(
      'vhost\tname\tpattern\tapply-to\tdefinition\tpriority\n' +
        `cli-ctl\tp\t^q\tall\t${definition}\t3\n`,
    );
    const json = JSON.parse(await ctl('list_policies', '--formatter', 'json', ...vhost));
    expect(json).toEqual([
      {
        ...{ vhost: 'cli-ctl', name: 'p', pattern: '^q', 'apply-to': 'all' },
        ...{ definition, priority: 3 },
      },
    ]);
    await ctl('set_policy', ...vhost, '--priority', '-3', 'p', '^q', definition);
    expect(await ctl('list_policies', '-s', ...vhost)).toMatch(/\t-3\n$/);
    await ctl('clear_policy', ...vhost, 'p');
    expect(await ctl('authenticate_user', 'cli-ctl', 'secret')).toContain('\nSuccess\n');
    await ctl('change_password', 'cli-ctl', 'other');
    const wrong = await run('authenticate_user', 'cli-ctl', 'secret');
    expect(wrong.exitCode).toBe(65);
    expect(wrong.stderr).toContain('failed to authenticate user "cli-ctl"');
    await ctl('clear_permissions', ...vhost, 'cli-ctl');
    await ctl('delete_user', 'cli-ctl');
  });

  it('reads a password from standard input', async () => {
    const add = await world.warren.run(['ctl', 'add_user', 'cli-ctl'], { input: 'piped\n' });
    expect(add.exitCode).toBe(0);
    expect(await ctl('authenticate_user', 'cli-ctl', 'piped')).toContain('Success');
    await ctl('delete_user', 'cli-ctl');
  });
});

describe('queues', () => {
  it('list, purge, delete', async () => {
    await world.warren.ok('queue', 'declare', 'q', '--max-length', '9', ...vhost);
    expect(await ctl('list_queues', ...vhost, 'name', 'durable,arguments')).toBe(
      'Listing queues for vhost cli-ctl ...\nname\tdurable\targuments\nq\ttrue\t[{"x-max-length",9}]\n',
    );
    expect(await ctl('list_queues', ...vhost, '--no-table-headers', '-q', 'name')).toBe('q\n');
    expect(await ctl('purge_queue', ...vhost, 'q')).toBe(
      "Purging queue 'q' in vhost 'cli-ctl' ...\n",
    );
    expect(await ctl('delete_queue', ...vhost, 'q', '--if-empty', '-u')).toBe(
      "Deleting queue 'q' on vhost 'cli-ctl' if queue is empty and queue is unused ...\n" +
        'Queue was successfully deleted with 0 ready messages\n',
    );
    expect(await ctl('list_queues', '-q', ...vhost)).toBe('');
    expect(await ctl('list_queues', '--formatter', 'json', ...vhost)).toBe('[\n]\n');
  });

  it('that are not empty stay', async () => {
    await world.warren.ok('queue', 'declare', 'full', ...vhost);
    await world.warren.ok('queue', 'publish', 'full', 'x', ...vhost);
    const { exitCode, stderr } = await run('delete_queue', ...vhost, 'full', '-e');
    expect(exitCode).toBe(64);
    expect(stderr).toBe('Error:\nQueue is not empty\n');
    await ctl('delete_queue', ...vhost, 'full');
  });
});

test('exchanges, bindings, vhosts, clients', async () => {
  await world.warren.ok('queue', 'declare', 'b', ...vhost);
  expect(await ctl('list_exchanges', '-s', ...vhost)).toMatch(/^amq\.fanout\tfanout$/m);
  expect(await ctl('list_bindings', '-q', ...vhost)).toBe(
    'source_name\tsource_kind\tdestination_name\tdestination_kind\trouting_key\targuments\n' +
      '\texchange\tb\tqueue\tb\t[]\n',
  );
  expect(await ctl('list_vhosts', '-q', 'name', 'tracing')).toMatch(/^cli-ctl\tfalse$/m);
  expect(await ctl('list_connections', '-q')).toMatch(
    /^(?:user\tpeer_host\tpeer_port\tstate\n.*)?$/s,
  );
  expect(await ctl('list_consumers', '-q', ...vhost)).toBe('');
  expect(await ctl('close_all_connections', ...vhost, 'bye')).toBe(
    'Closing all connections in vhost cli-ctl, reason: bye...\nClosed 0 connections\n',
  );
  await ctl('delete_queue', ...vhost, 'b');
});

test('limits and topics', async () => {
  await ctl('set_vhost_limits', ...vhost, '{"max-queues":5}');
  expect(await ctl('list_vhost_limits', '-q', ...vhost)).toBe('{"max-queues":5}\n');
  expect(await ctl('list_vhost_limits', '-q', '--global')).toMatch(/^cli-ctl\t{"max-queues":5}$/m);
  await ctl('clear_vhost_limits', ...vhost);
  expect(await ctl('list_vhost_limits', '-q', ...vhost)).not.toContain('max-queues');
  await ctl('set_user_limits', 'guest', '{"max-channels":500}');
  expect(await ctl('list_user_limits', '-q', '--user', 'guest')).toBe('{"max-channels":500}\n');
  await ctl('clear_user_limits', 'guest', 'all');
  await ctl('set_topic_permissions', ...vhost, 'guest', 'amq.topic', 'w', 'r');
  expect(await ctl('list_topic_permissions', '-q', ...vhost)).toBe(
    'user\texchange\twrite\tread\nguest\tamq.topic\tw\tr\n',
  );
  await ctl('clear_topic_permissions', ...vhost, 'guest');
  expect(await ctl('list_topic_permissions', '-q', ...vhost)).toBe('');
});

test('definitions go out and come in', async () => {
  const file = join(world.warren.home, 'definitions.json');
  await ctl('export_definitions', file);
  expect(JSON.parse(readFileSync(file, 'utf8')).vhosts).toContainEqual(
    expect.objectContaining({ name: 'cli-ctl' }),
  );
  await ctl('import_definitions', file);
  expect(JSON.parse(await ctl('export_definitions', '-')).users).toBeInstanceOf(Array);
});

describe('probes', () => {
  it('of a healthy broker', async () => {
    const { port } = new URL(world.amqpUrl);
    expect(await ctl('check_running')).toMatch(/is fully booted and running\n$/);
    expect(await ctl('check_local_alarms')).toMatch(/reported no local alarms\n$/);
    expect(await ctl('check_alarms')).toMatch(/reported no alarms, local or clusterwide\n$/);
    expect(await ctl('check_virtual_hosts')).toMatch(/reported all vhosts as running\n$/);
    expect(await ctl('check_port_listener', port)).toContain(
      `A listener for port ${port} is running`,
    );
    expect(await ctl('check_protocol_listener', 'amqp')).toContain('protocol amqp is running');
    expect(await ctl('check_port_connectivity')).toContain('Successfully connected to ports');
    expect(await ctl('check_certificate_expiration', '--within', '2')).toContain('within 2 weeks');
    expect(await ctl('check_if_node_is_quorum_critical')).toContain('the check does not apply');
    expect(await ctl('check_if_node_is_mirror_sync_critical')).toContain('does not apply');
    expect(await ctl('list_unresponsive_queues', '-q')).toBe('');
    expect(await ctl('restart_vhost', ...vhost)).toContain("Vhost 'cli-ctl' is already running");
    expect(await ctl('list_feature_flags', '-q')).toMatch(
      /^name\tstate\n.*quorum_queue\tenabled\n/s,
    );
    expect(await ctl('enable_feature_flag', 'all')).toBe('Enabling all feature flags ...\n');
    expect(await ctl('enable_feature_flag', '-q', 'quorum_queue')).toBe('');
    expect(await ctl('list_node_auth_attempt_stats', '-q')).toMatch(
      /^protocol\tauth_attempts\tauth_attempts_failed\tauth_attempts_succeeded\n/,
    );
    expect(await ctl('server_version', '-q')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await ctl('listeners')).toContain(`port: ${port}, protocol: amqp`);
    expect(JSON.parse(await ctl('status', '--formatter', 'json'))).toMatchObject({ alarms: [] });
    expect(await ctl('status')).toContain('\nAlarms\n\n(none)\n');
    expect(await ctl('cluster_status')).toContain('\nRunning Nodes\n\n');
  });

  it('of a listener that is missing, and of a broker that is', async () => {
    expect((await run('check_port_listener', '1')).exitCode).toBe(69);
    for (const command of ['ping', 'check_running', 'list_queues']) {
      expect((await run(command, '--url', 'http://127.0.0.1:1')).exitCode).toBe(69);
    }
    const refused = await world.warren.run(['ctl', 'await_startup'], {
      environment: { WARREN_PASSWORD: 'wrong' },
    });
    expect(refused.exitCode).toBe(0);
    expect((await run('await_startup', '-t', 'soon')).exitCode).toBe(64);
    const waited = await run('await_startup', '--url', 'http://127.0.0.1:1', '-t', '0');
    expect(waited.exitCode).toBe(75);
  });
});

describe('what is missing or wrong', () => {
  it.each([
    [['add_user', 'guest', 'x'], 70, 'User "guest" already exists'],
    [['delete_user', 'nobody'], 67, 'User "nobody" does not exist'],
    [['change_password', 'nobody', 'x'], 67, 'User "nobody" does not exist'],
    [['set_user_tags', 'nobody'], 67, 'User "nobody" does not exist'],
    [['set_permissions', 'nobody', '', '', ''], 67, 'does not exist'],
    [
      ['set_permissions', '-p', 'none', 'guest', '', '', ''],
      69,
      'Virtual host none does not exist',
    ],
    [['list_permissions', '-p', 'none'], 65, "Virtual host 'none' does not exist"],
    [['list_queues', '-p', 'none'], 65, "Virtual host 'none' does not exist"],
    [['delete_vhost', 'none'], 65, "Virtual host 'none' does not exist"],
    [['delete_queue', 'none'], 64, 'Queue not found'],
    [['purge_queue', 'none'], 69, 'not_found'],
    [['clear_policy', 'none'], 69, 'Parameter does not exist'],
    [['set_policy', 'p', '(', '{}'], 69, 'Validation failed'],
    [['set_policy', 'p', 'a', '{'], 69, 'JSON decoding error'],
    [['import_definitions', '/nowhere'], 65, 'File /nowhere does not exist'],
    [['close_connection', 'none', 'why'], 69, "there is no connection 'none'"],
    [['list_queues', 'bogus'], 64, 'Info key(s) bogus are not supported'],
    [['list_queues', '--bogus'], 64, "Unknown option '--bogus'"],
    [['list_queues', '--if-empty'], 64, 'Invalid options for this command: --if-empty'],
    [['list_queues', '--formatter', 'erlang'], 64, 'formatter erlang is not supported'],
    [['close_all_connections', '--limit', 'some', 'why'], 64, '--limit : some'],
    [['set_policy', '--priority', 'high', 'p', 'a', '{}'], 64, '--priority : high'],
    [['add_user'], 64, 'not enough arguments.'],
    [['list_users', 'extra'], 64, 'too many arguments.'],
    [['list_queue'], 64, "Did you mean 'list_queues'?"],
    [['join_cluster', 'rabbit@other'], 64, 'a broker is a single node'],
    [['stop'], 64, 'send SIGTERM'],
  ])('%j ends with %i', async (words, code, message) => {
    const { exitCode, stderr } = await run(...words);
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(/^Error/);
    expect(stderr).toContain(message);
  });
});

test('help lists every command', async () => {
  const text = await ctl('help');
  for (const name of Object.keys(ctlCommands)) expect(text).toContain(`\n  ${name}`);
  expect(await ctl()).toBe(text);
});
