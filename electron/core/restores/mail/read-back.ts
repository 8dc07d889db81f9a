import { AppError } from '../../../../shared/errors.ts'
import { escapedName } from '../files/sum-line.ts'
import type { RestoreContext } from '../restore-context.ts'
import { messageKey } from './archived-mail.ts'
import { bytesOf, type Box } from './box-look.ts'

/** The messages of a mailbox over there with their SHA-256, by what they are known by. Throws `remote-failed`. */
export async function readBack(
  { target, signal }: RestoreContext,
  box: Box,
): Promise<ReadonlyMap<string, { readonly message: string; readonly hash: string }>> {
  const values = { user: box.account, uid: box.uid, gid: box.gid, root: bytesOf(box.path) }
  const run = await target.shell.start('tree-check', { values, args: ['-false'], signal })
  const ended = run.end.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  const found = new Map<string, { readonly message: string; readonly hash: string }>()
  let rest = Buffer.alloc(0)
  let inSums = false
  for await (const chunk of run.output) {
    const data = Buffer.concat([rest, chunk as Buffer])
    let from = 0
    for (let at = data.indexOf(inSums ? 10 : 0, from); at >= 0; at = data.indexOf(inSums ? 10 : 0, from)) {
      const record = data.subarray(from, at)
      from = at + 1
      if (!inSums) inSums = record.length === 1 && record[0] === 0x3d
      else {
        const sum = escapedName(record)
        const message = sum === null ? null : messageKey(sum.path)
        if (sum !== null && message !== null) found.set(message, { message, hash: sum.hash })
      }
    }
    rest = Buffer.from(data.subarray(from))
  }
  const end = await ended
  if ('error' in end) throw end.error
  const code = end.value.codes.get('check')
  if (code === 0 || code === 1 || code === 123) return found
  throw new AppError('remote-failed', `${box.path} could not be read back (code ${String(code)}).`)
}
