// `warren policy`: list, set, clear; with --operator the operator's.

import type { Command } from 'commander';
import { type ApiPath, apiPath } from '../api-path.ts';
import { jsonObject, wholeNumber } from '../option-values.ts';
import { amount } from '../output/cell.ts';
import { column } from '../output/table.ts';
import type { View } from '../output/view.ts';
import {
  addConfirmationOptions,
  addSharedOptions,
  administer,
  type CommandContext,
  type Session,
} from '../session.ts';

const policyColumns = [
  column('vhost', 'vhost'),
  column('name', 'name'),
  column('pattern', 'pattern'),
  column('apply-to', 'apply-to'),
  column('priority', 'priority', 'count'),
  column('definition', 'definition'),
];

const PRIORITY_MAX = 32_767;

interface PolicyFlags {
  readonly vhost: string;
  readonly operator?: boolean;
}

interface SetFlags extends PolicyFlags {
  readonly priority: number;
  readonly applyTo: string;
}

export function addPolicyCommand(program: Command, context: CommandContext): void {
  const policy = addSharedOptions(
    program.command('policy').description('policies: settings of queues and exchanges by name'),
  );
  addList(policy, context);
  addSet(policy, context);
  addClear(policy, context);
}

function addList(policy: Command, context: CommandContext): void {
  const list = policy
    .command('list')
    .description('policies')
    .option('-p, --vhost <name>', 'only of this vhost')
    .option('--operator', "the operator's policies");
  administer<Partial<PolicyFlags>>(list, context, async ({ api, output }, _, flags) => {
    const all = flags.operator ? apiPath`/api/operator-policies` : apiPath`/api/policies`;
    const rows = (await api.get<View[]>(all)).filter(
      ({ vhost }) => (flags.vhost ?? vhost) === vhost,
    );
    output.list(rows, policyColumns, 'name');
  });
}

function policyPath({ vhost, operator }: PolicyFlags, name: string): ApiPath {
  return operator === true
    ? apiPath`/api/operator-policies/${vhost}/${name}`
    : apiPath`/api/policies/${vhost}/${name}`;
}

function addSet(policy: Command, context: CommandContext): void {
  const set = policy
    .command('set')
    .description('set a policy for the queues and exchanges whose names match')
    .argument('<policy>')
    .argument('<pattern>')
    .argument('<definition>', 'JSON, such as {"max-length":1000}', jsonObject)
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('--operator', "an operator's policy")
    .option(
      '--priority <number>',
      'the highest counts',
      wholeNumber(-PRIORITY_MAX, PRIORITY_MAX),
      0,
    )
    .option('--apply-to <what>', 'queues, exchanges, all, …', 'all')
    .addHelpText(
      'after',
      `\nExample:\n  warren policy set bounded '^work\\.' '{"max-length":1000}'`,
    );
  administer<SetFlags>(set, context, async ({ api, output }, [name = '', pattern, json], flags) => {
    const path = policyPath(flags, name);
    const isOperator = flags.operator === true && flags.applyTo === 'all';
    const created = await api.put(path, {
      pattern,
      definition: jsonObject(json ?? ''),
      priority: flags.priority,
      // The operator's policies are for queues.
      'apply-to': isOperator ? 'queues' : flags.applyTo,
    });
    output.done(`${created ? 'Set' : 'Changed'} ${path.subject}`, { name, created });
  });
}

function addClear(policy: Command, context: CommandContext): void {
  const clear = policy
    .command('clear <policy>')
    .description('clear a policy')
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('--operator', "an operator's policy");
  administer<PolicyFlags>(
    addConfirmationOptions(clear),
    context,
    async (session, [name = ''], flags) => {
      const path = policyPath(flags, name);
      await session.api.get<View>(path);
      const items = [`its effect on ${await affected(session, name, flags)}`];
      if (!(await session.confirm({ verb: 'clear', subject: path.subject, name, items }))) return;
      await session.api.delete(path);
      session.output.done(`Cleared ${path.subject}`, { name, vhost: flags.vhost, cleared: true });
    },
  );
}

async function affected({ api }: Session, name: string, flags: PolicyFlags): Promise<string> {
  const { vhost, operator } = flags;
  const key = operator === true ? 'operator_policy' : 'policy';
  const ofPolicy = (rows: readonly View[]) => rows.filter((row) => row[key] === name).length;
  const queues = ofPolicy(await api.get<View[]>(apiPath`/api/queues/${vhost}`, { columns: key }));
  if (operator === true) return amount(queues, 'queue');
  const exchanges = ofPolicy(
    await api.get<View[]>(apiPath`/api/exchanges/${vhost}`, { columns: key }),
  );
  return `${amount(queues, 'queue')} and ${amount(exchanges, 'exchange')}`;
}
