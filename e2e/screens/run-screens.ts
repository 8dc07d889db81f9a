import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { accepted } from './accepted.ts'
import { measure } from './box.ts'
import { differencesOf, reasonFor, type Difference } from './differences.ts'
import { describePairs, type Meant } from './document.ts'
import { pairs, type Pair } from './pairs.ts'
import { openStage, type Stage } from './stage.ts'

const docs = join(import.meta.dirname, '../../docs')
const folder = join(docs, 'screens')

async function compare(pair: Pair, stage: Stage): Promise<readonly Difference[]> {
  const [mockup, screen] = [await stage.mockup(pair), await stage.screen(pair)]
  await writeFile(join(folder, `${pair.name}-mockup.webp`), await stage.shoot(mockup))
  await writeFile(join(folder, `${pair.name}-app.webp`), await stage.shoot(screen))
  const found = pair.boxes.map(async (box) => {
    const there = measure(mockup.locator(box.mockup))
    const here = measure(screen.locator(box.screen ?? box.mockup))
    return differencesOf(pair.name, box, { mockup: await there, screen: await here })
  })
  return (await Promise.all(found)).flat()
}

function print({ pair, box, aspect, mockup, screen }: Difference): void {
  process.stdout.write(`${pair}  ${box}  ${aspect}\n    mockup  ${mockup}\n    app     ${screen}\n`)
}

/** Pairs whose names begin with one of the arguments; all of them without any. */
const wanted = process.argv.slice(2)
const chosen = pairs.filter(({ name }) => wanted.length === 0 || wanted.some((each) => name.startsWith(each)))

await mkdir(folder, { recursive: true })
const meant: Meant[] = []
let wrong = 0
{
  await using stage = await openStage()
  for (const pair of chosen) {
    for (const difference of await compare(pair, stage)) {
      const why = reasonFor(difference, accepted)
      if (why !== null) meant.push({ ...difference, why })
      else {
        wrong += 1
        print(difference)
      }
    }
  }
}
if (wanted.length === 0) await writeFile(join(docs, 'screens.md'), describePairs(pairs, meant))

const boxes = chosen.reduce((sum, pair) => sum + pair.boxes.length, 0)
process.stdout.write(
  `${chosen.length} pairs, ${boxes} boxes: ${meant.length} differences on purpose, ${wrong} others\n`,
)
process.exitCode = wrong === 0 ? 0 : 1
