import { adviceOf, tell } from '../../shared/advice.ts'
import type { Way } from '../../shared/model/advice.ts'
import type { Reply } from '../../shared/client.ts'
import type { WireError } from '../../shared/errors.ts'
import type { PlanNote } from '../../shared/model/restore-plan.ts'
import { modeWords } from './mode-words.ts'

/** Where in the window it is chosen. */
function windowWords(way: Way): string {
  switch (way.way) {
    case 'rename':
      return way.kind === 'user' ? 'at the step Target' : 'under “Names on the target”'
    case 'items':
      return `under “${modeWords.items}”`
    case 'scope':
      return `with “${modeWords[way.scope]}”`
    case 'table-as':
      return 'at the step What to restore'
    case 'keep-extra':
      return 'without keeping what the backup does not have'
    case 'create':
      return 'as “A new account…”'
    case 'new-account':
      return 'under “Name of the new account”'
    case 'into-existing':
      return 'as an account that is there'
    case 'without':
      return way.account === null ? 'by unticking them' : `by unticking ${way.account}`
    case 'accept-unsaved':
      return 'say so below'
    case 'own-mailbox':
      return `under “What belongs to it” of ${way.source} on ${way.server}: ${way.address}.`
    case 'extract':
      return 'with “Download” where you browse the backup'
    case 'end-restore':
      return 'from the Overview'
    case 'resume':
    case 'rollback':
      return 'here'
    case 'look-again':
      return 'here'
    case 'go-on':
      return 'by typing the server’s name.'
    case 'jump':
      return 'under “Reach it through”'
    case 'old-algorithms':
      return 'under “Sudo, jump host and limits”'
  }
}

/** An error's message, in the window's words where it tells to choose something. */
export function errorWords({ message, details }: Pick<WireError, 'message' | 'details'>): string {
  const advice = adviceOf(details)
  return advice === null ? message : tell(advice, windowWords)
}

/** What to do about a note of a plan, in the window's words. */
export function remedyWords({ remedy, advice }: Pick<PlanNote, 'remedy' | 'advice'>): string | null {
  return advice === undefined ? remedy : tell(advice, windowWords)
}

/** A reply whose error says what to do in the window's words. */
export function inWindowWords(reply: Reply): Reply {
  return reply.ok ? reply : { ok: false, error: { ...reply.error, message: errorWords(reply.error) } }
}
