import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildFaults, faultsMissing, runWithFault, type Fault } from '../store/testing/fault.ts'
import { listed } from './conformance.ts'
import { prepareLocalPlace } from './local-place.ts'
import { openLocalDestination } from './local.ts'

const program = new URL('./testing/store-once.ts', import.meta.url)
const options = { signal: new AbortController().signal }

describe.skipIf(faultsMissing !== null)(
  `a local destination on a failing disk ${faultsMissing ?? ''}`,
  () => {
    let root: string
    let folder: string
    let library: string
    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'holdfast-fault-'))
      library = buildFaults(root)
    })
    afterAll(() => rm(root, { recursive: true }))
    beforeEach(async () => {
      folder = await mkdtemp(join(root, 'disk-'))
      await prepareLocalPlace(folder)
      await using destination = await openLocalDestination({ name: 'here', path: folder })
      await destination.put('a/old.tar.gz', Buffer.from('good'), options)
    })

    const store = (fault: Fault | null) => runWithFault(library, { program, folder, fault })
    const keys = async () => {
      await using destination = await openLocalDestination({ name: 'here', path: folder })
      return await listed(destination)
    }
    const stored = async () => {
      const body = await readFile(join(folder, 'a/new.tar.gz'), 'latin1')
      return body === 'a'.repeat(100_000) + 'b'.repeat(100_000) + 'c'.repeat(100_000)
    }

    test.each([
      [{ call: 'write', nth: 1, error: 'ENOSPC' }, 'no-space'],
      [{ call: 'write', nth: 2, error: 'EIO' }, 'write-failed'],
      [{ call: 'write', nth: 3, error: 'ENOSPC' }, 'no-space'],
      [{ call: 'fsync', nth: 1, error: 'EIO' }, 'write-failed'],
      [{ call: 'fsync', nth: 1, error: 'ENOSPC' }, 'no-space'],
      [{ call: 'fsync', nth: 2, error: 'EIO' }, 'write-failed'],
      [{ call: 'link', nth: 1, error: 'EIO' }, 'write-failed'],
      [{ call: 'link', nth: 1, error: 'ENOSPC' }, 'no-space'],
      [{ call: 'link', nth: 1, error: 'EROFS' }, 'permission-denied'],
    ] as const)('reports %j as such and never as stored; what was there stays', async (fault, code) => {
      expect(await store(fault)).toBe(code)
      expect(await keys()).toEqual(['a/old.tar.gz'])
      expect(await store(null)).toBe('stored')
      expect(await stored()).toBe(true)
    })

    test.each([
      ['writes that take half', { call: 'write', nth: 2, error: 'short' }],
      ['a file system without hard links', { call: 'link', nth: 1, error: 'EPERM' }],
    ] as const)('gets over %s', async (_what, fault) => {
      expect(await store(fault)).toBe('stored')
      expect(await keys()).toEqual(['a/new.tar.gz', 'a/old.tar.gz'])
      expect(await stored()).toBe(true)
    })

    test('replaces nothing where there are no hard links either', async () => {
      await writeFile(join(folder, 'a/new.tar.gz'), 'theirs')
      expect(await store({ call: 'link', nth: 1, error: 'EPERM' })).toBe('conflict')
      expect(await readFile(join(folder, 'a/new.tar.gz'), 'utf8')).toBe('theirs')
      expect(await keys()).toEqual(['a/new.tar.gz', 'a/old.tar.gz'])
    })
  },
)
