import { z } from 'zod'
import { Instant } from '../../../../shared/model/name.ts'
import { RestoreReport } from '../../../../shared/model/restore-report.ts'
import { ServerRestorePlan, ServerRestoreRequest } from '../../../../shared/model/restore-server.ts'
import type { Log } from '../../ports.ts'
import type { Document } from '../../store/document.ts'
import { Journal, JournalFolder } from '../journal-folder.ts'

/** How far one account has come. `restore` is the id of its own restore's journal, once that was about to begin. */
export const AccountProgress = z.object({
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  restore: z.string().nullable(),
  error: z.string().nullable(),
})
export type AccountProgress = z.infer<typeof AccountProgress>

/** The restore of a whole server: which accounts are done, and which restore of its own each has. */
export const ServerJournalEntry = z.object({
  job: z.string(),
  startedAt: Instant,
  /** `running` also where accounts failed: going on tries them again. */
  phase: z.enum(['running', 'restored', 'rolled-back']),
  request: ServerRestoreRequest,
  plan: ServerRestorePlan,
  accounts: z.record(z.string(), AccountProgress),
  report: RestoreReport.nullable(),
  undoneBy: z.string().nullable(),
})
export type ServerJournalEntry = z.infer<typeof ServerJournalEntry>

/** The journal of the restore of one server. */
export class ServerJournal extends Journal<ServerJournalEntry> {
  progressOf(account: string): AccountProgress {
    return this.entry.accounts[account] ?? { state: 'waiting', restore: null, error: null }
  }

  /** Resolves when it is on disk. */
  async account(name: string, progress: AccountProgress): Promise<void> {
    await this.change(({ accounts }) => ({ accounts: { ...accounts, [name]: progress } }))
  }
}

/** The journals of all restores of whole servers. */
export class ServerJournals extends JournalFolder<ServerJournalEntry, ServerJournal> {
  /** Reads what is there. */
  static async open(folder: string, { log }: { readonly log: Log }): Promise<ServerJournals> {
    const open = (document: Document<ServerJournalEntry | null>) => new ServerJournal(document)
    const journals = new ServerJournals(folder, { log, schema: ServerJournalEntry, open })
    await journals.read()
    return journals
  }
}
