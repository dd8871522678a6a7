// Files of the package that describe the API and its metrics, the same for every node: for programs as they
// are, and the API for people as a page.

import { readFileSync } from 'node:fs';

/** Where each lies from here, in the sources as in what was built. */
const FILES = {
  openapi: '../../protocol/management-openapi.json',
  alertRules: 'prometheus/alert-rules.yaml',
  dashboard: 'prometheus/grafana-dashboard.json',
} as const;

const texts = new Map<string, string>();

/** Read when it is asked for first. */
export function documentText(name: keyof typeof FILES): string {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(FILES[name], import.meta.url), 'utf8');
  texts.set(name, text);
  return text;
}

interface Operation {
  readonly summary: string;
  readonly tags: readonly [string];
  readonly 'x-access': string;
}

interface Description {
  readonly info: { readonly title: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** `pathPrefix`: before `/api`. Addresses in the description are those without one. */
export function openApiText(pathPrefix: string): string {
  return documentText('openapi').replace('"url": "/api"', `"url": "${pathPrefix}/api"`);
}

/** One table per resource. Without scripts, styles or anything from elsewhere. */
export function apiPage(): string {
  const { info, tags, paths } = JSON.parse(documentText('openapi')) as Description;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = tags.map(({ name, description }) => {
    const rows = operations
      .filter(({ operation }) => operation.tags[0] === name)
      .map(({ path, method, operation }) => [
        method.toUpperCase(),
        `/api${path}`,
        operation['x-access'],
        operation.summary,
      ]);
    return `<h2>${escaped(description)}</h2>\n${table(rows)}`;
  });
  const title = escaped(info.title);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<h1>${title}</h1>
<p>${escaped(info.description)}</p>
<ul>
<li><a href="x/openapi.json">All of it as OpenAPI 3.1</a>: parameters, bodies, answers
<li><a href="x/alert-rules.yaml">Alert rules for Prometheus</a>
<li><a href="x/grafana-dashboard.json">Dashboard for Grafana</a>
</ul>
${sections.join('\n')}
</html>
`;
}

function table(rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: string) =>
    `<tr>${row.map((text) => `<${tag} align="left">${escaped(text)}</${tag}>`).join('')}</tr>`;
  const head = cells(['Method', 'Path', 'Access', 'What it does'], 'th');
  return `<table cellpadding="4">\n${head}\n${rows.map((row) => cells(row, 'td')).join('\n')}\n</table>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
