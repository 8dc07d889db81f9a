import { appendFileSync, readFileSync } from 'node:fs'

/** Numbers that a campaign measured, by name; the name carries the unit: `wallSeconds`, `caught`, `runs`. */
export type Figures = Readonly<Record<string, number>>

/** The file that the running campaign's figures go to, one JSON object a line. */
export const figuresVariable = 'HOLDFAST_FIGURES'

/**
 * Records what a campaign measured, for docs/figures.json. Of two records with one name the later counts. Outside of
 * `npm run test:campaign` nothing is written, so a sample in `npm test` may share a campaign's code.
 */
export function recordFigure(name: string, figures: Figures): void {
  const file = process.env[figuresVariable]
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ name, figures })}\n`)
}

/** What `recordFigure` wrote to the file. */
export function readFigures(file: string): Readonly<Record<string, Figures>> {
  const records = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { name: string; figures: Figures })
  return Object.fromEntries(records.map(({ name, figures }) => [name, figures]))
}
