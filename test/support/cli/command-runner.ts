// Runs commands of `warren` inside the test, against a broker of its own, with a terminal that is a pipe or a person.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import type { StartOptions } from '../../../src/node.ts';
import { startManaged } from '../management/management-client.ts';
import type { ParsedJson } from '../parsed-json.ts';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** What standard input holds, when it is no terminal. */
  readonly input?: string;
  /** A person types these lines, one for each question; standard input and output are terminals. */
  readonly typed?: readonly string[];
  /** Standard output is a terminal of this width. */
  readonly columns?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export class CommandRunner {
  readonly #home = mkdtempSync(join(tmpdir(), 'warren-home-'));
  readonly environment: Readonly<Record<string, string>>;

  constructor(environment: Readonly<Record<string, string>>) {
    this.environment = { HOME: this.#home, ...environment };
  }

  get home(): string {
    return this.#home;
  }

  async run(words: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    const world = new TestTerminal({ ...this.environment, ...options.environment }, options);
    const exitCode = await runCommandLine(words, world);
    return { exitCode, stdout: world.stdout, stderr: world.stderr };
  }

  /** Must succeed; its standard output. */
  async ok(...words: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(words);
    if (exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${exitCode}: ${stderr}`);
    return stdout;
  }

  /** Must succeed with --json; what was printed, parsed. */
  async json(...words: readonly string[]): Promise<ParsedJson> {
    return JSON.parse(await this.ok(...words, '--json'));
  }

  end(): void {
    rmSync(this.#home, { recursive: true });
  }
}

class TestTerminal implements Terminal {
  readonly environment: Terminal['environment'];
  readonly input: Terminal['input'];
  readonly isInputTerminal: boolean;
  readonly isOutputTerminal: boolean;
  readonly isErrorTerminal: boolean;
  readonly size: Terminal['size'];
  readonly interrupted = new AbortController().signal;
  stdout = '';
  stderr = '';
  readonly #typed: string[];
  readonly #keyboard = new PassThrough();

  constructor(environment: Terminal['environment'], options: RunOptions) {
    const isPerson = options.typed !== undefined;
    this.environment = environment;
    this.#typed = [...(options.typed ?? [])];
    this.input = isPerson ? this.#keyboard : Readable.from([options.input ?? '']);
    this.isInputTerminal = isPerson;
    this.isOutputTerminal = isPerson || options.columns !== undefined;
    this.isErrorTerminal = isPerson;
    this.size = { columns: options.columns ?? 80, rows: 24 };
  }

  write(text: string | Buffer): void {
    this.stdout += text.toString();
  }

  /** A person answers when a question stands there. */
  writeError(text: string): void {
    this.stderr += text;
    if (!/: $/.test(text)) return;
    const line = this.#typed.shift();
    if (line !== undefined) setImmediate(() => this.#keyboard.write(`${line}\r`));
  }

  onResize(): () => void {
    return () => {};
  }
}

export interface CommandWorld {
  readonly warren: CommandRunner;
  /** For clients of the same broker. */
  readonly amqpUrl: string;
  end(): Promise<void>;
}

/**
 * A broker and commands that talk to it as guest. With ORACLE_URL and ORACLE_API_URL it is that RabbitMQ, which shows
 * whether the commands understand it, too. The caller ends it, and what it made.
 */
export async function startCommandWorld(options: StartOptions = {}): Promise<CommandWorld> {
  const { ORACLE_URL, ORACLE_API_URL } = process.env;
  if (ORACLE_URL !== undefined && ORACLE_API_URL !== undefined) {
    const warren = new CommandRunner({ WARREN_URL: ORACLE_API_URL });
    return { warren, amqpUrl: ORACLE_URL, end: async () => warren.end() };
  }
  const { broker } = await startManaged(options);
  const warren = new CommandRunner({ WARREN_URL: broker.managementUrl ?? '' });
  const end = async () => {
    warren.end();
    await broker.close();
  };
  return { warren, amqpUrl: broker.url, end };
}
