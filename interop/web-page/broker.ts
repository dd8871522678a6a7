// The broker under the page: a process of its own, its API, and AMQP connections that make something to look at.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import amqp, { type ChannelModel } from 'amqplib';
import type { ParsedJson } from '../../test/support/parsed-json.ts';

export const VHOST = 'web-page';
const START_LIMIT_MS = 30_000;
const START_POLL_MS = 50;

interface Target {
  /** Ends with a slash. */
  readonly url: string;
  readonly amqpUrl: string;
  readonly process: ChildProcess | undefined;
  readonly directory: string | undefined;
}

export class Broker {
  readonly url: string;
  readonly #target: Target;
  readonly #connections: ChannelModel[] = [];

  private constructor(target: Target) {
    this.url = target.url;
    this.#target = target;
  }

  /** WEB_PAGE_URL and AMQP_URL name one that runs already; for work on the page. */
  static async start(): Promise<Broker> {
    const { WEB_PAGE_URL: url, AMQP_URL: amqpUrl } = process.env;
    if (url !== undefined && amqpUrl !== undefined) {
      return new Broker({ url, amqpUrl, process: undefined, directory: undefined });
    }
    const [amqpPort, managementPort] = [await freePort(), await freePort()];
    const directory = await mkdtemp(join(tmpdir(), 'warrenmq-web-page-'));
    const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));
    const child = spawn(
      process.execPath,
      [
        ...[main, 'start', '--data-dir', directory, '--amqp-port', String(amqpPort)],
        ...['--management-port', String(managementPort), '--prometheus-port', '0'],
      ],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, WARREN_LOG_CONSOLE_LEVEL: 'error' },
      },
    );
    // However this process ends, the broker ends with it.
    process.on('exit', () => child.kill('SIGKILL'));
    const broker = new Broker({
      url: `http://127.0.0.1:${managementPort}/`,
      amqpUrl: `amqp://guest:guest@127.0.0.1:${amqpPort}`,
      process: child,
      directory,
    });
    await broker.#untilUp();
    return broker;
  }

  async #untilUp(): Promise<void> {
    const endMs = Date.now() + START_LIMIT_MS;
    while (Date.now() < endMs && this.#target.process?.exitCode === null) {
      const answer = await fetch(`${this.url}api/whoami`).catch(() => undefined);
      if (answer !== undefined) return;
      await sleep(START_POLL_MS);
    }
    throw new Error('the broker did not start');
  }

  /** A vhost of our own, empty. */
  async prepare(): Promise<void> {
    await this.call('DELETE', ['vhosts', VHOST], undefined, [204, 404]);
    await this.call('PUT', ['vhosts', VHOST]);
    const all = { configure: '.*', write: '.*', read: '.*' };
    await this.call('PUT', ['permissions', VHOST, 'guest'], all);
  }

  /** The parsed answer; an unexpected status is an error. */
  async call(
    method: string,
    path: readonly string[],
    body?: unknown,
    statuses?: readonly number[],
  ): Promise<ParsedJson> {
    const address = `${this.url}api/${path.map(encodeURIComponent).join('/')}`;
    const response = await fetch(address, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isExpected = statuses === undefined ? response.ok : statuses.includes(response.status);
    if (!isExpected) throw new Error(`${method} /${path.join('/')}: ${response.status} ${text}`);
    return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
  }

  get(...path: readonly string[]): ReturnType<Broker['call']> {
    return this.call('GET', path);
  }

  async declareQueue(name: string, args: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.call('PUT', ['queues', VHOST, name], { durable: true, arguments: args });
  }

  /** Undefined when there is no such object. */
  async find(...path: readonly string[]): Promise<ReturnType<Broker['call']>> {
    const found = await this.call('GET', path, undefined, [200, 404]);
    return found.error === undefined ? found : undefined;
  }

  /** The connection ends with the broker at the latest. */
  async connect(name: string, vhost = VHOST): Promise<ChannelModel> {
    const address = `${this.#target.amqpUrl}/${encodeURIComponent(vhost)}`;
    const connection = await amqp.connect(address, { clientProperties: { connection_name: name } });
    connection.on('error', () => undefined);
    this.#connections.push(connection);
    return connection;
  }

  async publish(queue: string, ...payloads: readonly (string | Buffer)[]): Promise<void> {
    const connection = await this.connect('publisher');
    const channel = await connection.createConfirmChannel();
    for (const payload of payloads) {
      channel.sendToQueue(queue, Buffer.from(payload), { persistent: true });
    }
    await channel.waitForConfirms();
    await connection.close();
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) await connection.close().catch(() => undefined);
    const { process: child, directory } = this.#target;
    if (child === undefined) {
      await this.call('DELETE', ['vhosts', VHOST], undefined, [204, 404]);
      return;
    }
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
