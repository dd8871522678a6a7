// `warren perf` as the user meets it: what it prints and its exit codes.
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { addPerfCommand } from '../../../src/cli/commands/perf.ts';
import { type RunningBroker, startBroker } from '../../../src/node.ts';

let broker: RunningBroker;
let output: string;
let errors: string;

beforeEach(async () => {
  broker = await startBroker({ port: 0, memory: true });
  output = '';
  errors = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await broker.close();
});

async function perf(...flags: string[]): Promise<typeof process.exitCode> {
  const program = new Command();
  addPerfCommand(program);
  await program.parseAsync(['perf', '--uri', `amqp://127.0.0.1:${broker.port}`, ...flags], {
    from: 'user',
  });
  return process.exitCode;
}

it('prints a table for people', async () => {
  const flags = ['-C', '1500', '-c', '10', '-s', '32', '--verify', '-l'];
  expect(await perf(...flags)).toBe(0);
  expect(output).toMatch(
    /published\s+1,500\s+[\d,]+\nconfirmed\s+1,500\s+[\d,]+\nconsumed\s+1,500/,
  );
  expect(output).toMatch(/latency, µs\s+p50\s+p90\s+p99\s+p99\.9\s+max\nend to end/);
  expect(output).toContain('verified: none lost, doubled or disordered');
});

it('prints JSON on request', async () => {
  expect(await perf('-C', '10', '-f', 'mandatory', '--json', '--label', 'mine')).toBe(0);
  expect(JSON.parse(output)).toMatchObject({ label: 'mine', published: 10, consumed: 10 });
});

it('counts what mandatory publishing brings back', async () => {
  const flags = [
    '-y',
    '0',
    '-e',
    'amq.direct',
    '-p',
    '-k',
    'nowhere',
    '-f',
    'mandatory',
    '-c',
    '5',
  ];
  await perf('-y', '0', '-C', '1');
  output = '';
  expect(await perf(...flags, '-C', '20', '--json')).toBe(0);
  expect(JSON.parse(output)).toMatchObject({ published: 20, confirmed: 20, returned: 20 });
});

it('reports all wrong flags at once', async () => {
  expect(await perf('-x', 'many', '-q', '-2')).toBe(64);
  expect(errors.trim().split('\n')).toEqual([
    'warren perf: --producers: "many" is not a whole number from 0 to 10000',
    'warren perf: --qos: "-2" is not a whole number from 0 to 65535',
  ]);
});

it('says so when the broker cannot be reached or not everything arrives', async () => {
  expect(await perf('-C', '1', '--uri', 'amqp://127.0.0.1:1')).toBe(1);
  expect(errors).toContain('control connection: connect ECONNREFUSED 127.0.0.1:1');
  expect(await perf('-x', '0', '-D', '5', '--timeout', '1')).toBe(3);
  expect(output).toContain('Gave up: not everything arrived in time.');
});

it('measures connections and queues', async () => {
  expect(await perf('--mode', 'connections', '--connections', '5')).toBe(0);
  expect(output).toMatch(/connections\s+5\nopened\/s/);
  expect(await perf('--mode', 'queues', '--queues', '5')).toBe(0);
  expect(output).toMatch(/queues\s+5\ndeclared\/s/);
});
