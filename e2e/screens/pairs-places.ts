import type { Page } from '@playwright/test'
import type { Answers } from '../fixtures/answers.ts'
import { around, frame, primary, rail, rowBoxes, same, search } from './boxes.ts'
import type { Pair } from './pairs.ts'
import { catalogAnswers } from './scenes/catalog.ts'
import { fleetAnswers } from './scenes/fleet.ts'

const answers: Answers = { ...catalogAnswers, ...fleetAnswers() }

/** A form for a new place, of one kind. */
function addPair(name: string, title: string, kind: string): Pair {
  return {
    ...{ name, title, theme: 'light', answers, path: '/add-destination', ready: '.segmented' },
    act: async (page: Page) => {
      await page.getByRole('radio', { name: kind }).click()
    },
    boxes: [
      ...frame,
      same('cancel', '.toolbar .btn'),
      same('title', '.page-title'),
      around('kinds', '.segmented >> nth=0'),
      ...[0, 1, 2, 3].map((at) => same(`kind ${at + 1}`, `.segmented button >> nth=${at}`)),
      around('action bar', '.action-bar'),
      same('primary button', '.action-bar .btn--primary'),
    ],
  }
}

/** Where copies go and when they are made. */
export const placePairs: readonly Pair[] = [
  {
    ...{ name: 'h-schedules', title: 'Schedules', theme: 'light', answers, path: '/schedules' },
    act: async (page) => {
      await page.getByRole('textbox', { name: 'Name' }).fill('Nightly')
    },
    ready: '.action-bar',
    boxes: [
      ...[...frame, search],
      same('new schedule', '.toolbar .btn:has-text("New schedule")'),
      around('list', '.panes > :first-child'),
      ...[0, 1, 2].map((at) => around(`schedule ${at + 1}`, `.sched >> nth=${at}`)),
      same('schedule 2, name', '.sched >> nth=1 >> .strong'),
      around('form', '.panes > .pad'),
      same('head What', 'h3:text-is("What")'),
      same('head When', 'h3:text-is("When")'),
      ...rail(['Next runs']),
      same('rail, first run', '.rail ol li >> nth=0 >> span >> nth=0'),
    ],
  },
  {
    ...{ name: 'i1-destinations', title: 'Destinations', theme: 'light', answers, path: '/destinations' },
    ready: 'tr:has-text("nas.mara.example")',
    boxes: [
      ...[...frame, search, primary],
      ...rowBoxes('.pad > table:first-of-type', [1, 2, 3, 4], [1, 2]),
      around('unreachable', '.callout'),
      same('kept', 'h2:has-text("Backups kept in each place")'),
      ...rail(['All destinations', 'Secrets']),
      same('total', '.rail :text-is("837 GB")'),
    ],
  },
  addPair('i2-add-s3', 'Adding a bucket at Amazon S3', 'Amazon S3'),
  addPair('i3-add-sftp', 'Adding an SFTP server', 'SFTP'),
  addPair('i4-add-b2', 'Adding a bucket at Backblaze B2', 'Backblaze B2'),
]
