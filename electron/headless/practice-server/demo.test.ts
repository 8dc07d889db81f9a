import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'

const program = join(import.meta.dirname, '../demo.ts')
const run = promisify(execFile)

/** All temporary files of one test's demo, its home, and where its archives stay. */
let work: string

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'demo-'))
  for (const name of ['tmp', 'home']) await mkdir(join(work, name))
})

afterEach(async () => {
  await rm(work, { recursive: true })
})

interface Demo {
  readonly process: ChildProcess
  readonly ended: Promise<unknown[]>
  readonly said: () => string
  /** Resolves when the demo has said this; rejects when it ends before. */
  has(words: string): Promise<void>
}

function startDemo(...options: readonly string[]): Demo {
  const env = { ...process.env, TMPDIR: join(work, 'tmp'), HOME: join(work, 'home') }
  const child = spawn(process.execPath, ['--no-warnings', program, ...options], { env })
  const ended = once(child, 'close')
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => (said += chunk))
  }
  return {
    ...{ process: child, ended, said: () => said },
    async has(words) {
      while (!said.includes(words)) {
        if (child.exitCode !== null) throw new Error(`The demo ended before it said ${words}: ${said}`)
        await Promise.race([once(child.stdout, 'data'), ended])
      }
    },
  }
}

/** Command lines of all processes that have to do with a folder. */
async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const [command, environment] = await Promise.all(
      ['cmdline', 'environ'].map((name) => readFile(join('/proc', pid, name), 'latin1').catch(() => '')),
    )
    if (`${command ?? ''}${environment ?? ''}`.includes(folder)) found.push(`${pid} ${command ?? ''}`)
  }
  return found
}

async function everythingGone(): Promise<void> {
  const until = performance.now() + 15_000
  const left = async () => [...(await processesOf(work)), ...(await readdir(join(work, 'tmp')))]
  while ((await left()).length > 0 && performance.now() < until) await sleep(50)
  expect(await left()).toEqual([])
}

it('the demo runs to its end and leaves three archives that plain tar opens, and nothing else', async () => {
  const demo = startDemo()
  expect(await demo.ended).toEqual([0, null])
  const keep = join(work, 'home/Holdfast-demo')
  const archives =
    demo
      .said()
      .match(/^ {2}\/.*\.tar\.gz(?= )/gm)
      ?.map((line) => line.trim()) ?? []
  expect(archives).toHaveLength(3)
  for (const archive of archives) {
    expect(archive.startsWith(keep)).toBe(true)
    const { stdout, stderr } = await run('tar', ['tzf', archive])
    expect(stdout).toContain('files/public_html/index.html\n')
    expect(stderr).toBe('')
  }
  for (const command of [
    '$ holdfast backup practice/marina',
    '$ holdfast verify practice/noor@latest',
    '$ holdfast ls practice/marina@latest files/public_html',
    `$ tar tzf ${archives[0] ?? ''}`,
    `rm -r ${keep}`,
  ])
    expect(demo.said()).toContain(`${command}\n`)
  expect(demo.said()).not.toMatch(/\u001b/)
  await everythingGone()
  expect(await readdir(join(work, 'home'))).toEqual(['Holdfast-demo'])
})

it.each(['SIGKILL', 'SIGINT'] as const)(
  'a demo that is ended by %s leaves no process and no temporary file',
  { tags: ['thorough'] },
  async (name) => {
    const demo = startDemo('--keep', join(work, 'kept'))
    await demo.has('$ holdfast backup')
    await demo.has('Reading files')
    demo.process.kill(name)
    expect(await demo.ended).toEqual(name === 'SIGKILL' ? [null, name] : [130, null])
    await everythingGone()
  },
)

it('the demo refuses what it does not know, before it starts anything', async () => {
  const demo = startDemo('--kep', '/x')
  expect(await demo.ended).toEqual([2, null])
  expect(demo.said()).toMatch(/^demo: .*--keep DIR.*\n$/)
  expect(existsSync(join(work, 'home/Holdfast-demo'))).toBe(false)
})
