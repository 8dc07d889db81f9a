import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { ComponentReport } from '../../../../shared/model/restore-report.ts'
import type { StepContext } from '../restore-context.ts'
import { archivedMail } from './archived-mail.ts'
import { bytesOf, shownPath } from './box-look.ts'
import { readBack } from './read-back.ts'

const folderOf = (message: string) => message.slice(0, message.lastIndexOf('/') + 1)

/**
 * Counts the messages of the archive that their folder has now, each by its SHA-256. Mail programs may rename messages
 * while they are read, so what is missing is looked for again.
 */
export async function checkMail(step: StepOf<'put-mailbox'>, context: StepContext): Promise<ComponentReport> {
  const wanted = archivedMail(context.archive, bytesOf(step.from), step.items.map(bytesOf)).filter(
    ({ message }) => message !== null,
  )
  const isMerge = step.method === 'merge'
  let bad: string[] = []
  for (let tries = 0; tries < 3; tries += 1) {
    const there = await readBack(context, step)
    const contents = new Set([...there.values()].map(({ message, hash }) => `${folderOf(message)}\0${hash}`))
    bad = wanted.flatMap(({ message, path, judged: { entry } }) => {
      const file = entry.type === 'hardlink' ? context.archive.reader.resolve(entry) : entry
      const hash = file.sha256?.toString('hex') ?? null
      const found = there.get(message ?? '')
      if (found === undefined) {
        const twin = isMerge && contents.has(`${folderOf(message ?? '')}\0${hash ?? ''}`)
        return twin ? [] : [`${shownPath(path)}: is not there`]
      }
      return isMerge || hash === null || found.hash === hash
        ? []
        : [`${shownPath(path)}: has another content`]
    })
    if (bad.length === 0) break
  }
  return {
    ...{ component: step.component, unit: 'messages', of: wanted.length, good: wanted.length - bad.length },
    how: isMerge
      ? 'every message found in its folder again, by its name or its SHA-256'
      : 'every message found in its folder again, with its SHA-256, read back on the server',
    bad: bad.slice(0, 1000),
  }
}
