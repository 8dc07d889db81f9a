import { z } from 'zod'
import { Instant } from '../../../shared/model/name.ts'
import { RestorePlan } from '../../../shared/model/restore-plan.ts'
import { StepState } from '../../../shared/model/restore-progress.ts'
import { RestoreReport } from '../../../shared/model/restore-report.ts'
import { RestoreRequest } from '../../../shared/model/restore.ts'
import type { Log } from '../ports.ts'
import type { Document } from '../store/document.ts'
import { Journal, JournalFolder } from './journal-folder.ts'

/** All that is needed to go on with a restore, or to take it back, when nothing else is left of it. */
export const JournalEntry = z.object({
  job: z.string(),
  startedAt: Instant,
  /**
   * `running`: steps are under way, or a crash ended them; `committing`: everything is checked and only what was there
   * before is still to be let go; the rest are ends.
   */
  phase: z.enum(['running', 'committing', 'restored', 'rolled-back']),
  request: RestoreRequest,
  plan: RestorePlan,
  mark: z.string(),
  safetyBackup: z.string().nullable(),
  steps: z.record(z.string(), z.object({ state: StepState, facts: z.record(z.string(), z.unknown()) })),
  report: RestoreReport.nullable(),
  undoneBy: z.string().nullable(),
})
export type JournalEntry = z.infer<typeof JournalEntry>

/** The journal of one restore. */
export class RestoreJournal extends Journal<JournalEntry> {
  /** Notes how far a step has come, and facts beside those that it has noted; resolves when that is on disk. */
  async step(
    id: string,
    state: StepState | null,
    facts: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await this.change(({ steps }) => {
      const before = steps[id] ?? { state: 'waiting' as const, facts: {} }
      const after = { state: state ?? before.state, facts: { ...before.facts, ...facts } }
      return { steps: { ...steps, [id]: after } }
    })
  }
}

/** The journals of all restores. */
export class RestoreJournals extends JournalFolder<JournalEntry, RestoreJournal> {
  /** Reads what is there. */
  static async open(folder: string, { log }: { readonly log: Log }): Promise<RestoreJournals> {
    const open = (document: Document<JournalEntry | null>) => new RestoreJournal(document)
    const journals = new RestoreJournals(folder, { log, schema: JournalEntry, open })
    await journals.read()
    return journals
  }
}
