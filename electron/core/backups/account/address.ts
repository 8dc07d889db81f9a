import type { SourceMailbox } from '../../../../shared/model/source.ts'

/** The name by which a mail server knows a mailbox. */
export function addressOf({ domain, name }: Pick<SourceMailbox, 'domain' | 'name'>): string {
  return domain === null ? name : `${name}@${domain}`
}
