// The benchmark itself, as `npm run bench` runs it, so that it cannot rot: compiled, against the real broker process.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

beforeAll(async () => {
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
    cwd: root,
  });
}, 120_000);

it('measures scenario a with 2,000 messages', { timeout: 60_000 }, async () => {
  const args = ['dist/test/bench/main.js', 'a', '--quick', '--json', '-'];
  const { stdout } = await run(process.execPath, args, { cwd: root });
  const document = JSON.parse(stdout);
  expect(document.results).toHaveLength(1);
  expect(document.results[0].own.rate).toBeGreaterThan(0);
});

it('measures the management API with 50 queues', { timeout: 60_000 }, async () => {
  const args = ['dist/test/bench/management-speed.js', '--queues', '50', '--runs', '1'];
  const { stdout } = await run(process.execPath, args, { cwd: root });
  expect(stdout).toMatch(/^all queues +\d+\.\d ms .* a message waited \d+\.\d ms/m);
});

it('refuses a scenario that it does not know', { timeout: 60_000 }, async () => {
  const args = ['dist/test/bench/main.js', 'zz'];
  await expect(run(process.execPath, args, { cwd: root })).rejects.toThrow('there is no scenario');
});
