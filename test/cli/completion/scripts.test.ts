// What `warren completion` prints, in the shells themselves where they are there.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { completionScripts } from '../../../src/cli/completion/scripts.ts';
import { CommandRunner } from '../../support/cli/command-runner.ts';

test.each(Object.keys(completionScripts))('%s', async (shell) => {
  const warren = new CommandRunner({});
  const script = await warren.ok('completion', shell);
  warren.end();
  expect(script).toBe(completionScripts[shell]);
  expect(script).toContain('warren complete -- ');
});

test('no other shell', async () => {
  const warren = new CommandRunner({});
  const { exitCode, stderr } = await warren.run(['completion', 'csh']);
  warren.end();
  expect(exitCode).toBe(64);
  expect(stderr).toContain('There are bash, zsh, fish.');
});

test('bash completes with it', () => {
  const script = `
    warren() { printf '%s\\t\\n' "$@"; }
    ${completionScripts['bash']}
    COMP_WORDS=(warren queue de) COMP_CWORD=2
    _warren
    printf '[%s]' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe('[complete][--][queue][de]');
});
