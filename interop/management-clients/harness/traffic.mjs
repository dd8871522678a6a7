// Makes a broker busy until stdin ends: connections, channels of every mode, consumers with and without acknowledgements,
// unacknowledged, rejected, returned and unroutable messages. Prints "ready" when all of that is there.
import amqp from 'amqplib';

const [url, prefix] = process.argv.slice(2);
const PUBLISH_EVERY_MS = 50;
const names = ['classic', 'quorum'].map((type) => [`${prefix}.${type}`, type]);
const classic = `${prefix}.classic`;
const dead = `${prefix}.dead`;

const connections = await Promise.all(
  ['publisher', 'consumer', 'getter'].map((connection_name) =>
    amqp.connect(url, { clientProperties: { connection_name: `${prefix}.${connection_name}` } }),
  ),
);
const [publisher, consumer, getter] = connections;
const confirming = await publisher.createConfirmChannel();
const plain = await publisher.createChannel();
confirming.on('return', () => undefined);

await confirming.assertExchange(`${prefix}.topic`, 'topic', { durable: true });
await confirming.assertQueue(dead, { durable: true, arguments: { 'x-max-length': 100 } });
for (const [name, type] of names) {
  const rejected = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
  await confirming.assertQueue(name, {
    durable: true,
    arguments: { 'x-queue-type': type, ...rejected },
  });
  await confirming.bindQueue(name, `${prefix}.topic`, '#.all.#', {});
}
await confirming.assertQueue('', { exclusive: true });

// One consumer acknowledges two of three messages and rejects the third, one holds what it got, one never acknowledges.
const acknowledging = await consumer.createChannel();
await acknowledging.prefetch(10);
let seen = 0;
await acknowledging.consume(`${prefix}.quorum`, (message) => {
  if (message === null) return;
  seen += 1;
  if (seen % 3 === 0) acknowledging.nack(message, false, false);
  else acknowledging.ack(message);
});
const holding = await consumer.createChannel();
await holding.prefetch(5);
await holding.consume(classic, () => undefined, { arguments: { 'x-priority': 3 } });
const automatic = await consumer.createChannel();
await automatic.consume(dead, () => undefined, { noAck: true, consumerTag: `${prefix}.automatic` });
const getting = await getter.createChannel();

async function round() {
  const body = Buffer.alloc(200, 'x');
  const options = { persistent: true, headers: { round: seen } };
  confirming.publish(`${prefix}.topic`, 'to.all', body, options);
  confirming.publish(`${prefix}.topic`, 'to.nobody', body, { mandatory: true });
  plain.publish(`${prefix}.topic`, 'to.all', body);
  plain.publish(`${prefix}.topic`, 'to.nobody', body);
  await confirming.waitForConfirms();
  const message = await getting.get(classic, { noAck: false });
  if (message) getting.nack(message, false, true);
  await getting.get(classic, { noAck: true });
  await getting.get(dead, { noAck: true });
}

for (let turn = 0; turn < 10; turn += 1) await round();
console.log('ready');

let isOver = false;
process.stdin.on('end', () => {
  isOver = true;
});
process.stdin.resume();
while (!isOver) {
  await round();
  await new Promise((resolve) => setTimeout(resolve, PUBLISH_EVERY_MS));
}
for (const name of [...names.map(([name]) => name), dead]) await plain.deleteQueue(name);
await plain.deleteExchange(`${prefix}.topic`);
for (const connection of connections) await connection.close();
