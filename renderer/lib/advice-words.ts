import { adviceOf, tell } from '../../shared/advice.ts'
import type { Way } from '../../shared/model/advice.ts'
import type { Output } from '../../shared/contract.ts'
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
    case 'enable-cron':
      return 'with “Take cron jobs into use” in the report'
    case 'unlock-vault':
    case 'make-vault':
    case 'make-recovery-key':
      return 'in Settings'
    case 'use-recovery-key':
      return 'under “Open what another computer encrypted” in Settings'
    case 'not-encrypted':
      return 'under “Encryption” of the destination'
    case 'store-password':
      return `under “Connection” of ${way.server}`
    case 'replace-host-key':
      return 'on the page of the server'
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

/** The state of the keychain or vault, with what to do about it in the window's words. */
export function secretsInWindowWords({
  ways,
  ...status
}: Output<'secrets.status'>): Output<'secrets.status'> {
  return ways === undefined ? status : { ...status, advice: tell(ways, windowWords) }
}

/** A reply whose error says what to do in the window's words. */
export function inWindowWords(reply: Reply): Reply {
  return reply.ok ? reply : { ok: false, error: { ...reply.error, message: errorWords(reply.error) } }
}
