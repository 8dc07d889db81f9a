import { note } from './first-pass.ts'
import { fromRoot } from './read-so-far.ts'
import { accountOf, type Reading } from './reading.ts'
import { rejectUnknown, runTar } from './tar-run.ts'

const rounds = 2

/**
 * Reads single files again, as the account and at most twice: those that moved or shrank while they were read,
 * hard links whose file is not in the archive, and `missing`: what a second look found and no tar had brought.
 */
export async function readAgain(reading: Reading, missing: readonly Buffer[]): Promise<void> {
  const { soFar, troubles } = reading
  const moving = troubles
    .withCode('moved', 'padded')
    .filter(({ path, code }) => code === 'padded' || !soFar.isLarge(path))
    .map(({ path }) => path)
  await readListed(reading, [...moving, ...soFar.orphans, ...missing])
}

/**
 * Reads single files, as the account; once more what moves meanwhile. What does not come is named. A message that was
 * read and has another name now did not move: messages are written once.
 */
export async function readListed(reading: Reading, paths: readonly Buffer[]): Promise<void> {
  const { source, root, soFar, troubles } = reading
  let pending = [...paths]
  for (let round = 0; round < rounds && pending.length > 0; round += 1) {
    const names = pending.flatMap((path) => soFar.withLinks(path))
    const again = new Set(names.map((path) => path.toString('latin1')))
    const values = { ...accountOf(source), root: root.path, names: names.map(listed) }
    const report = await runTar(reading, 'files-reread', { values }, again)
    rejectUnknown(reading, report.unknown)
    const complained = new Map(
      report.complaints.map((said) => [fromRoot(said.path).toString('latin1'), said]),
    )
    pending = pending.filter((path) => {
      const said = complained.get(path.toString('latin1'))
      const before = troubles.get(path)?.code
      const kept = before === 'moved' || before === 'padded'
      if (said === undefined) {
        if (!soFar.isKnown(path)) return true
        troubles.clear(path)
        return false
      }
      if (!kept || said.kind === 'changed' || said.kind === 'shrunk') note(reading, said)
      else if (before === 'moved' && soFar.messageAt(path) !== null) troubles.clear(path)
      return said.kind === 'changed' || said.kind === 'shrunk'
    })
  }
  for (const path of pending) {
    if (!soFar.isKnown(path)) troubles.set(path, 'component-failed', 'was seen, but tar did not bring it')
  }
}

function listed(path: Buffer): Buffer {
  return path.length === 0 ? Buffer.from('.') : Buffer.concat([Buffer.from('./'), path])
}
