// Definitions: everything but the messages, as a file. An import is read here first and shown: what it holds, and what of it
// is there already. It adds and never deletes.
import { useState } from 'preact/hooks';
import { download } from '../elements/download.ts';
import { ActionForm, Choice, Field, type FormValues } from '../elements/form.tsx';
import { Facts, Page, Panel } from '../elements/panel.tsx';
import { useVhosts } from '../elements/vhost-choice.tsx';
import { formatCount } from '../format/numbers.ts';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import {
  compareDefinitions,
  DEFINITION_KINDS,
  type Definitions,
  type DefinitionsComparison,
  parseDefinitions,
} from '../message/definitions.ts';

const pathOf = (vhost: string) => (vhost === '' ? ['definitions'] : ['definitions', vhost]);

export function DefinitionsPage() {
  return (
    <Page title="Definitions">
      <div class="columns">
        <Panel title="Export" note="RabbitMQ’s format, without messages">
          <ActionForm label="Export" submit="Download" onSubmit={exportFile}>
            <VhostScope />
            <p class="hint">
              All vhosts: with users and the hashes of their passwords. Keep the file as you would
              keep a password.
            </p>
          </ActionForm>
        </Panel>
        <Import />
      </div>
    </Page>
  );
}

function VhostScope() {
  const vhosts = useVhosts() ?? [];
  return (
    <Choice
      key={vhosts.join('\n')}
      label="What"
      name="vhost"
      options={[
        { value: '', label: 'All vhosts and users' },
        ...vhosts.map((name) => ({ value: name, label: `Vhost ${visibleName(name)}` })),
      ]}
    />
  );
}

async function exportFile(values: FormValues): Promise<undefined> {
  const vhost = values.text('vhost');
  const definitions = await request('GET', pathOf(vhost));
  const day = new Date().toISOString().slice(0, 10);
  const scope = vhost.replaceAll(/[^\w.-]+/g, '-').replace(/^-$/, 'default');
  const name = `definitions${scope === '' ? '' : `-${scope}`}-${day}.json`;
  download(name, `${JSON.stringify(definitions, null, 2)}\n`, 'application/json');
  return undefined;
}

interface Read {
  readonly vhost: string;
  readonly fileName: string;
  readonly definitions: Definitions;
  readonly comparison: DefinitionsComparison;
}

function Import() {
  const [read, setRead] = useState<Read | undefined>(undefined);
  const check = async (values: FormValues) => {
    const file = values.file('file');
    if (file === undefined) throw new Error('Choose a file first.');
    const vhost = values.text('vhost');
    const definitions = parseDefinitions(await file.text());
    const present = await request<Definitions>('GET', pathOf(vhost));
    const comparison = compareDefinitions(definitions, present);
    setRead({ vhost, fileName: file.name, definitions, comparison });
    return undefined;
  };
  const write = async () => {
    if (read === undefined) return undefined;
    await request('POST', pathOf(read.vhost), { body: read.definitions });
    setRead(undefined);
    return 'The definitions are imported.';
  };
  return (
    <Panel title="Import" note="adds, never deletes">
      <ActionForm label="Import" submit="Look into the file" onSubmit={check}>
        <VhostScope />
        <Field label="File" name="file" type="file" isRequired />
      </ActionForm>
      {read !== undefined && (
        <ActionForm
          label="Confirm the import"
          submit="Import"
          onSubmit={write}
          onCancel={() => setRead(undefined)}
        >
          <h3>{visibleName(read.fileName)} holds</h3>
          <Comparison comparison={read.comparison} />
        </ActionForm>
      )}
    </Panel>
  );
}

function Comparison({ comparison }: { readonly comparison: DefinitionsComparison }) {
  const kinds = DEFINITION_KINDS.filter((kind) => comparison[kind].total > 0);
  if (kinds.length === 0) return <p class="notice warning">Nothing that could be imported.</p>;
  return (
    <Facts
      facts={kinds.map((kind) => {
        const { added, same, different } = comparison[kind];
        const parts = [
          added > 0 && `${formatCount(added)} new`,
          same > 0 && `${formatCount(same)} as they are`,
          different.length > 0 && `${formatCount(different.length)} differ`,
        ];
        return {
          label: kind.replaceAll('_', ' '),
          value: (
            <>
              {parts.filter(Boolean).join(', ')}
              {different.length > 0 && (
                <div class="faint">{visibleName(different.slice(0, 5).join(', '))}</div>
              )}
            </>
          ),
        };
      })}
    />
  );
}
