// Our broker as a target of conversations, twice: the whole of it over TCP with its store on disk, as
// startBroker makes it, and the bare core in memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Admin } from '../../../src/admin/admin.ts';
import { createAdminNode } from '../../../src/admin/admin-node.ts';
import { GlobalParameters } from '../../../src/admin/global-parameters.ts';
import { Statistics } from '../../../src/admin/statistics/statistics.ts';
import { InternalUsers } from '../../../src/auth/internal-users.ts';
import { compilePattern } from '../../../src/auth/name-pattern.ts';
import { Broker } from '../../../src/broker/broker.ts';
import { DEFAULT_LIMITS } from '../../../src/broker/limits.ts';
import { IdSequence } from '../../../src/broker/vhost/id-sequence.ts';
import { VirtualHosts } from '../../../src/broker/vhost/vhosts.ts';
import { configOf } from '../../../src/config/config.ts';
import { serverProperties } from '../../../src/config/server-properties.ts';
import { silentLog } from '../../../src/network/log.ts';
import { ProcessReadings } from '../../../src/network/process-readings.ts';
import { SystemClock } from '../../../src/network/system-clock.ts';
import { SystemRandom } from '../../../src/network/system-random.ts';
import { startBroker } from '../../../src/node.ts';
import { openStore } from '../../../src/storage/create-store.ts';
import type { Store } from '../../../src/storage/store.ts';
import { inPieces } from '../amqp/byte-stream.ts';
import { openInMemory } from '../amqp/memory-stream.ts';
import { applyDefinitions, readDefinitions } from './definitions.ts';
import { type ConversationTarget, targetAt } from './target.ts';

/** RabbitMQ needs its plug-in for this, and `rabbitmqctl trace_on` for that. */
const CONFIG = {
  'event_exchange.enabled': true,
  // Behind the three seconds for which a refused login is kept waiting; there it is ten.
  handshake_timeout: 3500,
};
const TRACED_VHOST = 'conversations-traced';

export async function openOverTcp(): Promise<ConversationTarget> {
  const dataDir = mkdtempSync(join(tmpdir(), 'warren-conversations-'));
  const store = await openStore({
    engine: 'lmdb',
    directory: dataDir,
    onFatal: (reason) => {
      throw reason;
    },
  });
  await writeDefinitions(store);
  await store.close();
  const broker = await startBroker({ port: 0, dataDir, config: CONFIG });
  await applyDefinitions(broker.admin);
  await broker.admin.setTracing(TRACED_VHOST, true);
  return {
    ...targetAt('warren over TCP', 'warren', broker.url),
    close: async () => {
      await broker.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** Opened twice by the tests: as it is, and with the client's bytes in small pieces. */
/** Nobody looks at the process here. */
function processReadings(): ProcessReadings {
  const [memoryLimitBytes, diskFreeLimitBytes, fileDescriptorsMax] = [0, 0, 0];
  return new ProcessReadings({
    ...{ memoryLimitBytes, diskFreeLimitBytes, fileDescriptorsMax },
    directory: '.',
  });
}

export async function openCoreInMemory(isInPieces: boolean): Promise<ConversationTarget> {
  const store = await openStore({ engine: 'memory' });
  const access = await writeDefinitions(store);
  const config = configOf(CONFIG);
  const broker = new Broker({
    clock: new SystemClock(),
    random: new SystemRandom(),
    journal: store.journal,
    metadata: store.metadata,
    access,
    compilePattern,
    log: silentLog,
    settings: {
      ...config,
      messageMemoryBytes: 64 << 20,
      serverProperties: serverProperties(config, '0.0.0'),
    },
  });
  const readings = new ProcessReadings({
    ...{ memoryLimitBytes: 2 ** 30, diskFreeLimitBytes: 0, fileDescriptorsMax: 1024 },
    directory: '.',
  });
  const statistics = new Statistics(broker, readings);
  const node = createAdminNode({
    ...{ broker, users: access, readings, statistics, sessionIdleMs: 1 },
    globalParameters: new GlobalParameters(store.metadata),
    readings: processReadings(),
    facts: {
      ...{ clusterName: '', productName: '', productVersion: '', rabbitmqVersion: '' },
      damagedCount: () => 0,
      listeners: () => [],
    },
  });
  await applyDefinitions(new Admin(node));
  broker.setTracing(TRACED_VHOST, true);
  return {
    name: isInPieces ? 'the core in memory, in pieces' : 'the core in memory',
    broker: 'warren',
    open: () => {
      const stream = openInMemory(broker);
      return Promise.resolve(isInPieces ? inPieces(stream) : stream);
    },
    close: async () => {
      statistics.stop();
      readings.stop();
      await broker.close();
      await store.close();
    },
  };
}

/** Puts the vhosts, users and permissions of definitions.json, and guest, into an empty store. */
async function writeDefinitions(store: Store): Promise<InternalUsers> {
  const { metadata, journal } = store;
  const users = new InternalUsers({
    metadata,
    random: new SystemRandom(),
    clock: new SystemClock(),
    loopbackUsers: new Set(['guest']),
  });
  const definitions = readDefinitions();
  const vhosts = new VirtualHosts(metadata, new IdSequence(metadata), DEFAULT_LIMITS);
  for (const { name } of [{ name: '/' }, ...definitions.vhosts]) vhosts.create(name);
  users.putUser('guest', 'guest', ['administrator']);
  users.setPermission('guest', '/', { configure: '.*', write: '.*', read: '.*' });
  for (const { name, password_hash: hash, tags } of definitions.users) {
    users.putUserHash(name, hash, 'rabbit_password_hashing_sha256', tags === '' ? [] : [tags]);
  }
  for (const { user, vhost, ...patterns } of definitions.permissions) {
    users.setPermission(user, vhost, patterns);
  }
  await new Promise<void>((resolve) => journal.commit(resolve));
  return users;
}
