// The README is run and compared: its examples work, its tables are those of the code.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { QUEUE_ARGUMENTS } from '../src/broker/queue/arguments.ts';
import { addStartCommand } from '../src/cli/commands/start.ts';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { configKeys } from '../src/config/config-keys.ts';
import { type StartOptions, startBroker } from '../src/node.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8');
const readme = read('README.md');

/** The code block that begins with `firstLine`. */
function example(firstLine: string): string {
  const blocks = [...readme.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
  const found = blocks.filter((block) => block.startsWith(firstLine));
  expect(found.length).toBe(1);
  return found[0] ?? '';
}

/** What the program prints when it runs as a file in this package would. */
async function run(program: string): Promise<string> {
  const flags = ['--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: root });
  return stdout;
}

/** Rows as they stand in a document, whatever the width of its columns. */
const rowsOf = (text: string) =>
  text.split('\n').flatMap((line) => {
    const cells = /^\|(.*)\|$/.exec(line)?.[1]?.split(/(?<!\\)\|/);
    return cells === undefined ? [] : [cells.map((cell) => cell.trim())];
  });

/** The rows below the table head with these titles. */
function tableBelow(...titles: string[]): string[][] {
  const part = readme.split(/\n\n/).find((text) => isDeepStrictEqual(rowsOf(text)[0], titles));
  return rowsOf(part ?? '').slice(2);
}

it('the first example says hello', async () => {
  const broker = await startBroker({ port: 0, memory: true });
  const program = example("import amqp from 'amqplib'");
  expect(program).toContain('amqp://guest:guest@127.0.0.1:5672');
  const output = await run(program.replace('amqp://guest:guest@127.0.0.1:5672', broker.url));
  expect(output).toBe('Hello, warren!\n');
  await broker.close();
});

it('the example of an embedded broker runs (on the built package)', async () => {
  const output = await run(example("import { startBroker } from 'warrenmq'"));
  expect(output).toMatch(/^amqp:\/\/guest:guest@127\.0\.0\.1:\d+\n$/);
});

it('lists the options of startBroker', () => {
  // The compiler sees to it that none is missing here.
  const options = {
    port: true,
    host: true,
    memory: true,
    dataDir: true,
    management: true,
    prometheus: true,
    users: true,
    config: true,
    log: true,
    onFatal: true,
  } satisfies Record<keyof StartOptions, true>;
  const names = tableBelow('Option', 'Meaning').map(([name]) => name);
  expect(names).toEqual(Object.keys(options).map((name) => `\`${name}\``));
});

it('lists the flags of warren start', () => {
  const program = new Command();
  addStartCommand(program);
  const options = program.commands[0]?.options ?? [];
  expect(options.length).toBeGreaterThan(3);
  const rows = options.map(({ flags, description }) => [`\`${flags}\``, description]);
  expect(tableBelow('Flag', 'Meaning')).toEqual(rows);
});

it('lists every configuration key as it is', () => {
  const rows = Object.entries(configKeys).map(([name, { default: standard, meaning }]) => [
    `\`${name}\``,
    standard === undefined ? '' : `\`${standard}\``,
    meaning,
  ]);
  expect(tableBelow('Key', 'Default', 'Meaning')).toEqual(rows);
});

it('shows commands and flags that exist (on the built package)', async () => {
  const lines = [...readme.matchAll(/^npx warren (.*?)(?: +#.*)?$/gm)].map(
    (match) => match[1] ?? '',
  );
  expect(lines.length).toBeGreaterThan(8);
  const helps = lines.map(async (line) => {
    const words = line.split(' ').filter((word) => /^[a-z]+$/.test(word));
    const flags = line.split(' ').filter((word) => word.startsWith('--'));
    // `ctl` takes the words of another command as they are.
    const path = words[0] === 'ctl' ? ['ctl'] : words.slice(0, 2);
    const main = `${root}/dist/src/main.js`;
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...path, '--help']);
    return flags.filter((flag) => !stdout.includes(flag));
  });
  expect((await Promise.all(helps)).flat()).toEqual([]);
});

it('lists every exit code', () => {
  const codes = tableBelow('Code', 'Meaning').map(([code]) => Number(code));
  expect(codes).toEqual(Object.values(exitCodes));
});

it('names every queue argument that is refused', () => {
  const refused = QUEUE_ARGUMENTS.filter(({ support }) => support === 'refused');
  const names = refused.map(({ name }) => `\`${name}\``).join(', ');
  expect(readme.replaceAll(/\s+/g, ' ')).toContain(`PRECONDITION_FAILED: ${names}.`);
});

it('counts the conversations and the differences', () => {
  const counts = /(\d+) conversations of (\d+)/.exec(read('test/conversations/differences.txt'));
  expect(readme).toContain(`in ${counts?.[2]} conversations`);
  expect(readme).toContain(`\n${counts?.[1]} of them`);
});

it('names scripts that exist, and the version', () => {
  const { scripts, version } = JSON.parse(read('package.json'));
  const documents = readme + read('CONTRIBUTING.md');
  const named = [...documents.matchAll(/npm (?:run )?([a-z][\w:-]*)/g)].map((match) => match[1]);
  const known = [...Object.keys(scripts), 'ci', 'run'];
  expect(named.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  expect(readme).toContain(`WarrenMQ ${version} ready`);
});
