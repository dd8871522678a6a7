// Compiles the sources into a temporary directory, for tests that start a process of their own: the
// oldest Node that is supported does not run TypeScript.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDirectory } from './data-directory.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The directory of the compiled sources; to be removed by the caller. */
export function compileSources(entry: string): string {
  const directory = makeDirectory();
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json');
  const project = path.join(directory, 'tsconfig.json');
  // Types are checked by the build; here only the files that the entry needs are translated.
  const config = {
    extends: path.join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      rootDir: ROOT,
      outDir: directory,
      incremental: false,
      tsBuildInfoFile: null,
      declaration: false,
      noCheck: true,
      types: [],
    },
    files: [path.join(ROOT, entry)],
    include: [],
  };
  fs.writeFileSync(project, JSON.stringify(config));
  execFileSync(process.execPath, [path.join(path.dirname(compiler), 'bin/tsc'), '-p', project], {
    stdio: 'pipe',
  });
  fs.writeFileSync(path.join(directory, 'package.json'), '{ "type": "module" }');
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'));
  return directory;
}
