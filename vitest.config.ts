import { defineConfig } from 'vitest/config';

// Projects by purpose, so that `npm run check` can leave the slow ones out; `npm test` runs all.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // No test leaves global state behind, and 100 files that load the same modules anew cost a minute.
          isolate: false,
          // Models and properties share two cores with each other; no test asserts a time.
          testTimeout: 60_000,
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/conversations/**',
            'test/simulation/**',
            'test/end-to-end/**',
            'test/bench/**',
          ],
        },
      },
      { test: { name: 'bench', include: ['test/bench/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'conversations',
          include: ['test/conversations/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'simulation',
          include: ['test/simulation/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
