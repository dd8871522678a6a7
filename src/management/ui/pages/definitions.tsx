// Definitions: everything but the messages, as a file. An import is tried first: the broker says what it would do.
import { useState } from 'preact/hooks';
import { download } from '../elements/download.ts';
import { ActionForm, Choice, Field, type FormValues } from '../elements/form.tsx';
import { Facts, Page, Panel } from '../elements/panel.tsx';
import { Name } from '../elements/text.tsx';
import { useVhosts } from '../elements/vhost-choice.tsx';
import { formatCount } from '../format/numbers.ts';
import { visibleName } from '../format/visible-text.ts';
import { ApiError, request } from '../http/request.ts';
import {
  type ImportReport,
  parseDefinitions,
  type ReportLine,
  reportOf,
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

interface Checked {
  readonly vhost: string;
  readonly fileName: string;
  readonly definitions: object;
  readonly report: ImportReport;
}

/** A report may come as a refusal: something in the file could not be imported, the rest could. */
async function send(vhost: string, definitions: object, isDryRun: boolean): Promise<ImportReport> {
  try {
    return await request<ImportReport>('POST', pathOf(vhost), {
      body: definitions,
      query: isDryRun ? { dry_run: true } : {},
      headers: { prefer: 'return=representation' },
    });
  } catch (error) {
    const report = error instanceof ApiError ? reportOf(error.body) : undefined;
    if (report === undefined) throw error;
    return report;
  }
}

function Import() {
  const [checked, setChecked] = useState<Checked | undefined>(undefined);
  const check = async (values: FormValues) => {
    const file = values.file('file');
    if (file === undefined) throw new Error('Choose a file first.');
    const vhost = values.text('vhost');
    const definitions = parseDefinitions(await file.text());
    const report = await send(vhost, definitions, true);
    setChecked({ vhost, fileName: file.name, definitions, report });
    return undefined;
  };
  const write = async () => {
    if (checked === undefined) return undefined;
    const report = await send(checked.vhost, checked.definitions, false);
    setChecked({ ...checked, report });
    return report.errors.length === 0 ? 'The definitions are imported.' : undefined;
  };
  return (
    <Panel title="Import" note="adds and changes, never deletes">
      <ActionForm label="Import" submit="Try without changing" onSubmit={check}>
        <VhostScope />
        <Field label="File" name="file" type="file" isRequired />
      </ActionForm>
      {checked !== undefined && <Report checked={checked} onImport={write} />}
    </Panel>
  );
}

interface ReportProps {
  readonly checked: Checked;
  readonly onImport: () => Promise<string | undefined>;
}

const SHOWN_LINES = 100;

function Report({ checked: { fileName, report }, onImport }: ReportProps) {
  const { dry_run: isDryRun, imported, unchanged, skipped, errors } = report;
  const sections = Object.entries(imported).filter(([, count]) => count > 0);
  return (
    <div class="report" aria-live="polite">
      <h3>
        {visibleName(fileName)}: {isDryRun ? 'what an import would do' : 'what was done'}
      </h3>
      <Facts
        facts={[
          ...sections.map(([section, count]) => ({
            label: section.replaceAll('_', ' '),
            value: `${formatCount(count)} new or changed`,
          })),
          { label: 'Already so', value: formatCount(unchanged) },
        ]}
      />
      <ReportLines title="Skipped" lines={skipped} />
      <ReportLines title="Errors" lines={errors} />
      {isDryRun && (
        <ActionForm label="Confirm the import" submit="Import" onSubmit={onImport}>
          {sections.length === 0 && <p class="hint">There is nothing to change.</p>}
        </ActionForm>
      )}
    </div>
  );
}

interface ReportLinesProps {
  readonly title: string;
  readonly lines: readonly ReportLine[];
}

function ReportLines({ title, lines }: ReportLinesProps) {
  if (lines.length === 0) return null;
  return (
    <>
      <h3>
        {title} ({formatCount(lines.length)})
      </h3>
      <ul class="report-lines">
        {lines.slice(0, SHOWN_LINES).map(({ section, name, reason }, index) => (
          <li key={index}>
            {section.replaceAll('_', ' ')} <Name text={name} />: {visibleName(reason)}
          </li>
        ))}
      </ul>
    </>
  );
}
