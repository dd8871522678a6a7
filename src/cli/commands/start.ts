// `warren start`: runs one broker as this process, from its configuration to its exit code.

import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../config/config.ts';
import { type FlagSetting, loadConfig } from '../../config/load-config.ts';
import type { Log } from '../../network/log.ts';
import { type RunningBroker, startNode } from '../../node.ts';
import { version } from '../../version.ts';
import { exitCodes } from '../exit-codes.ts';
import { createProcessLog } from '../process-log.ts';
import { startFailure } from '../start-failure.ts';

interface StartFlags {
  readonly config?: string;
  readonly dataDir?: string;
  readonly bind?: string;
  readonly amqpPort?: string;
  readonly managementPort?: string;
  readonly prometheusPort?: string;
  readonly memory?: boolean;
}

export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('run a broker')
    .option('--config <file>', 'configuration file in rabbitmq.conf style')
    .option('--data-dir <directory>', 'where everything is stored (default: ./data)')
    .option('--bind <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--amqp-port <port>', 'port for AMQP (default: 5672)')
    .option('--management-port <port>', 'port for the management HTTP API (default: 15672)')
    .option('--prometheus-port <port>', 'port of the metrics for Prometheus (default: 15692)')
    .option('--memory', 'store nothing on disk')
    .action((flags: StartFlags) => run(flags));
}

function flagSettings(flags: StartFlags): FlagSetting[] {
  const settings: FlagSetting[] = [];
  const add = (flag: string, key: string, value: string | undefined) => {
    if (value !== undefined) settings.push({ flag, key, value });
  };
  add('--data-dir', 'data_dir', flags.dataDir);
  add('--bind', 'bind_address', flags.bind);
  add('--amqp-port', 'listeners.tcp.default', flags.amqpPort);
  add('--management-port', 'management.tcp.port', flags.managementPort);
  add('--prometheus-port', 'prometheus.tcp.port', flags.prometheusPort);
  add('--memory', 'storage_engine', flags.memory === true ? 'memory' : undefined);
  return settings;
}

async function run(flags: StartFlags): Promise<void> {
  try {
    const { config, warnings } = loadConfig({
      filePath: flags.config,
      environment: process.env,
      flags: flagSettings(flags),
    });
    const log = createProcessLog(config.logLevel);
    for (const warning of warnings) log.warn({}, warning);
    await serve(config, log);
  } catch (error) {
    const { exitCode, lines } = startFailure(error);
    for (const line of lines) process.stderr.write(`${line}\n`);
    process.exit(exitCode);
  }
}

async function serve(config: Config, log: Log): Promise<void> {
  const fail = (error: unknown, message: string): never => {
    log.error({ err: error }, message);
    process.exit(exitCodes.failed);
  };
  // After a broken invariant nothing is certain any more; what was confirmed is on disk.
  process.on('uncaughtException', (error) => fail(error, 'internal error, the broker stops'));
  // A signal during the start waits for its end: closing half a broker is not orderly.
  const signalled = new Promise<NodeJS.Signals>((stop) => {
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
  const broker = await startNode({
    config,
    log,
    onFatal: (reason) =>
      fail(reason, 'the store failed, the broker stops: nothing confirmed is lost'),
  });
  process.stdout.write(`${readyLine(config, broker)}\n`);
  // The listening sockets keep the process alive until then.
  const signal = await signalled;
  log.info({ signal }, 'stopping');
  // Who asks again does not want to wait.
  process.on(signal, () => process.exit(128 + (signal === 'SIGINT' ? 2 : 15)));
  await broker.close();
  log.info({}, 'stopped');
  process.exit(exitCodes.stopped);
}

function readyLine(config: Config, broker: RunningBroker): string {
  const places = broker.listeners.map(({ host, port }) => {
    return `amqp://${host.includes(':') ? `[${host}]` : host}:${port}`;
  });
  if (broker.managementUrl !== undefined) places.push(broker.managementUrl);
  if (broker.metricsUrl !== undefined) places.push(broker.metricsUrl);
  const data =
    config.storageEngine === 'memory'
      ? 'in memory only'
      : `data in ${resolve(config.dataDirectory)}`;
  return `WarrenMQ ${version} ready: ${places.join(', ')} (${data})`;
}
