import { different } from '../../lab/different.ts'
import { tenants, type RacingServer, type Tenant } from './racing-server.ts'

/** Restores that run while the tenant changes the ways below them. */
const kinds: readonly { readonly tenant: Tenant; readonly more: readonly string[] }[] = [
  { tenant: 'eve', more: [] },
  { tenant: 'eve', more: ['--item', 'files/public_html/index.php'] },
  { tenant: 'mia', more: [] },
  { tenant: 'eve', more: ['--item', 'files/public_html/wp-content'] },
  { tenant: 'eve', more: ['--item', 'files/data/a/b/c', '--item', 'files/bin', '--item', 'files/notes'] },
  { tenant: 'eve', more: ['--keep-extra'] },
]

const modes: Readonly<Record<Tenant, readonly string[]>> = {
  eve: ['tops', 'deep', 'grab'],
  mia: ['tops', 'inside'],
}

/** What came of a race. */
export interface RaceResult {
  readonly seconds: number
  readonly restores: number
  /** Restores that began to put things in the place of what was there. */
  readonly reached: number
  readonly completed: number
  /** Ended before anything was put in place. */
  readonly refused: number
  /** Began, failed and took everything back by themselves. */
  readonly takenBack: number
  /** Took everything back when asked again. */
  readonly takenBackLater: number
  readonly swaps: number
  readonly stageFoldersHeld: number
  readonly swapsInStage: number
  readonly escapes: number
}

interface Race {
  /** It takes at least so many seconds, and restores. */
  readonly seconds: number
  readonly restores: number
  /** See `racer.py`. */
  readonly when: 'always' | 'staged'
}

/**
 * Restores, one kind after the other, while tenants race; then each home is restored in peace and must be what was
 * backed up. Throws where it is not, or where a restore cannot be taken back.
 */
export async function raceRestores(
  server: RacingServer,
  { seconds, restores, when }: Race,
): Promise<{ readonly result: RaceResult; readonly escapes: readonly string[] }> {
  const counts = { restores: 0, reached: 0, completed: 0, refused: 0, takenBack: 0, takenBackLater: 0 }
  const open: string[] = []
  for (const tenant of tenants) await server.race(tenant, modes[tenant], when)
  const start = performance.now()
  while (performance.now() - start < seconds * 1000 || counts.restores < restores) {
    const { tenant, more } = kinds[counts.restores % kinds.length]!
    counts.restores += 1
    const { code, said, reached } = await restore(server, tenant, more)
    if (reached) counts.reached += 1
    if (code === 0 || /"state":"(succeeded|partial)"/.test(said)) counts.completed += 1
    else {
      const [, job] = /holdfast restore (?:rollback|resume) ([0-9a-f-]+)/.exec(said) ?? []
      if (job !== undefined && !(await isTakenBack(server, job))) open.push(job)
      else if (job !== undefined) counts.takenBackLater += 1
      else if (reached) counts.takenBack += 1
      else counts.refused += 1
    }
  }
  const raced = Math.round((performance.now() - start) / 100) / 10
  const racers = await server.endRaces()
  for (const job of open) {
    if (!(await isTakenBack(server, job))) throw new Error(`The restore ${job} cannot be taken back.`)
    counts.takenBackLater += 1
  }
  for (const tenant of tenants) await requireWhole(server, tenant)
  const escapes = await server.escapes()
  const { swaps = 0, stageFoldersHeld = 0, swapsInStage = 0 } = racers
  const result = { seconds: raced, ...counts, swaps, stageFoldersHeld, swapsInStage, escapes: escapes.length }
  return { result, escapes }
}

async function restore({ lab }: RacingServer, tenant: Tenant, more: readonly string[]) {
  const { code, stdout, stderr } = await lab.holdfast.run([
    ...['--json', 'restore', `lab/${tenant}@latest`, '--to', `lab/${tenant}`, '--scope', 'files'],
    ...['--confirm', tenant, '--accept-unsaved', 'files home', ...more],
  ])
  return { code, said: `${stdout}${stderr}`, reached: /"text":"Put [^"]* of \/home/.test(stdout) }
}

async function isTakenBack({ lab }: RacingServer, job: string): Promise<boolean> {
  for (const word of ['rollback', 'rollback', 'resume']) {
    const { code } = await lab.holdfast.run(['restore', word, job])
    if (code === 0) return true
  }
  return false
}

/**
 * The account whose home is a mount may hide the staging folder while a restore is taken back, and bring it again: the
 * next one is then refused, and the folder removed as its sentence says.
 */
async function requireWhole(server: RacingServer, tenant: Tenant): Promise<void> {
  let { code, said } = await restore(server, tenant, [])
  const [, kept] = /left a folder (\.holdfast-[0-9a-f]{16}-\d+) at \/home\/mia\./.exec(said) ?? []
  if (code !== 0 && kept !== undefined) {
    await server.lab.host.exec(`rm -r /home/mia/${kept}`, { user: 'mia' })
    ;({ code, said } = await restore(server, tenant, []))
  }
  const other = different(server.originalOf(tenant), await server.homeOf(tenant))
  if (code === 0 && other.length === 0) return
  throw new Error(
    `${tenant}'s home is not what was backed up: ${JSON.stringify(other)}; ${said.slice(-2000)}`,
  )
}
