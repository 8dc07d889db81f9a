import { execFileSync } from 'node:child_process'
import { on } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Backup } from '../../../shared/model/backup.ts'
import { LabProduct } from '../../../e2e/faults/lab-product.ts'

let product: LabProduct
const shell = (command: string) => product.host.exec(command).then(({ stdout }) => stdout)
const run = (...args: readonly string[]) => product.holdfast.run(args)

beforeAll(async () => {
  const prepare = `cd /home/alice/public_html && mkdir -p 'shop [1]/deep' && echo old >'shop [1]/page' &&
    echo closed >'shop [1]/deep/closed' && echo other >'shop 1' && chown -R alice: . && chown root: 'shop [1]/deep/closed' &&
    chmod 600 'shop [1]/deep/closed'`
  product = await LabProduct.start({ layer: 'seeded', without: ['postgres'] }, prepare)
  await run('backup', 'lab/alice')
})

afterAll(() => product[Symbol.asyncDispose]())

/** Restores items into the account, and returns what its safety backup holds and the restore's job. */
async function restore(...items: readonly string[]) {
  const options = items.flatMap((item) => ['--item', item])
  const { code, stdout, stderr } = await run(
    ...['restore', 'lab/alice@latest', '--to', 'lab/alice', '--accept-unsaved', 'files home'],
    ...[...options, '--confirm', 'alice'],
  )
  expect([code, stderr, stdout]).toEqual([0, expect.any(String), expect.any(String)])
  const job = /- job: (\S+)/.exec(stdout)?.[1] ?? ''
  const { stdout: report } = await run('report', job, '--json')
  const { backup } = (JSON.parse(report) as { undo: { backup: string } }).undo
  const saved = (await product.backups()).find(({ id }) => id === backup)
  const list = execFileSync('tar', ['-tzf', saved?.copies[0]?.path ?? '', '--quoting-style=literal'], {
    encoding: 'utf8',
  })
  const paths = list
    .split('\n')
    .filter((path) => path !== '' && !/^(holdfast|account|credentials|manifest)\.json$/.test(path))
  return { backup, job, paths }
}

describe('the safety backup of items', () => {
  test(
    'of files holds them, what is in them, and the folders around them',
    { tags: ['thorough'] },
    async () => {
      await shell(`cd '/home/alice/public_html/shop [1]' && echo mine >page && echo mine >deep/closed`)
      const { backup, job, paths } = await restore('files/public_html/shop [1]')
      expect(paths).toEqual([
        'files/public_html/shop [1]/deep/closed',
        'files/',
        'files/public_html/',
        'files/public_html/shop [1]/',
        'files/public_html/shop [1]/page',
        'files/public_html/shop [1]/deep/',
      ])
      const { code, stderr } = await run('restore', backup, '--to', 'lab/alice', '--scope', 'files', '--plan')
      expect([code, stderr]).toEqual([2, expect.stringContaining('--item files/public_html/shop [1]')])
      await run('undo', job, '--confirm', 'alice')
      expect(await shell(`cd '/home/alice/public_html/shop [1]' && cat page deep/closed`)).toBe(
        'mine\nmine\n',
      )
    },
  )
  test('of a restore that is refused by then is kept as long as an undo would be', async () => {
    const { child, ended } = product.holdfast.start([
      ...['restore', 'lab/alice@latest', '--to', 'lab/alice', '--item', 'files/data', '--confirm', 'alice'],
    ])
    for await (const [text] of on(child.stderr, 'data')) if (/Verifying the copy/.test(String(text))) break
    await shell('touch /home/alice/data/late')
    const { code, stderr } = await ended
    expect([code, stderr]).toEqual([5, expect.stringContaining('changed')])
    const listed = (await product.holdfast.json(['backups'])) as { backups: Backup[] }
    const copy = listed.backups.find(({ trigger }) => trigger === 'safety')?.copies[0]
    const days = (Date.parse(copy?.pinnedUntil ?? '') - Date.now()) / 86_400_000
    expect([copy?.pinned, Math.round(days)]).toEqual([true, 21])
  })
  test('of one table holds its database', { tags: ['thorough'] }, async () => {
    const { paths } = await restore('databases/mysql/alice_wp/wp_posts')
    expect(paths).toEqual(expect.arrayContaining(['databases/mysql/alice_wp.sql']))
    expect(paths.filter((path) => !/^databases\/mysql\/(_|alice_wp\.sql)/.test(path))).toEqual([])
  })
  test('of the crontab holds the crontab', { tags: ['thorough'] }, async () => {
    const { paths } = await restore('cron')
    expect(paths).toEqual(['cron/crontab'])
  })
  test('of one mailbox holds that mailbox', { tags: ['thorough'] }, async () => {
    const { paths } = await restore('mail/_local/alice/.Sent')
    expect(paths).toContain('mail/_local/alice/.Sent/cur/')
    expect(paths.filter((path) => !path.startsWith('mail/_local/alice/'))).toEqual([])
  })
  test('of what is not there holds nothing, and undo removes what came', { tags: ['thorough'] }, async () => {
    await shell(`rm -r '/home/alice/public_html/shop [1]'`)
    const { job, paths } = await restore('files/public_html/shop [1]/page')
    expect(paths).toEqual(['files/', 'files/public_html/'])
    await run('undo', job, '--confirm', 'alice')
    expect(await shell(`ls -d '/home/alice/public_html/shop [1]' 2>&1 || true`)).toContain('No such file')
  })
})
