import { plural } from '../../../../shared/format.ts'
import type { Remark } from '../../../../shared/model/restore-report.ts'

/** Said of messages that come without one of their keywords. */
export function lostKeywords(count: number, address: string): Remark {
  return {
    text: `${plural(count, 'message')} of ${address} come without some of their keywords: a Maildir has 26 of them at most, and the name of each must be known.`,
    remedy: 'Remove keywords that nobody uses from the mailbox, and restore these messages again.',
  }
}
