import { plural } from '../../../../shared/format.ts'
import type { ComponentOutcome } from '../../archive/archive-writer.ts'
import { readAsAccount } from './first-pass.ts'
import { readAgain, readListed } from './read-again.ts'
import { listLeftOut } from './left-out.ts'
import { readFile } from './read-file.ts'
import { type Reading, warnOfTroubles } from './reading.ts'
import { liesBelow, type Scan, type Unreadable } from './scan-records.ts'
import { scanRoot } from './scan.ts'
import { readAsRoot, readWholeAsRoot, type SecondPassTally } from './second-pass.ts'

/** How often messages that went are looked for under other names, after the second look. */
const roundsForMessages = 2

/**
 * Reads one root: a look, the account's own tar, what only root may read, a second look where the counts do not
 * agree, and once more what moved. Success is counted: what was seen and neither came nor is explained is named.
 */
export async function readRoot(reading: Reading): Promise<ComponentOutcome> {
  const secondPass: SecondPassTally = { items: 0, bytes: 0 }
  const { scan, isFile, tar } = await scanRoot(reading)
  if (scan !== null) await readByAll(reading, scan, secondPass)
  else if (isFile) await readFile(reading, secondPass)
  else await readWholeAsRoot(reading, secondPass)
  warnOfTroubles(reading)
  return { tool: 'tar', version: tar, detail: { root: reading.root.name, secondPass }, missing: false }
}

/**
 * What only root may read comes first, so that the folders around it, whose times it would change, are opened after
 * it by whoever opens the archive.
 */
async function readByAll(reading: Reading, scan: Scan, tally: SecondPassTally): Promise<void> {
  const { soFar, troubles } = reading
  listLeftOut(reading, scan)
  await readAsRoot(reading, scan.unreadable, tally)
  const byRoot = soFar.count
  await readAsAccount(reading, scan)
  const notRead = (item: Unreadable) => !soFar.isWritten(item.path) && troubles.get(item.path) === undefined
  const gone = troubles.withCode('vanished', 'unreadable').length
  const missed = scan.expected - (soFar.count - byRoot) - gone
  const look = missed > 0 || gone > 0 || scan.unreadable.some(notRead)
  await readAgain(reading, look ? await lookAgain(reading, scan, tally) : [])
  for (let round = 0; round < roundsForMessages && hasLostMessage(reading); round += 1) {
    await readListed(reading, await lookAgain(reading, scan, tally))
  }
}

function hasLostMessage({ soFar, troubles }: Reading): boolean {
  return troubles.withCode('vanished').some(({ path }) => soFar.messageAt(path)?.isThere === false)
}

/** Finds what is there now and was not read; what root must read is read at once, the rest is returned. */
async function lookAgain(reading: Reading, first: Scan, tally: SecondPassTally): Promise<Buffer[]> {
  const { context, soFar, troubles } = reading
  const missing: Buffer[] = []
  const { scan } = await scanRoot(reading, (path) => {
    if (!soFar.isKnown(path) && !soFar.isLeftOut(path)) missing.push(path)
  })
  const refused = (path: Buffer) => troubles.get(path)?.code === 'other-owner-skipped'
  const closed = scan?.unreadable.filter(({ path }) => !soFar.isWritten(path) && !refused(path)) ?? []
  for (const { path } of closed) troubles.clear(path)
  await readAsRoot(reading, closed, tally)
  const stillThere = new Set(scan?.unreadable.map(({ path }) => path.toString('latin1')))
  for (const { path } of [...first.unreadable, ...(scan?.unreadable ?? [])]) {
    if (soFar.isWritten(path) || troubles.get(path) !== undefined) continue
    if (stillThere.has(path.toString('latin1')))
      troubles.set(path, 'unreadable', 'not even root could read it')
    else troubles.set(path, 'vanished', 'was gone when it was about to be read')
  }
  const tagged = new Set(
    context.overrides.nobackupTag ? scan?.tagged.map((path) => path.toString('latin1')) : [],
  )
  const wanted = missing.filter((path) => !liesBelow(path, tagged))
  context.log.write('info', `A second look found ${plural(wanted.length, 'file')} to read.`, {
    root: reading.root.name,
  })
  return wanted
}
