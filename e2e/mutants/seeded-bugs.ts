/** A bug that is planted on purpose: the suite must notice. */
export interface SeededBug {
  readonly name: string
  readonly file: string
  /** Stands exactly once in the file. */
  readonly right: string
  readonly wrong: string
  /** The vitest project and the test file that must go red. */
  readonly project: 'unit' | 'lab'
  readonly test: string
}

/** Ten bugs of the kinds that lose data or trust. */
export const seededBugs: readonly SeededBug[] = [
  {
    name: 'ignore the exit code of a script',
    file: 'electron/core/remote/script-run.ts',
    right: 'if (!whole || status.code !== 0) throw',
    wrong: 'if (!whole) throw',
    project: 'unit',
    test: 'electron/core/remote/exit-code.test.ts',
  },
  {
    name: 'take the end of a stream for the END frame',
    file: 'electron/core/remote/script-run.ts',
    right: 'if (!whole || status.code !== 0) throw',
    wrong: 'if (status.code !== 0) throw',
    project: 'unit',
    test: 'electron/core/remote/run-shell.test.ts',
  },
  {
    name: 'run a script before its last byte has arrived',
    file: 'electron/core/remote/compose.ts',
    right: "Buffer.from('{'),",
    wrong: "Buffer.from(': {'),",
    project: 'unit',
    test: 'electron/core/remote/compose.test.ts',
  },
  {
    name: 'skip the fsync of a document',
    file: 'electron/core/store/atomic-file.ts',
    right: '    await writeFully(handle, body)\n    await handle.sync()',
    wrong: '    await writeFully(handle, body)',
    project: 'unit',
    test: 'electron/core/store/fault.test.ts',
  },
  {
    name: 'accept any host key',
    file: 'electron/core/servers/connect.ts',
    right: 'return seen.badKey === null',
    wrong: 'return true',
    project: 'unit',
    test: 'electron/core/servers/connect.test.ts',
  },
  {
    name: 'do not compare a segment with its SHA-256',
    file: 'electron/core/archive/segment-read.ts',
    right: "if (!hash('sha256', stored, 'buffer').equals(segment.sha256)) throw",
    wrong: 'if (stored.length === 0) throw',
    project: 'unit',
    test: 'electron/core/archive/segment-read.test.ts',
  },
  {
    name: 'do not compare the nonces of the first and the last entry',
    file: 'electron/core/archive/manifest-compare.ts',
    right: 'if (head.id !== inner.id || head.nonce !== inner.nonce) {',
    wrong: 'if (head.id !== inner.id) {',
    project: 'unit',
    test: 'electron/core/archive/verify.test.ts',
  },
  {
    name: 'extract through links and over files that lie there',
    file: 'electron/core/archive/extract-folder.ts',
    right: 'O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW',
    wrong: 'O_WRONLY | O_CREAT',
    project: 'unit',
    test: 'electron/core/archive/extract.exploit.test.ts',
  },
  {
    name: 'claim a name without a second look for finished backups',
    file: 'electron/core/destinations/local.ts',
    right: 'for (const name of [key, ...taken]) {',
    wrong: 'for (const name of [] as string[]) {',
    project: 'unit',
    test: 'electron/core/destinations/local.test.ts',
  },
  {
    name: 'drop --null where names are read from a list',
    file: 'electron/core/remote/scripts/files-reread.sh',
    right: '--no-recursion --null -T',
    wrong: '--no-recursion -T',
    project: 'lab',
    test: 'electron/core/collectors/files-moving.lab.test.ts',
  },
]
