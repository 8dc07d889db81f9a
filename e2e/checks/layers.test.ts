import { ESLint } from 'eslint'
import { join } from 'node:path'
import ts from 'typescript'
import tsEslint from 'typescript-eslint'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

/** The project's lint table without the rules that need types: those would want the planted file to exist. */
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [{ ...tsEslint.configs.disableTypeChecked, files: ['**/*.ts'] }],
})

/** The lint rules that reject this code, had it stood in that file. */
async function rulesAgainst(file: string, code: string): Promise<readonly (string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, file) })
  return [...new Set(result!.messages.map((message) => message.ruleId))]
}

/** The compiler's messages about this code, had it stood in a file `planted.ts` of that room. */
function compile(room: string, code: string): readonly string[] {
  const folder = join(root, room)
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: unknown
  }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder)
  const planted = join(folder, 'planted.ts')
  const host = ts.createCompilerHost(options)
  const program = ts.createProgram([planted], options, {
    ...host,
    fileExists: (file) => file === planted || host.fileExists(file),
    getSourceFile: (file, target, ...rest) =>
      file === planted ? ts.createSourceFile(file, code, target) : host.getSourceFile(file, target, ...rest),
  })
  return ts
    .getPreEmitDiagnostics(program)
    .map((diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))
}

describe('the lint table', () => {
  it.each([
    ['electron/core/planted.ts', '../headless/cli.ts'],
    ['electron/core/planted.ts', '../main/window.ts'],
    ['electron/core/planted.ts', '../../renderer/main.ts'],
    ['electron/core/planted.ts', 'electron'],
    ['electron/core/collectors/planted.ts', '../destinations/destination.ts'],
    ['electron/core/collectors/mysql/planted.ts', '../../destinations/local.ts'],
    ['electron/core/destinations/planted.ts', '../collectors/collector.ts'],
    ['electron/core/archive/planted.ts', '../jobs/queue.ts'],
    ['electron/core/remote/planted.ts', '../sources/account.ts'],
    ['electron/core/collectors/planted.ts', '../../headless/print.ts'],
    ['electron/headless/planted.ts', '../main/window.ts'],
    ['electron/headless/planted.ts', 'electron/main'],
    ['electron/preload/planted.ts', '../core/app.ts'],
    ['renderer/features/planted.ts', 'electron'],
    ['renderer/features/planted.ts', '../../electron/core/app.ts'],
    ['renderer/lib/planted.ts', 'node:path'],
    ['shared/planted.ts', 'node:fs'],
    ['shared/model/planted.ts', '../../electron/core/ports.ts'],
    ['shared/planted.ts', 'electron'],
  ])('lets %s not import %s', async (file, imported) => {
    expect(await rulesAgainst(file, `import { x } from '${imported}'\nx()\n`)).toEqual([
      'no-restricted-imports',
    ])
    expect(await rulesAgainst(file, `export type { X } from '${imported}'\n`)).toEqual([
      'no-restricted-imports',
    ])
  })

  it.each([
    ['electron/core/planted.ts', '../../shared/errors.ts'],
    ['electron/core/backups/planted.ts', '../collectors/collector.ts'],
    ['electron/core/backups/planted.ts', '../destinations/destination.ts'],
    ['electron/core/collectors/planted.ts', '../remote/shell.ts'],
    ['electron/headless/planted.ts', '../core/app.ts'],
    ['renderer/lib/planted.ts', '../../shared/client.ts'],
    ['shared/planted.ts', './model/server.ts'],
  ])('lets %s import %s', async (file, imported) => {
    expect(await rulesAgainst(file, `import { x } from '${imported}'\nx()\n`)).toEqual([])
  })

  it.each([
    ['a relative import()', "export const app = await import('../headless/cli.ts')"],
    [
      'a relative import() that is put together',
      "const n = 'cli'\nexport const app = await import(`../${n}.ts`)",
    ],
    ['a type by import()', "export type App = import('../headless/cli.ts').App"],
    ['a value inside a command', 'export const run = (c, name) => c.exec(`tar ${name}`, {})'],
    ['a value inside a started program', 'export const run = (spawn, name) => spawn(`tar ${name}`)'],
    ['a value put into a command by +', "export const run = (c, name) => c.exec('tar ' + name, {})"],
    ['the clock of the platform', 'export const now = Date.now()'],
    ['the date of the platform', 'export const now = new Date()'],
    ['chance that cannot be injected', 'export const dice = Math.random()'],
    ['a text for nobody', "console.log('done')"],
    ['an enum', 'export enum Colour { red }'],
  ])('refuses %s in core', async (_what, code) => {
    expect(await rulesAgainst('electron/core/planted.ts', `${code}\n`)).toEqual(['no-restricted-syntax'])
  })

  it('lets core run a constant command and ask the clock port', async () => {
    const code = "export const run = (c, clock) => [c.exec('login', {}), clock.now(), new Date(0)]\n"
    expect(await rulesAgainst('electron/core/planted.ts', code)).toEqual([])
  })

  it('refuses a file of more than 300 lines', async () => {
    const lines = (count: number) => 'export {}\n'.repeat(count)
    expect(await rulesAgainst('shared/planted.ts', lines(301))).toEqual(['max-lines'])
    expect(await rulesAgainst('shared/planted.ts', lines(300))).toEqual([])
  })
})

describe('the compiler', () => {
  it.each([
    ['shared', 'a DOM', 'export const title = document.title', "Cannot find name 'document'"],
    ['shared', 'Node', "import { readFileSync } from 'node:fs'\nreadFileSync('x')", "'node:fs'"],
    ['shared', 'a process', 'export const home = process.env', "Cannot find name 'process'"],
    ['electron', 'a DOM', 'export const title = document.title', "Cannot find name 'document'"],
    ['electron', 'enums', 'export enum Colour { red }', 'erasableSyntaxOnly'],
    ['renderer', 'Node', "import { readFileSync } from 'node:fs'\nreadFileSync('x')", "'node:fs'"],
    ['renderer', 'a process', 'export const home = process.env', "Cannot find name 'process'"],
  ])('knows in %s nothing of %s', (room, _what, code, message) => {
    expect(compile(room, code)).toEqual([expect.stringContaining(message)])
  })

  it.each([
    ['shared', 'export const one: number = 1'],
    ['electron', "import { readFileSync } from 'node:fs'\nexport const text = readFileSync('x', 'utf8')"],
    ['renderer', 'export const title = document.title'],
  ])('accepts in %s what belongs there', (room, code) => {
    expect(compile(room, code)).toEqual([])
  })
})
