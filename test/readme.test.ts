// The README is run and compared: its examples work, its tables are those of the code.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { QUEUE_ARGUMENTS } from '../src/broker/queue/arguments.ts';
import { addStartCommand } from '../src/cli/commands/start.ts';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { configKeys } from '../src/config/config-keys.ts';
import { startBroker } from '../src/node.ts';

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

const table = (head: string, rows: readonly (readonly string[])[]) =>
  [head, ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');

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

it('lists the flags of warren start', () => {
  const program = new Command();
  addStartCommand(program);
  const options = program.commands[0]?.options ?? [];
  expect(options.length).toBeGreaterThan(3);
  const rows = options.map(({ flags, description }) => [`\`${flags}\``, description]);
  expect(readme).toContain(`${table('| Flag | Meaning |\n|---|---|', rows)}\n\n`);
});

it('lists every configuration key as it is', () => {
  const rows = Object.entries(configKeys).map(([name, { default: standard, meaning }]) => [
    `\`${name}\``,
    standard === undefined ? '' : `\`${standard}\``,
    meaning,
  ]);
  expect(readme).toContain(`${table('| Key | Default | Meaning |\n|---|---|---|', rows)}\n\n`);
});

it('lists every exit code', () => {
  const section = /\| Code \| Meaning \|\n\|---\|---\|\n((?:\|.*\n)*)/.exec(readme)?.[1] ?? '';
  const codes = [...section.matchAll(/^\| (\d+) \|/gm)].map((match) => Number(match[1]));
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
  const named = [...documents.matchAll(/npm (?:run )?([a-z][\w:]*)/g)].map((match) => match[1]);
  const known = [...Object.keys(scripts), 'ci', 'run'];
  expect(named.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  expect(readme).toContain(`WarrenMQ ${version} ready`);
});
