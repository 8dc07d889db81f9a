import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildFaults, faultsMissing, runWithFault, type Fault } from './testing/fault.ts'

const program = new URL('./testing/save-once.ts', import.meta.url)

describe.skipIf(faultsMissing !== null)(`a document on a failing disk ${faultsMissing ?? ''}`, () => {
  let root: string
  let folder: string
  let library: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-fault-'))
    library = buildFaults(root)
  })
  afterAll(() => rm(root, { recursive: true }))
  beforeEach(async () => {
    folder = await mkdtemp(join(root, 'data-'))
    expect(await save(null)).toBe('saved')
  })

  const save = (fault: Fault | null) => runWithFault(library, { program, folder, fault })
  const names = async () => {
    const { data } = JSON.parse(await readFile(join(folder, 'document.json'), 'utf8')) as { data: string[] }
    return data.length
  }

  test.each([
    [{ call: 'write', nth: 1, error: 'ENOSPC' }, 'no-space'],
    [{ call: 'write', nth: 1, error: 'EIO' }, 'write-failed'],
    [{ call: 'fsync', nth: 1, error: 'EIO' }, 'write-failed'],
    [{ call: 'fsync', nth: 1, error: 'ENOSPC' }, 'no-space'],
    [{ call: 'rename', nth: 1, error: 'EROFS' }, 'permission-denied'],
    [{ call: 'rename', nth: 2, error: 'EACCES' }, 'permission-denied'],
  ] as const)('says %j, and the document before is still there', async (fault, code) => {
    expect(await save(fault)).toBe(code)
    expect(await names()).toBe(1)
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
    expect(await save(null)).toBe('saved')
    expect(await names()).toBe(2)
  })

  test('does not call a document saved whose name may not be on disk', async () => {
    expect(await save({ call: 'fsync', nth: 2, error: 'EIO' })).toBe('write-failed')
  })

  test.each([
    ['a write that takes half', { call: 'write', nth: 1, error: 'short' }],
    ['a file system without hard links', { call: 'link', nth: 1, error: 'EPERM' }],
  ] as const)('gets over %s', async (_what, fault) => {
    expect(await save(fault)).toBe('saved')
    expect(await names()).toBe(2)
    expect((await readdir(folder)).sort()).toEqual(['document.json', 'document.json.bak'])
  })
})
