import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DestinationProfile } from '../../../shared/model/destination.ts'
import { readmeText } from './readme-text.ts'
import { localAccess } from './testing/local-access.ts'

const options = { signal: new AbortController().signal }

describe('a destination that is opened by its profile', () => {
  let profile: Extract<DestinationProfile, { kind: 'local' }>

  beforeEach(async () => {
    profile = {
      kind: 'local',
      id: '0196125e-0c60-7000-8000-000000000000',
      name: 'disk',
      encrypted: false,
      path: await mkdtemp(join(tmpdir(), 'holdfast-registry-')),
      addedAt: '2026-04-08T02:00:00.000Z',
    }
    await localAccess.prepare(profile, { signal: new AbortController().signal })
  })
  afterEach(() => rm(profile.path, { recursive: true }))

  test('gets its README with the first write, not before', async () => {
    await using destination = await localAccess.open(profile, { signal: new AbortController().signal })
    expect(await destination.stat('a', options)).toBeNull()
    expect(await readdir(profile.path)).not.toContain('README.txt')
    await Promise.all(['a', 'b'].map((key) => destination.put(key, Buffer.from(key), options)))
    expect(await readFile(join(profile.path, 'README.txt'), 'utf8')).toBe(readmeText)
  })

  test('leaves a README that is there alone', async () => {
    await writeFile(join(profile.path, 'README.txt'), 'theirs')
    await using destination = await localAccess.open(profile, { signal: new AbortController().signal })
    expect(await destination.claim('a.tar.gz', [], options)).toBe(true)
    expect(await readFile(join(profile.path, 'README.txt'), 'utf8')).toBe('theirs')
  })

  test('tries the README again after a failure', async () => {
    await using destination = await localAccess.open(profile, { signal: new AbortController().signal })
    await expect(destination.create('a.tar.gz', { signal: AbortSignal.abort() })).rejects.toThrow()
    await destination.put('a', Buffer.from('a'), options)
    expect(await readdir(profile.path)).toContain('README.txt')
  })
})

test('the README speaks plain ASCII, and its tar command extracts one folder of an archive', async () => {
  expect(readmeText).toMatch(/^[\n -~]+$/)
  const command = /tar xzf alice_2026-04-08\.tar\.gz files\/public_html/.exec(readmeText)?.[0]
  expect(command).toBeDefined()
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-readme-'))
  const shell = (script: string) => promisify(execFile)('sh', ['-ec', script], { cwd: folder })
  await shell(
    'mkdir -p files/public_html && echo hello > files/public_html/index.html && echo no > files/other',
  )
  await shell('tar czf alice_2026-04-08.tar.gz files && rm -r files')
  await shell(command!)
  expect(await readdir(join(folder, 'files'))).toEqual(['public_html'])
  await rm(folder, { recursive: true })
})
