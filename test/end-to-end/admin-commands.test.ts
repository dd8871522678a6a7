// The commands that administer, as a script on the broker's machine uses them: processes, pipes, exit codes, and
// the local socket instead of a password.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cleanUp, temporaryDirectory, type WarrenProcess, warren } from './warren-process.ts';

const { PATH } = process.env;
const main = resolve('dist/src/main.js');
const ports = ['--amqp-port', '0', '--management-port', '0', '--prometheus-port', '0'];
let directory: string;
let broker: WarrenProcess;
/** So that nothing of the person who runs the tests is used. */
let home: { HOME: string };

beforeEach(async () => {
  home = { HOME: temporaryDirectory() };
  directory = temporaryDirectory();
  broker = warren(['start', '--data-dir', directory, ...ports]);
  await broker.ready();
});
afterEach(cleanUp);

async function run(...words: readonly string[]) {
  const child = warren([...words, '--data-dir', directory], home);
  const exitCode = await child.ended();
  return { exitCode, stdout: child.stdout, stderr: child.stderr };
}

/** A line for the shell, with `warren` as a function that talks to the broker under test. */
async function shell(line: string, environment: NodeJS.ProcessEnv = {}) {
  const script = `set -o pipefail; warren() { '${process.execPath}' '${main}' "$@"; }; ${line}`;
  const child = spawn('bash', ['-c', script], {
    env: { PATH, ...home, WARREN_DATA_DIR: directory, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [exitCode] = await once(child, 'close');
  return { exitCode, stdout, stderr };
}

/** So many queues in the vhost /. */
async function defineQueues(count: number): Promise<void> {
  const properties = { vhost: '/', durable: false, auto_delete: false, arguments: {} };
  const queues = Array.from({ length: count }, (_, index) => ({
    name: `queue-with-a-long-name-${String(index).padStart(6, '0')}`,
    ...properties,
  }));
  const file = join(directory, 'definitions.json');
  writeFileSync(file, JSON.stringify({ queues }));
  expect(await run('definitions', 'import', file, '-q')).toMatchObject({ exitCode: 0 });
}

test('no password is needed where the data directory can be read', async () => {
  expect(await run('queue', 'declare', 'q')).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await run('queue', 'publish', 'q', 'hello', '--persistent')).toMatchObject({
    exitCode: 0,
  });
  expect(await run('queue', 'get', 'q', '--ack', '--raw')).toMatchObject({
    exitCode: 0,
    stdout: 'hello',
  });
  expect(await run('vhost', 'add', 'v')).toMatchObject({ exitCode: 0 });
  expect(await run('queue', 'declare', 'q', '-p', 'v')).toMatchObject({ exitCode: 0 });
});

test('passwords can be tried over the socket', async () => {
  expect((await run('ctl', 'authenticate_user', 'guest', 'guest')).exitCode).toBe(0);
  expect((await run('ctl', 'authenticate_user', 'guest', 'wrong')).exitCode).toBe(65);
});

test('nothing listens at the socket of a broker that was killed', async () => {
  broker.kill('SIGKILL');
  await broker.ended();
  const { exitCode, stderr } = await run('status');
  expect(exitCode).toBe(69);
  expect(stderr).toContain('management.sock: nothing listens there\n');
  expect(stderr).toContain('Is the broker of this data directory running?');
});

test('pipes: all of it arrives, and a reader that has enough is no error', async () => {
  await defineQueues(3_000);
  const all = await shell('warren queue list --json');
  expect(all.exitCode).toBe(0);
  expect(all.stdout.length).toBeGreaterThan(1_000_000);
  expect(JSON.parse(all.stdout)).toHaveLength(3_000);
  const first = await shell('warren queue list -q | head -n 1');
  expect(first).toEqual({
    exitCode: 0,
    stdout: 'queue-with-a-long-name-000000\n',
    stderr: '',
  });
});

test('scripts: exit codes, columns, payloads from standard input', async () => {
  const script = `
    warren queue declare work -q || exit 1
    printf 'from a pipe' | warren queue publish work -q || exit 2
    warren queue info none 2>/dev/null; [ $? -eq 66 ] || exit 3
    warren queue delete work 2>/dev/null; [ $? -eq 64 ] || exit 4
    warren queue list --columns name,messages --no-headers | while IFS=$'\\t' read -r name count; do
      echo "$name has $count"
    done
    warren queue get work --ack --raw
    warren queue delete work --yes -q`;
  expect(await shell(script)).toEqual({
    exitCode: 0,
    stdout: 'work has 1\nfrom a pipe',
    stderr: '',
  });
});

test('under the name of rabbitmqctl it is rabbitmqctl', async () => {
  const link = join(directory, 'rabbitmqctl');
  symlinkSync(main, link);
  const script = `'${process.execPath}' '${link}' -q list_users`;
  expect(await shell(script)).toEqual({
    exitCode: 0,
    stdout: 'user\ttags\nguest\t[administrator]\n',
    stderr: '',
  });
});

test('an interruption ends what would go on', async () => {
  await run('queue', 'declare', 'q');
  const child = warren(['queue', 'watch', 'q', '--data-dir', directory], home);
  await vi.waitFor(() => expect(child.stdout.split('\n').length).toBeGreaterThan(2), 20_000);
  child.kill('SIGINT');
  expect(await child.ended()).toBe(130);
});

test('an interrupted move stops, and loses nothing', async () => {
  await run('queue', 'declare', 'from');
  await run('queue', 'declare', 'to');
  await run('queue', 'publish', 'from', 'x', '--count', '50', '-q');
  const move = ['queue', 'move', 'from', 'to', '--rate', '5', '--yes', '--data-dir', directory];
  const child = warren(move, home);
  const counts = async () => {
    const { stdout } = await run('queue', 'list', '--columns', 'messages', '--no-headers');
    return stdout.trim().split('\n').map(Number);
  };
  await vi.waitFor(async () => expect((await counts())[1]).toBeGreaterThan(0), 20_000);
  child.kill('SIGINT');
  expect(await child.ended()).toBe(130);
  expect(child.stderr).toMatch(/error: interrupted; \d+ messages? moved before\n$/);
  const [from = 0, to = 0] = await counts();
  expect(from + to).toBe(50);
  expect(from).toBeGreaterThan(0);
});

test('a command loads neither the broker nor its packages', async () => {
  const coverage = temporaryDirectory();
  await shell('warren queue list', { NODE_V8_COVERAGE: coverage });
  const urls = readdirSync(coverage).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8'));
    return result.map(({ url }: { url: string }) => url);
  });
  expect(urls.some((url: string) => url.endsWith('/cli/commands/queue.js'))).toBe(true);
  expect(urls.some((url: string) => url.endsWith('/cli/commands/start.js'))).toBe(false);
  const heavy = urls.filter((url: string) =>
    /node_modules\/(?!commander|fast-string)|\/src\/(?:node|broker|storage|management)\b/.test(url),
  );
  expect(heavy).toEqual([]);
});

test('the variables of the commands do not disturb the broker', async () => {
  const child = warren(['start', '--memory', ...ports], {
    WARREN_URL: 'http://127.0.0.1:1',
    WARREN_USER: 'someone',
    WARREN_PASSWORD: 'secret',
    WARREN_PROFILE: 'production',
  });
  await child.ready();
  child.kill('SIGTERM');
  expect(await child.ended()).toBe(0);
});
