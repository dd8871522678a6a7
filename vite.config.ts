import { cpSync } from 'node:fs';
import { defineConfig } from 'vite';

/** Served as they are, from where they lie beside the compiled server. */
const SERVED_FILES = [
  'protocol/management-openapi.json',
  'src/management/prometheus/alert-rules.yaml',
  'src/management/prometheus/grafana-dashboard.json',
];

// Builds the management page. Its files lie beside the compiled server, which serves them from there; relative
// addresses let it work below any path prefix, and nothing is inlined, so that the content security policy can forbid it.
export default defineConfig({
  root: 'src/management/ui',
  base: './',
  logLevel: 'warn',
  plugins: [
    {
      name: 'served-files',
      closeBundle() {
        for (const file of SERVED_FILES) cpSync(file, `dist/${file}`);
      },
    },
  ],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../../dist/src/management/page',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2022',
  },
});
