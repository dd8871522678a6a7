// Our broker with the policies of world.json: `node warren.mjs PORT DATA_DIRECTORY`. Prints a line when it is ready;
// it is ended by a signal, so that a restart is a crash.
import { readFileSync } from 'node:fs';
import { startBroker } from '../../dist/src/node.js';

const [port, dataDir] = process.argv.slice(2);
const world = JSON.parse(readFileSync(new URL('world.json', import.meta.url), 'utf8'));
const broker = await startBroker({ port: Number(port), dataDir });
for (const { name, ...policy } of world.policies) await broker.admin.setPolicy('/', name, policy);
for (const { name, ...policy } of world.operatorPolicies) {
  await broker.admin.setOperatorPolicy('/', name, policy);
}
console.log('ready');
setInterval(() => {}, 2 ** 30);
