import { defineConfig } from 'vitest/config'

/**
 * `unit`: needs nothing but this checkout and the usual tools. `lab`: needs root on Linux, because it starts
 * real servers in namespaces. `campaign`: long runs, see `npm run test:campaign`.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{shared,electron,build}/**/*.test.ts', 'e2e/checks/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.lab.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['electron/**/*.lab.test.ts', 'e2e/**/*.lab.test.ts'],
          globalSetup: ['e2e/lab/global-setup.ts'],
          runner: 'e2e/lab/runner.ts',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: true,
        },
      },
    ],
  },
})
