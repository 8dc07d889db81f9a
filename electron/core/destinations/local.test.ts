import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeDestination, listed } from './conformance.ts'
import { prepareLocalPlace } from './local-place.ts'
import { openLocalDestination } from './local.ts'

const options = { signal: new AbortController().signal }

describeDestination('local', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-local-'))
  const path = join(folder, 'backups')
  await prepareLocalPlace(path)
  return {
    open: () => openLocalDestination({ name: 'here', path }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
})

describe('a folder as a destination', () => {
  let folder: string
  let path: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-local-'))
    path = join(folder, 'disk', 'backups')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const open = () => openLocalDestination({ name: 'here', path })

  test('is prepared once, and again without harm', async () => {
    await prepareLocalPlace(path)
    await writeFile(join(path, 'theirs.txt'), 'x')
    await prepareLocalPlace(path)
    expect(await readdir(path)).toEqual(['.holdfast-destination', 'theirs.txt'])
    await using destination = await open()
    expect(await destination.free(options)).toBeGreaterThan(0)
    expect(destination.capabilities.path('a/b')).toBe(join(path, 'a', 'b'))
  })

  test('must have an absolute path', async () => {
    await expect(prepareLocalPlace('backups')).rejects.toMatchObject({ code: 'invalid-input' })
  })

  test('is not opened where it was never prepared: that may be the mount point of a missing disk', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'unreachable' })
    await mkdir(path, { recursive: true })
    await expect(open()).rejects.toMatchObject({ code: 'unreachable' })
    expect(await readdir(path)).toEqual([])
  })

  test('that goes away in the middle of an upload fails it, and nothing appears in its place', async () => {
    await prepareLocalPlace(path)
    await using destination = await open()
    const upload = await destination.create('a/x.tar.gz', options)
    await upload.write(Buffer.from('x'))
    await rename(path, join(folder, 'unplugged'))
    await mkdir(path)
    await expect(upload.commit()).rejects.toMatchObject({ code: 'unreachable' })
    await upload.abort()
    await expect(destination.create('a/y.tar.gz', options)).rejects.toMatchObject({ code: 'unreachable' })
    await expect(destination.put('a/z', Buffer.from('z'), options)).rejects.toMatchObject({
      code: 'unreachable',
    })
    await expect(destination.stat('a/z', options)).rejects.toMatchObject({ code: 'unreachable' })
    await expect(listed(destination)).rejects.toMatchObject({
      code: 'unreachable',
    })
    expect(await readdir(path)).toEqual([])
  })

  test('that another disk has taken the place of is not written to', async () => {
    await prepareLocalPlace(path)
    await using destination = await open()
    await rename(path, join(folder, 'unplugged'))
    await prepareLocalPlace(path)
    await expect(destination.create('a/y.tar.gz', options)).rejects.toMatchObject({ code: 'unreachable' })
    expect(await readdir(path)).toEqual(['.holdfast-destination'])
  })

  test('shows neither its marker nor links nor names that are no keys', async () => {
    await prepareLocalPlace(path)
    await using destination = await open()
    await destination.put('mine', Buffer.from('x'), options)
    await writeFile(join(path, 'nämë'), 'x')
    await symlink('/etc/passwd', join(path, 'link'))
    expect(await listed(destination)).toEqual(['mine'])
    expect(await destination.stat('link', options)).toBeNull()
  })

  test('a copy that is cut while it is read says so', async () => {
    await prepareLocalPlace(path)
    await using destination = await open()
    await destination.put('big', Buffer.alloc(3_000_000), options)
    const stream = await destination.get('big', options)
    await writeFile(join(path, 'big'), 'short')
    await expect(stream.toArray()).rejects.toMatchObject({ code: 'corrupt' })
  })
})
