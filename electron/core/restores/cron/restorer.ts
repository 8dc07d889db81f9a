import { buffer } from 'node:stream/consumers'
import { advise } from '../../../../shared/advice.ts'
import type { ArchiveReader } from '../../archive/reader.ts'
import { cronLines } from '../crontab-lines.ts'
import { mapCrontab } from '../crontab.ts'
import { crontabPlace, readCrontab } from './over-there.ts'
import type { PlanContext, RestoreContext } from '../restore-context.ts'
import { nothingPlanned, type Restorer } from '../restorer.ts'

const path = Buffer.from('cron/crontab')

/** The archive's crontab as it will read at the target, before any line is disabled; null where it has none. */
export async function crontabOf(
  { archive, mapping, signal }: RestoreContext,
  reader: ArchiveReader = archive.reader,
): Promise<{ readonly bytes: Buffer; readonly changes: ReturnType<typeof mapCrontab>['changes'] } | null> {
  const entry = reader.stat(path)
  if (entry?.type !== 'file' || entry.size > 16 * 1024 * 1024) return null
  return mapCrontab(await buffer(reader.content(entry, { signal })), mapping)
}

const shown = (lines: readonly string[]) => ({ count: lines.length, first: lines.slice(0, 1000) })

function jobsOf(bytes: Buffer): string[] {
  return cronLines(bytes).flatMap(({ kind, text }) => (kind === 'job' ? [text.trimEnd()] : []))
}

/** Whether lines are taken into use: only where they were in use before, or where the person said so. */
function isEnabled({ request, sameAccount }: PlanContext): boolean {
  return sameAccount || request.enableCron
}

/** The account's crontab: one step, the last of all. */
export const cronRestorer: Restorer = {
  kinds: ['cron'],
  scopes: ['full'],
  async plan(context) {
    const { items, mapping, target, note } = context
    if (items !== null && !items.some((item) => item.equals(path))) return nothingPlanned
    const wanted = await crontabOf(context)
    if (wanted === null) return nothingPlanned
    if (target.survey.tools['crontab'] === undefined) {
      note({
        ...{ level: 'blocker', code: 'tool-missing' },
        text: `${target.server.name} has no crontab command, so the crontab cannot be restored.`,
        remedy: 'Install the cron package there, or restore without the crontab.',
      })
    }
    const enabled = isEnabled(context)
    const now = target.source === null ? null : await readCrontab(crontabPlace(context))
    const [before, after] = [jobsOf(now ?? Buffer.alloc(0)), jobsOf(wanted.bytes)]
    const lines = after.length
    for (const { line, from, to } of wanted.changes) {
      note({
        level: 'info',
        code: 'crontab-path',
        text: `Crontab line ${line}: ${from} becomes ${to}.`,
        remedy: null,
      })
    }
    if (!enabled && lines > 0) {
      note({
        ...{ level: 'info', code: 'crontab-disabled' },
        text: `The ${lines} jobs of the crontab are put there commented out, so that they do not run on two servers.`,
        ...advise`Take them into use ${{ way: 'enable-cron', server: target.server.name, account: mapping.user.to }}`,
      })
    }
    const account = { account: mapping.user.to, uid: mapping.uid.to, gid: mapping.gid.to }
    return {
      ...nothingPlanned,
      steps: [
        {
          ...{ kind: 'install-crontab', component: 'cron', ...account, from: 'cron/crontab', enabled, lines },
          title: `Install the crontab of ${mapping.user.to}${enabled ? '' : ', its jobs commented out'}`,
          undo: now === null ? 'Removes the crontab' : 'Installs the crontab of before',
        },
      ],
      components: [
        {
          ...{ kind: 'cron', component: 'cron', unit: 'lines', bytes: wanted.bytes.length },
          added: shown(after.filter((line) => !before.includes(line))),
          overwritten: shown([]),
          deleted: shown(before.filter((line) => !after.includes(line))),
          kept: shown([]),
          unchanged: after.filter((line) => before.includes(line)).length,
        },
      ],
    }
  },
}
