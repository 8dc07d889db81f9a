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
const scene = (name: string, path: string, ready: string): Scene => ({
  ...{ name, path, ready, answers, theme: 'light' },
})

/** Screens that no mockup shows. */
export const furtherScreens: readonly Scene[] = [
  scene('jobs', '/jobs', 'tr:has-text("museum-noord")'),
  scene('backups', '/backups', 'tr:has-text("corvus")'),
  scene('settings', '/settings', 'text=/home/mara/.local/share/holdfast'),
  scene('source-settings', '/servers/harbor-1/sources/alice', 'text=alice_shop'),
  scene('connection', '/servers/fjord', 'tr:has-text("kunsthal")'),
  scene('unknown', '/nowhere', 'text=There is no such page'),
]
