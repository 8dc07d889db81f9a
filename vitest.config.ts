import { join } from 'node:path'
import process from 'node:process'
import { defineConfig } from 'vitest/config'

// Tests start the program thousands of times, which takes half the time where Node keeps what it compiled.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, '.cache/node')

/** Real servers for the tests that need them; see docs/LAB.md. */
const lab = {
  globalSetup: ['e2e/lab/global-setup.ts', 'e2e/cli/global-setup.ts'],
  runner: 'e2e/lab/runner.ts',
}

/**
 * `unit`: needs nothing but this checkout and the usual tools. `lab`: needs root on Linux, because it starts
 * real servers in namespaces. `boringssl`: SSH and crypto once more, with no more crypto
 * than Electron has. `campaign`: long runs, one after the other; a file that needs servers is named
 * `x.lab.campaign.test.ts`.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default'],
    tags: [{ name: 'thorough', description: 'Left out of `npm test`: see `npm run test:thorough`.' }],
    projects: [
      {
        resolve: {
          alias: [
            { find: /^electron$/, replacement: `${import.meta.dirname}/electron/main/testing/electron.ts` },
          ],
        },
        test: {
          name: 'unit',
          globalSetup: ['e2e/cli/global-setup.ts'],
          // It imports Electron, for which tests have a stand-in.
          server: { deps: { inline: ['electron-store'] } },
          include: ['{shared,electron,renderer,build,e2e}/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'e2e/boringssl/**', '**/*.lab.test.ts', '**/*.campaign.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'boringssl',
          include: ['electron/core/{servers,secrets}/**/*.test.ts', 'e2e/boringssl/*.test.ts'],
          exclude: ['**/*.lab.test.ts', '**/*.campaign.test.ts', '**/addon.test.ts'],
          execArgv: ['--no-warnings', '--import', `${import.meta.dirname}/e2e/boringssl/preload.ts`],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          ...lab,
          name: 'lab',
          include: ['{electron,e2e}/**/*.lab.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          ...lab,
          name: 'campaign',
          include: ['{shared,electron,build,e2e}/**/*.campaign.test.ts'],
          testTimeout: 0,
          hookTimeout: 0,
          fileParallelism: false,
          maxConcurrency: 8,
        },
      },
    ],
  },
})
