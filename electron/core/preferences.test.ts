import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultPreferences } from '../../shared/default-preferences.ts'
import { EventBus } from './event-bus.ts'
import { StoredPreferences } from './preferences.ts'

test('keeps how windows look, and begins with the defaults where the file cannot be read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-preferences-'))
  const [events, log] = [new EventBus(), { write: () => undefined }]
  const heard: string[] = []
  events.subscribe(({ type }) => heard.push(type), { after: null })
  const open = () => StoredPreferences.open(folder, { log, events })
  try {
    const first = await open()
    expect(first.read()).toEqual(defaultPreferences)
    await first.set({ theme: 'dark', density: 'compact' })
    expect((await open()).read()).toEqual({ theme: 'dark', density: 'compact' })
    expect(heard).toEqual(expect.arrayContaining(['preferences.changed']))
    for (const file of ['preferences.json', 'preferences.json.bak'])
      await writeFile(join(folder, file), 'nothing that can be read')
    expect((await open()).read()).toEqual(defaultPreferences)
  } finally {
    await rm(folder, { recursive: true })
  }
})
