// `warren queue peek|get|publish|move|redrive`: the messages of a queue.

import { type Command, Option } from 'commander';
import { apiPath } from '../api-path.ts';
import { addPublishOptions, type PublishFlags, publishBody, showMessages } from '../messages.ts';
import { wholeNumber } from '../option-values.ts';
import { amount } from '../output/cell.ts';
import { countAt, type View, viewsAt } from '../output/view.ts';
import { publishTimes } from '../publishing.ts';
import { addConfirmationOptions, administer, type CommandContext } from '../session.ts';
import { runTransfer } from '../transfer.ts';

/** The API's bounds. */
const PEEK_COUNT_MAX = 500;
const RAW_BYTES_MAX = 16 * 2 ** 20;

interface VhostFlags {
  readonly vhost: string;
}

export function addQueueMessageCommands(queue: Command, context: CommandContext): void {
  addPeek(queue, context);
  addGet(queue, context);
  addPublish(queue, context);
  addMove(queue, context);
  addRedrive(queue, context);
}

interface PeekFlags extends VhostFlags {
  readonly count: number;
  readonly offset: number;
  readonly unacked?: boolean;
  readonly filter?: string;
  readonly raw?: boolean;
}

function addPeek(queue: Command, context: CommandContext): void {
  const peek = queue
    .command('peek <queue>')
    .description('look at messages; changes nothing')
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('-n, --count <count>', 'how many', wholeNumber(1, PEEK_COUNT_MAX), 10)
    .option('--offset <count>', 'how many to skip', wholeNumber(0), 0)
    .option('--unacked', 'those that consumers hold, instead of the ready ones')
    .option('--filter <text>', 'only those with it in key, headers or payload')
    .option('--raw', 'the payloads alone, byte by byte');
  administer<PeekFlags>(peek, context, async ({ api, output }, [name = ''], flags) => {
    const path = apiPath`/api/x/queues/${flags.vhost}/${name}/messages`;
    const answer = await api.get<View>(path, {
      offset: flags.offset,
      limit: flags.count,
      state: flags.unacked === true ? 'unacked' : 'ready',
      filter: flags.filter,
      ...(flags.raw === true && { truncate: RAW_BYTES_MAX }),
    });
    showMessages(output, viewsAt(answer, 'messages'), flags.raw === true);
    const next = answer['next_offset'];
    if (typeof next === 'number') output.note(`There are more: --offset ${next} goes on.`);
  });
}

interface GetFlags extends VhostFlags {
  readonly count: number;
  readonly ack?: boolean;
  readonly requeue?: boolean;
  readonly reject?: boolean;
  readonly raw?: boolean;
}

function addGet(queue: Command, context: CommandContext): void {
  const get = queue
    .command('get <queue>')
    .description('take messages from the head (peek looks without taking)')
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('-n, --count <count>', 'how many', wholeNumber(1, 10_000), 1)
    .addOption(new Option('--ack', 'take them for good').conflicts(['requeue', 'reject']))
    .addOption(new Option('--requeue', 'put them back, marked as redelivered').conflicts('reject'))
    .option('--reject', 'reject them: to the dead-letter exchange, or gone')
    .option('--raw', 'the payloads alone, byte by byte');
  administer<GetFlags>(get, context, async ({ api, output }, [name = ''], flags) => {
    if (!(flags.ack || flags.requeue || flags.reject)) {
      get.error('error: what becomes of the messages? Give --ack, --requeue or --reject');
    }
    const path = apiPath`/api/queues/${flags.vhost}/${name}/get`;
    const messages = await api.post<View[]>(path, {
      count: flags.count,
      ackmode: ackMode(flags),
      encoding: 'auto',
    });
    showMessages(output, messages, flags.raw === true);
  });
}

function ackMode(flags: GetFlags): string {
  if (flags.ack) return 'ack_requeue_false';
  return flags.requeue ? 'ack_requeue_true' : 'reject_requeue_false';
}

function addPublish(queue: Command, context: CommandContext): void {
  const publish = queue
    .command('publish <queue> [payload]')
    .description('publish straight to a queue')
    .option('-p, --vhost <name>', 'vhost', '/');
  administer<VhostFlags & PublishFlags>(
    addPublishOptions(publish),
    context,
    async (session, [name = '', payload], flags) => {
      const { vhost, count = 1 } = flags;
      const body = await publishBody(session.terminal, name, payload, flags);
      // Without the queue the message would go nowhere; the API says so with a name.
      await session.api.get(apiPath`/api/queues/${vhost}/${name}`, { columns: 'name' });
      const path = apiPath`/api/exchanges/${vhost}/${'amq.default'}/publish`;
      const routed = await publishTimes(session, path, body, count);
      session.output.done(`Published ${amount(routed, 'message')}`, { published: count, routed });
    },
  );
}

interface TransferFlags extends VhostFlags {
  readonly toVhost?: string;
  readonly limit?: number;
  readonly rate?: number;
}

function addTransferOptions(command: Command): Command {
  return command
    .option('--limit <count>', 'at most so many', wholeNumber(1))
    .option('--rate <count>', 'at most so many a second', wholeNumber(1, 1_000_000));
}

function addMove(queue: Command, context: CommandContext): void {
  const move = queue
    .command('move <source> <destination>')
    .description('move ready messages to another queue')
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('--to-vhost <name>', 'vhost of the destination');
  administer<TransferFlags>(
    addConfirmationOptions(addTransferOptions(move)),
    context,
    async (session, [source = '', destination = ''], flags) => {
      const { vhost, toVhost = vhost, rate } = flags;
      const from = apiPath`/api/queues/${vhost}/${source}`;
      const to = apiPath`/api/queues/${toVhost}/${destination}`;
      const ready = countAt(await session.api.get<View>(from), 'messages_ready');
      await session.api.get<View>(to, { columns: 'name' });
      const total = Math.min(ready, flags.limit ?? ready);
      const loss = {
        verb: 'move from',
        subject: from.subject,
        name: source,
        items: [`${amount(total, 'message')} to ${to.subject}`],
      };
      if (!(await session.confirm(loss))) return;
      const path = apiPath`/api/x/queues/${vhost}/${source}/move`;
      const body = { destination, destination_vhost: toVhost, count: flags.limit, rate };
      const result = await runTransfer(session, path, body);
      const moved = amount(countAt(result, 'moved'), 'message');
      session.output.done(`Moved ${moved} to ${to.subject}`, result);
    },
  );
}

function addRedrive(queue: Command, context: CommandContext): void {
  const redrive = queue
    .command('redrive <queue>')
    .description('send dead letters back to the queues they came from')
    .option('-p, --vhost <name>', 'vhost', '/');
  administer<TransferFlags>(
    addConfirmationOptions(addTransferOptions(redrive)),
    context,
    async (session, [name = ''], { vhost, limit, rate }) => {
      const from = apiPath`/api/queues/${vhost}/${name}`;
      const ready = countAt(await session.api.get<View>(from), 'messages_ready');
      const total = Math.min(ready, limit ?? ready);
      const items = [`${amount(total, 'message')} to the queues where they died first`];
      const loss = { verb: 'redrive from', subject: from.subject, name, items };
      if (!(await session.confirm(loss))) return;
      const path = apiPath`/api/x/queues/${vhost}/${name}/redrive`;
      const result = await runTransfer(session, path, { count: limit, rate });
      const stayed = countAt(result, 'stayed');
      const rest = stayed > 0 ? `; ${amount(stayed, 'message')} stayed: no way back` : '';
      session.output.done(`Redrove ${amount(countAt(result, 'moved'), 'message')}${rest}`, result);
    },
  );
}
