import type { Answers } from '../fixtures/answers.ts'
import type { Pair } from './pairs.ts'
import { catalogAnswers } from './scenes/catalog.ts'
import { fleetAnswers } from './scenes/fleet.ts'

/** A screen as it is opened for a picture. */
export type Scene = Pick<Pair, 'name' | 'theme' | 'answers' | 'path' | 'act' | 'ready'>

const answers: Answers = {
  ...{ ...fleetAnswers(), ...catalogAnswers },
  'about.show': async (_, real) => ({
    ...(await real()),
    ...{ dataFolder: '/home/mara/.local/share/holdfast', backupFolder: '/home/mara/Holdfast' },
  }),
}
const scene = (name: string, path: string, ready: string, act?: Scene['act']): Scene => ({
  ...{ name, path, ready, answers, theme: 'light', ...(act === undefined ? {} : { act }) },
})

/** Screens that no mockup shows. */
export const furtherScreens: readonly Scene[] = [
  scene('jobs', '/jobs', 'tr:has-text("museum-noord")'),
  scene('backups', '/backups', 'tr:has-text("corvus")'),
  scene('settings', '/settings', '.code:has-text("/home/mara/.local")'),
  scene('source-settings', '/servers/harbor-1/sources/alice', 'text=alice_shop'),
  scene('connection', '/servers/fjord', '.content dl', (page) =>
    page.locator('.tabs button', { hasText: 'Connection' }).click(),
  ),
  scene('destinations', '/destinations', 'tr:has-text("nas.mara.example")'),
  scene('destination', '/destinations/Backblaze-B2', 'text=harborline-offsite'),
  scene('add-destination', '/add-destination', 'text=Backblaze B2', async (page) => {
    await page.getByRole('radio', { name: 'Amazon S3' }).click()
  }),
  scene('schedules', '/schedules', '#part-what'),
  scene('new-schedule', '/new-schedule/harbor-1/alice', '#part-what'),
  scene('restore-server', '/restore-server/harbor-1', 'text=hollis'),
  scene('search', '/', '[role="option"]', async (page) => {
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('harbor')
  }),
  {
    ...scene('recovery-key', '/settings', '.dialog', (page) =>
      page.getByRole('button', { name: 'Make the recovery key…' }).click(),
    ),
    answers: { ...answers, 'recoveryKey.status': (_, real) => real() },
  },
  scene('unknown', '/nowhere', 'text=There is no such page'),
]
