// One test per conversation and broker. ORACLE_URL points at a RabbitMQ 3.10.8 prepared with
// definitions.json; without it the conversations are held with our own broker.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, test, vi } from 'vitest';
import { play } from '../support/conversation/player.ts';
import { parseScript } from '../support/conversation/script-parser.ts';
import { targetAt } from '../support/conversation/target.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.txt'))
  .sort()
  .map((path) => parseScript(path, readFileSync(join(folder, path), 'utf8')));

const oracleUrl = process.env['ORACLE_URL'];
const target = targetAt('RabbitMQ 3.10.8', 'rabbitmq', oracleUrl ?? '');

afterAll(() => target.close());

vi.setConfig({ maxConcurrency: 16, testTimeout: 20_000 });

describe(`with ${target.name}`, () => {
  for (const script of scripts) {
    test.concurrent(`${script.path}: ${script.title}`, () => play(script, target));
  }
});
