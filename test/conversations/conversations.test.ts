// One test per conversation and broker. With ORACLE_URL the conversations are held with that RabbitMQ
// (3.10.8, prepared with definitions.json), otherwise with our own broker: over TCP, in memory, and in memory with
// the client's bytes cut into small pieces.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { listDifferences } from '../support/conversation/differences.ts';
import { play } from '../support/conversation/player.ts';
import { parseScript } from '../support/conversation/script-parser.ts';
import { type ConversationTarget, targetAt } from '../support/conversation/target.ts';

vi.setConfig({ maxConcurrency: 16, testTimeout: 20_000 });

const folder = fileURLToPath(new URL('.', import.meta.url));
const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.txt') && path.includes('/'))
  .sort()
  .map((path) => parseScript(path, readFileSync(join(folder, path), 'utf8')));

async function openTargets(): Promise<ConversationTarget[]> {
  const oracleUrl = process.env['ORACLE_URL'];
  if (oracleUrl !== undefined) return [targetAt('RabbitMQ', 'rabbitmq', oracleUrl)];
  const own = await import('../support/conversation/own-broker.ts');
  return Promise.all([own.openOverTcp(), own.openCoreInMemory(false), own.openCoreInMemory(true)]);
}

const targets = await openTargets();

afterAll(async () => {
  for (const target of targets) await target.close();
});

for (const target of targets) {
  describe(`with ${target.name}`, () => {
    // What RabbitMQ lacks is no test there: each such conversation stands in differences.txt with its reason.
    const held = scripts.filter(
      ({ warrenOnly }) => warrenOnly === undefined || target.broker === 'warren',
    );
    for (const script of held) {
      test.concurrent(`${script.path}: ${script.title}`, () => play(script, target));
    }
  });
}

test('differences.txt lists every line on which the brokers differ (vitest -u writes it)', async () => {
  await expect(listDifferences(scripts)).toMatchFileSnapshot('./differences.txt');
});
