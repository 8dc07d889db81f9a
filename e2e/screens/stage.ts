/// <reference lib="dom" />
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test'
import type { Answers } from '../fixtures/answers.ts'
import { serveFleet } from '../fixtures/serve-fleet.ts'
import type { Scene } from './further-screens.ts'
import type { Pair } from './pairs.ts'
import { pictured } from './scenes/jobs.ts'

const root = join(import.meta.dirname, '../..')
const mockups = 'http://mockups.test'
/** As many as the lists show; what the catalog shows of 330 days comes from its scene. */
const shownDays = 31
const executablePath = process.env['HOLDFAST_BROWSER'] ?? '/usr/bin/chromium'

interface Size {
  readonly width: number
  readonly height: number
}

/** As large as the mockups are drawn. */
const drawnSize: Size = { width: 1280, height: 820 }

/** Both sides of the pairs in one browser, the clock standing still and nothing moving. */
export interface Stage extends AsyncDisposable {
  readonly mockup: (pair: Pair) => Promise<Page>
  /** The app's own screen; `size`: of the window, as the mockups are without it. */
  readonly screen: (scene: Scene, size?: Size) => Promise<Page>
  /** A picture as WebP. */
  readonly shoot: (page: Page) => Promise<Buffer>
}

async function openContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({
    ...{
      viewport: drawnSize,
      timezoneId: 'UTC',
      locale: 'en-GB',
      reducedMotion: 'reduce',
    },
  })
  // The mockups have the keys of a Mac.
  await context.addInitScript(() => Object.defineProperty(navigator, 'platform', { value: 'MacIntel' }))
  await context.clock.setFixedTime(pictured)
  await context.route(`${mockups}/**`, async (route) => {
    const path = new URL(route.request().url()).pathname
    const folder = path.startsWith('/fonts/') ? 'node_modules' : 'docs/design'
    await route.fulfill({ path: join(root, folder, path.replace('/fonts/', '/')) })
  })
  return context
}

/** Encodes a picture where an encoder is: in the browser. */
async function toWebp(page: Page, png: Buffer): Promise<Buffer> {
  const url = await page.evaluate(async (data) => {
    const image = new Image()
    image.src = `data:image/png;base64,${data}`
    await image.decode()
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: image.width, height: image.height })
    canvas.getContext('2d')?.drawImage(image, 0, 0)
    return canvas.toDataURL('image/webp', 0.8)
  }, png.toString('base64'))
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
}

export async function openStage(): Promise<Stage> {
  await using opening = new AsyncDisposableStack()
  let answers: Answers = {}
  const host = opening.use(await serveFleet({ days: shownDays, answers: () => answers }))
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const browser = await chromium.launch({ executablePath, args })
  opening.defer(() => browser.close())
  const context = await openContext(browser)
  const [drawn, made, encoder] = [await context.newPage(), await context.newPage(), await context.newPage()]
  await made.goto(host.launchAddress())
  const opened = opening.move()
  return {
    mockup: async ({ name }) => {
      await drawn.goto(`${mockups}/${name}.html`)
      await drawn.evaluate(() => document.fonts.ready)
      return drawn
    },
    screen: async (scene, size = drawnSize) => {
      answers = scene.answers
      await made.setViewportSize(size)
      await made.emulateMedia({ colorScheme: scene.theme })
      await made.goto(`http://127.0.0.1:${host.port}/#${scene.path}`)
      await made.reload()
      await scene.act?.(made)
      await made.locator(scene.ready).first().waitFor()
      await made.mouse.move(640, 4)
      await made.evaluate(() => document.fonts.ready)
      return made
    },
    shoot: async (page) => {
      const png = await page.screenshot({ animations: 'disabled', caret: 'hide' })
      return toWebp(encoder, png)
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
