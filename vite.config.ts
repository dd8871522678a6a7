import { defineConfig } from 'vite';

// Builds the management page. Its files lie beside the compiled server, which serves them from there; relative
// addresses let it work below any path prefix, and nothing is inlined, so that the content security policy can forbid it.
export default defineConfig({
  root: 'src/management/ui',
  base: './',
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../../dist/src/management/page',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2022',
  },
});
