import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { bufferSource } from '../../electron/core/archive/byte-source.ts'
import { extractItems } from '../../electron/core/archive/extract.ts'
import { openArchive } from '../../electron/core/archive/reader.ts'
import { judgeArchive } from '../../electron/core/restores/guard/judge-archive.ts'
import { safeTar } from '../../electron/core/restores/guard/safe-tar.ts'
import { testMapping } from '../../electron/core/restores/test-mapping.ts'
import { AppError } from '../../shared/errors.ts'
import type { HostileArchive } from './hostile-archive.ts'
import { hostileArchives } from './make-archives.ts'
import { Scene, type Extractor } from './scene.ts'
import { isInstalled } from '../programs.ts'

const { signal } = new AbortController()
const cacheFolder = mkdtempSync(join(tmpdir(), 'hostile-cache-'))
afterAll(() => rmSync(cacheFolder, { recursive: true }))

const cases = hostileArchives.map((archive) => [archive.name, archive] as const)
const nothing = Buffer.alloc(0)
const owner = { uid: 2002, gid: 2002 }

function open(archive: HostileArchive, scene: Scene) {
  const source = bufferSource(archive.stored({ victim: scene.victim }))
  return openArchive({ source, cacheFolder, signal })
}

/** What a hostile archive may end in: nothing but an error of ours. */
async function survived<T>(archive: HostileArchive, work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    expect(['corrupt', 'unsupported']).toContain((error as AppError).code)
    expect(archive.nature, String(error)).toBe('broken')
    return null
  }
}

/** Sends what the guard lets through to a real tar. */
async function restore(
  archive: HostileArchive,
  scene: Scene,
  { trusted, extractor }: { trusted: boolean; extractor: Extractor },
): Promise<string> {
  await using reader = await open(archive, scene)
  const judged = judgeArchive(reader, { root: nothing, trusted, limits: { ratioFrom: 2 ** 24 } })
  const { stream } = safeTar({
    ...{ reader, judged, root: nothing, prefix: nothing, owner, trusted, signal },
    mapping: testMapping(),
  })
  return await scene.extract(stream, extractor)
}

test('there are the eight traversal archives, the slips, and many more, each with a name of its own', () => {
  expect(hostileArchives.length).toBeGreaterThan(52)
  expect(new Set(cases.map(([name]) => name)).size).toBe(cases.length)
})

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

describe.runIf(isInstalled('bsdtar'))('a program that guards nothing', () => {
  const escaping = hostileArchives.filter(({ nature }) => nature === 'escapes')
  test.each(escaping.map((archive) => [archive.name, archive] as const))(
    'lets %s out',
    async (_name, archive) => {
      using scene = new Scene()
      await scene.extract(once(archive.tar?.({ victim: scene.victim }) ?? nothing), 'reckless')
      expect(scene.escaped).toBe(true)
    },
  )
  test('is let out often enough', () => expect(escaping.length).toBeGreaterThan(15))
})

describe('extracting on this computer', () => {
  test.each(cases)('%s stays in the folder', async (_name, archive) => {
    using scene = new Scene()
    const work = async () => {
      await using reader = await open(archive, scene)
      return await extractItems(reader, [], { into: scene.stage, signal, limits: { ratioFrom: 2 ** 24 } })
    }
    await survived(archive, work())
    expect(scene.escaped).toBe(false)
    for (const { kind, mode } of scene.contents()) {
      expect(['file', 'folder']).toContain(kind)
      expect(mode & 0o7000).toBe(0)
    }
  })
})

const restores = [
  { whose: 'somebody else', trusted: false, extractor: 'tar' },
  { whose: 'ours', trusted: true, extractor: 'tar' },
  { whose: 'somebody else', trusted: false, extractor: 'reckless' },
  { whose: 'ours', trusted: true, extractor: 'reckless' },
] as const

describe.each(restores.filter(({ extractor }) => extractor === 'tar' || isInstalled('bsdtar')))(
  'restoring as the tenant with a $extractor program, from an archive of $whose',
  ({ trusted, extractor }) => {
    test.each(cases)('%s stays in the stage', async (_name, archive) => {
      using scene = new Scene()
      const said = await survived(archive, restore(archive, scene, { trusted, extractor }))
      expect(scene.escaped).toBe(false)
      if (said !== null) expect(said).toBe('')
      for (const { kind, mode, target, leads } of scene.contents()) {
        expect(['file', 'folder', 'link']).toContain(kind)
        if (kind !== 'link') expect(mode & 0o7000).toBe(0)
        else if (!trusted) {
          expect(target.startsWith('/')).toBe(false)
          if (leads !== null) expect(`${leads}/`.startsWith(`${scene.stage}/`)).toBe(true)
        }
      }
    })
  },
)
