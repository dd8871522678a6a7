// Definitions of the node or of a vhost: export and import.

import { createHash } from 'node:crypto';
import { Breath } from '../../admin/breath.ts';
import {
  nodeSections,
  type Section,
  vhostSections,
} from '../../admin/definitions/definitions-export.ts';
import {
  type ImportReport,
  importDefinitions,
} from '../../admin/definitions/definitions-import.ts';
import { vhostExists } from '../../admin/vhosts.ts';
import type { ApiRequest } from '../api-request.ts';
import { badRequest, HttpError } from '../http-error.ts';
import { type JsonBody, parseObject } from '../json-body.ts';
import { json, noContent, type Reply } from '../reply.ts';
import { get, post, type Route } from '../route.ts';

export const definitionRoutes: readonly Route[] = [
  get('/definitions', 'admin', (request) => exported(request, nodeSections(request.node))),
  get('/all-configuration', 'admin', (request) => exported(request, nodeSections(request.node))),
  get('/definitions/:name', 'admin', (request) => {
    const name = request.parameter('name');
    if (!vhostExists(request.node, name)) throw badRequest('vhost_not_found');
    return exported(request, vhostSections(request.node, name));
  }),
  post('/definitions', 'admin', (request) => imported(request, undefined)),
  post('/all-configuration', 'admin', (request) => imported(request, undefined)),
  post('/definitions/:name', 'admin', (request) => {
    const name = request.parameter('name');
    if (!vhostExists(request.node, name)) throw new HttpError(404, 'not_found', 'vhost_not_found');
    return imported(request, name);
  }),
];

async function exported(request: ApiRequest, sections: Iterable<Section>): Promise<Reply> {
  const parts = await partsOf(sections);
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  const etag = `"${hash.digest('base64url')}"`;
  // Compression makes it a weak one.
  const known = (request.header('if-none-match') ?? '').split(',').map((tag) => tag.trim());
  if (known.some((tag) => tag.replace(/^W\//, '') === etag)) {
    return { status: 304, headers: { etag }, body: undefined };
  }
  const download = request.query('download');
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-cache',
      etag,
      ...(download !== undefined && { 'content-disposition': attachment(download) }),
    },
    body: oneByOne(parts),
  };
}

/** The JSON text in as many parts as there were slices of time. */
async function partsOf(sections: Iterable<Section>): Promise<string[]> {
  const breath = new Breath();
  const parts: string[] = [];
  let part = '';
  let opening = '{';
  for (const [key, value] of sections) {
    part += `${opening}${JSON.stringify(key)}:`;
    opening = ',\n';
    if (typeof value === 'string') {
      part += JSON.stringify(value);
      continue;
    }
    let separator = '[';
    for (const view of value) {
      part += separator + JSON.stringify(view);
      separator = ',\n';
      if (!breath.isDue) continue;
      parts.push(part);
      part = '';
      await breath.take();
    }
    part += separator === '[' ? '[]' : ']';
  }
  parts.push(`${part}}`);
  return parts;
}

async function* oneByOne(parts: readonly string[]): AsyncGenerator<string> {
  for (const part of parts) yield part;
}

/** A header holds no line breaks, and a quoted name no quotes. */
function attachment(name: string): string {
  const safe = name.replaceAll(/[^\w.~-]/g, '_');
  return `attachment; filename=${safe}`;
}

async function imported(request: ApiRequest, vhost: string | undefined): Promise<Reply> {
  const { definitions, redirect } = await uploaded(request);
  const isDryRun = request.query('dry_run') === 'true';
  const report = await importDefinitions(request.node, definitions, {
    isDryRun,
    userName: request.requester.user.name,
    ...(vhost !== undefined && { vhost }),
  });
  const wantsReport = isDryRun || /\breturn=representation\b/.test(request.header('prefer') ?? '');
  if (wantsReport) return { ...json(report), status: report.errors.length === 0 ? 200 : 400 };
  requireNoErrors(report);
  if (redirect === undefined) return noContent();
  return { status: 303, headers: { location: redirect }, body: undefined };
}

/** All that could be brought in is in; the status tells that something could not. */
function requireNoErrors({ errors }: ImportReport): void {
  const [first] = errors;
  if (first === undefined) return;
  const others = errors.length === 1 ? '' : ` (and ${errors.length - 1} more errors)`;
  throw badRequest(first.reason + others);
}

async function uploaded(
  request: ApiRequest,
): Promise<{ readonly definitions: JsonBody; readonly redirect: string | undefined }> {
  const type = (request.header('content-type') ?? '').toLowerCase();
  const body = await request.bytes();
  if (type.startsWith('multipart/form-data')) return formOf(request, body);
  if (type !== '' && !type.startsWith('application/json')) {
    throw new HttpError(415, 'unsupported_media_type', 'application/json or multipart/form-data');
  }
  return { definitions: definitionsOf(body), redirect: undefined };
}

async function formOf(request: ApiRequest, body: Buffer): ReturnType<typeof uploaded> {
  const headers = { 'content-type': request.header('content-type') ?? '' };
  const form = await new Response(body, { headers }).formData().catch(() => undefined);
  const file = form?.get('file');
  if (file === null || file === undefined) throw badRequest('the form has no field file');
  const text = typeof file === 'string' ? Buffer.from(file) : Buffer.from(await file.arrayBuffer());
  const redirect = form?.get('redirect');
  // To this server only: what stands there came with the request.
  const isLocal = typeof redirect === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(redirect);
  return { definitions: definitionsOf(text), redirect: isLocal ? redirect : undefined };
}

function definitionsOf(body: Buffer): JsonBody {
  try {
    return parseObject(body);
  } catch (error) {
    if (error instanceof HttpError && error.message === 'not_json') {
      throw badRequest('failed_to_parse_json');
    }
    throw error;
  }
}
