import type { Box } from './box.ts'
import { same } from './boxes.ts'
import type { Pair } from './pairs.ts'
import { archiveAnswers } from './scenes/archive.ts'
import { catalogAnswers } from './scenes/catalog.ts'
import { fleetAnswers } from './scenes/fleet.ts'

/** An example of a sheet, and where the app has it. */
const example = (label: string, mockup: string, screen: string): Box => ({
  ...{ label, mockup, screen, place: 'size' },
})

/** Sheets have no screen of their own: what they show is looked up where the app has it. */
export const sheetPairs: readonly Pair[] = [
  {
    ...{ name: 'm1-states', title: 'States: the drawer of jobs', theme: 'light' },
    ...{ answers: fleetAnswers(), path: '/', ready: '.drawer tr' },
    act: async (page) => {
      await page.keyboard.press('Control+j')
      await page.getByRole('region', { name: 'Jobs' }).waitFor()
    },
    boxes: [
      example('jobs', 'h2:text-is("Jobs")', '.drawer h2'),
      example('show', '.segmented', '.drawer .segmented'),
      example('close', '[aria-label="Close drawer"]', '.drawer [aria-label="Close drawer"]'),
      example('first job', 'tr:has-text("Back up cedarlaw")', '.drawer tr >> nth=0'),
      example('first job, name', 'tr:has-text("Back up cedarlaw") .name', '.drawer .name >> nth=0'),
      example('first job, progress', 'tr:has-text("Back up cedarlaw") .progress', '.drawer .progress'),
      example('cancel', '.btn:has-text("Cancel…")', '.drawer .btn:has-text("Cancel…")'),
      example('small button', '.callout .btn--sm', '.attn .btn--sm'),
    ],
  },
  {
    ...{ name: 'm2-components', title: 'Components: a row’s menu', theme: 'light' },
    answers: { ...archiveAnswers, ...catalogAnswers, ...fleetAnswers() },
    ...{ path: '/backups/harbor-1/alice', ready: '.menu' },
    act: async (page) => {
      await page.getByRole('row', { name: /Today 02:00/ }).click({ button: 'right' })
    },
    boxes: [
      example('restore', '.menu-item:has-text("Restore…")', '.menu .menu-item:has-text("Restore…")'),
      example('browse', '.menu-item:has-text("Browse contents")', '.menu .menu-item:has-text("Browse")'),
      example('delete', '.menu-item--danger', '.menu .menu-item--danger'),
      example('button', '.btn:text-is("Restore…")', '.rail .btn >> nth=0'),
      example('primary button', '.btn--primary', '.toolbar .btn--primary'),
      example('status', '.status[data-s="held"]', '.pad .status[data-s="held"]'),
      example('copy', '.copy:has-text("B2")', 'tr:not([aria-selected="true"]) .copy:has-text("B2")'),
      example('segmented', '.segmented button', '.segmented button'),
      same('key', 'kbd'),
    ].map((box): Box => ({ ...box, place: 'size' })),
  },
]
