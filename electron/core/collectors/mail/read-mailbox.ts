import { AppError } from '../../../../shared/errors.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import { excludeGlobs } from '../files/exclude-globs.ts'
import { ReadSoFar } from '../files/read-so-far.ts'
import { isComponentFailure, Troubles } from '../files/reading.ts'
import { readRoot } from '../files/read-root.ts'
import type { Warning } from '../../../../shared/model/backup.ts'
import type { ComponentWriter } from '../../archive/archive-writer.ts'
import type { CollectContext } from '../collector.ts'
import { CacheTally, cacheGlobs } from './dovecot-caches.ts'
import { type Mailbox, placeOf } from './mailboxes.ts'
import { messageOf } from './message-name.ts'

/** What came of one mailbox. `detail` goes into the manifest. */
export interface MailboxOutcome {
  readonly missing: boolean
  /** Version of the server's tar, where it was asked. */
  readonly version: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

/**
 * Reads one mailbox into the component, as its owner, and what only root may read after that. What spoils it as a
 * whole is a `mailbox-failed` warning.
 */
export async function readMailbox(
  context: CollectContext,
  component: ComponentWriter,
  box: Mailbox,
): Promise<MailboxOutcome> {
  const { mailbox, format, owner, root } = box
  const place = toRemoteName(placeOf(mailbox))
  const about = { name: mailbox.name, path: mailbox.path, format, uid: mailbox.uid, gid: mailbox.gid }
  const caches = new CacheTally(context.skip)
  const soFar = new ReadSoFar(
    root.prefix,
    root.held.map(({ path }) => path),
    format === 'maildir' ? messageOf : undefined,
  )
  const warn = (warning: Warning) => {
    const isWhole = warning.code === 'component-failed' && warning.path === toRemoteName(root.prefix)
    component.warn(isWhole ? { ...warning, code: 'mailbox-failed', path: place } : warning)
  }
  try {
    if (format === 'none') throw notThere(mailbox.path)
    const outcome = await readRoot({
      context: { ...context, skip: caches.take },
      source: owner,
      component: { tar: (stream, options) => component.tar(stream, options), warn },
      root,
      globs: excludeGlobs(globsFor(context, box), { path: root.path.toString(), isHome: false }),
      soFar,
      troubles: new Troubles(),
    })
    const { version } = outcome
    const { secondPass } = outcome.detail
    const messages = format === 'maildir' ? soFar.messageCount : null
    return { missing: false, version, detail: { ...about, messages, secondPass } }
  } catch (error) {
    if (!isComponentFailure(error)) throw error
    component.warn({ code: 'mailbox-failed', path: place, note: error.message })
    return { missing: true, version: null, detail: { ...about, messages: null } }
  } finally {
    caches.finish(place)
  }
}

/** Globs of the run, those that are anchored to the home included, and Dovecot's caches. */
function globsFor({ exclude, source }: CollectContext, { mailbox, format }: Mailbox): string[] {
  const home = source.home.replace(/\/+$/, '')
  const anchored = exclude.map((glob) =>
    mailbox.insideHome && glob.includes('/') && !glob.startsWith(`${home}/`)
      ? `${home}/${glob.replace(/^(\.?\/)+/, '')}`
      : glob,
  )
  return [...(format === 'maildir' ? cacheGlobs : []), ...anchored]
}

function notThere(path: string): AppError {
  return new AppError(
    'not-found',
    `${path} is not there; everything else was backed up. Remove the mailbox from the source or correct its path, and run the backup again.`,
  )
}
