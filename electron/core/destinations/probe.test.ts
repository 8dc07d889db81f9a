import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLocalDestination } from './local.ts'
import { prepareLocalPlace } from './local-place.ts'
import { Findings, probeDestination } from './probe.ts'

test('a folder that is tried out is found good, and is as before', async () => {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-probe-'))
  try {
    await prepareLocalPlace(path)
    const before = await readdir(path, { recursive: true })
    const { signal } = new AbortController()
    const findings = new Findings({ signal })
    await probeDestination(await openLocalDestination({ name: 'usb', path }), findings, { signal })
    expect(findings.list.filter(({ state }) => state !== 'ok')).toEqual([])
    expect(findings.list.length).toBe(10)
    expect(await readdir(path, { recursive: true })).toEqual(before)
  } finally {
    await rm(path, { recursive: true })
  }
})
