import { type Complaint, type ComplaintKind } from './tar-complaints.ts'
import { accountOf, nameOf, type Reading } from './reading.ts'
import { fromRoot } from './read-so-far.ts'
import type { Scan } from './scan-records.ts'
import { rejectUnknown, runTar } from './tar-run.ts'

/** Options for tar are cut here; what they do not name any more is left out on this side. */
const argumentLimit = 512 * 1024

/** Reads, as the account, everything that the account may read. */
export async function readAsAccount(reading: Reading, scan: Scan): Promise<void> {
  const { context, source, root, soFar } = reading
  const values = { ...accountOf(source), root: root.path }
  const report = await runTar(reading, 'files-tar', { values, args: tarOptions(reading, scan) })
  rejectUnknown(reading, report.unknown)
  for (const complaint of report.complaints) note(reading, complaint)
  context.log.write('info', 'Files read as the account.', { root: root.name, entries: soFar.count })
}

function tarOptions(reading: Reading, scan: Scan): Buffer[] {
  const options = ['--anchored', '--no-wildcards'].map((option) => Buffer.from(option))
  if (reading.context.overrides.nobackupTag) options.push(Buffer.from('--exclude-tag=.nobackup'))
  const left = [
    ...scan.excluded,
    ...scan.tooLarge.map(({ path }) => path),
    ...scan.unreadable.map(({ path }) => path),
    ...scan.special.map(({ path }) => path),
  ]
  let size = 0
  for (const path of left) {
    size += path.length + 32
    if (size > argumentLimit) break
    options.push(Buffer.concat([Buffer.from('--exclude=./'), path]))
  }
  return options
}

const meanings = {
  changed: ['moved', 'changed while it was read'],
  shrunk: ['padded', 'became shorter while it was read; the rest is zeros'],
  vanished: ['vanished', 'was gone when it was about to be read'],
  unreadable: ['unreadable', 'could not be read'],
  special: ['special-file', 'is not a regular file'],
} as const

/** Keeps what tar said of one file as that file's trouble. */
export function note(reading: Reading, complaint: Pick<Complaint, 'kind' | 'path' | 'said'>): void {
  const path = fromRoot(complaint.path)
  const { kind } = complaint
  if (kind === 'left-out') {
    reading.context.skip({ path: nameOf(reading, path), why: complaint.said })
  } else if (kind === 'attributes') {
    if (!complaint.said.endsWith('Operation not supported')) {
      reading.troubles.set(path, 'unreadable', `its attributes could not be read: ${complaint.said}`)
    }
  } else {
    const [code, words] = meanings[kind satisfies Exclude<ComplaintKind, 'left-out' | 'attributes'>]
    reading.troubles.set(path, code, words)
  }
}
