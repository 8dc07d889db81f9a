import { expect, test as base } from '@playwright/test'
import { furtherScreens, type Scene } from './screens/further-screens.ts'
import { pairs } from './screens/pairs.ts'
import { openStage, type Stage } from './screens/stage.ts'

const test = base.extend<object, { readonly stage: Stage }>({
  stage: [
    async ({ browserName: _ }, use) => {
      await using stage = await openStage()
      await use(stage)
    },
    { scope: 'worker' },
  ],
})

test.setTimeout(120_000)

const scenes: readonly Scene[] = [...pairs.filter(({ theme }) => theme === 'light'), ...furtherScreens]
/** Screens whose columns, rails and panes come and go with the width. */
const adapting = ['a-overview', 'b-server', 'e-catalog', 'f-browser', 'g4-restore-review', 'schedules']

const sizes = [
  { width: 1280, height: 720, of: scenes },
  ...[900, 1600].map((width) => ({
    ...{ width, height: width === 900 ? 600 : 900 },
    of: scenes.filter(({ name }) => adapting.includes(name)),
  })),
]

for (const { width, height, of } of sizes)
  for (const scene of of)
    test(`${scene.name}, ${width} pixels wide, looks as it did @long`, async ({ stage }) => {
      const page = await stage.screen(scene, { width, height })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await expect.soft(page).toHaveScreenshot(`${scene.name}-${width}-${colorScheme}.png`)
      }
    })
