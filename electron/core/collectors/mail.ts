import type { ComponentSummary } from '../../../shared/model/backup.ts'
import type { CollectContext, Collector } from './collector.ts'
import { lookAtMailboxes, type Mailbox, placeOf } from './mail/mailboxes.ts'
import { type MailboxOutcome, readMailbox } from './mail/read-mailbox.ts'

/**
 * The mailboxes of a source: one component for each domain, and `_local` for those of the bare account. A mailbox
 * that cannot be read is named, and the others go on.
 */
export const mailCollector: Collector = {
  kinds: ['mail'],
  wanted: (source, scope) => (scope === 'full' || scope === 'email') && source.mailboxes.length > 0,
  async collect(context) {
    const boxes = await lookAtMailboxes(context)
    const wanted = boxes.filter(({ mailbox }) => context.only.touches(placeOf(mailbox)))
    const byDomain = Map.groupBy(wanted, ({ mailbox }) => mailbox.domain)
    const summaries: ComponentSummary[] = []
    for (const [domain, boxes] of byDomain) {
      summaries.push(await collectDomain(context, domain ?? '_local', boxes))
    }
    return summaries
  },
}

async function collectDomain(
  context: CollectContext,
  domain: string,
  boxes: readonly Mailbox[],
): Promise<ComponentSummary> {
  const component = context.component('mail', domain)
  const outcomes: MailboxOutcome[] = []
  for (const box of boxes) outcomes.push(await readMailbox(context, component, box))
  const version = outcomes.find((one) => one.version !== null)?.version ?? null
  const detail = { mailboxes: outcomes.map((one) => one.detail) }
  const missing = outcomes.every((one) => one.missing)
  return component.close({ tool: version === null ? null : 'tar', version, detail, missing })
}
