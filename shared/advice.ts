import type { Advice, Way } from './model/advice.ts'

/** How the command line calls it. */
function commandWords(way: Way): string {
  switch (way.way) {
    case 'rename':
      return `with --map ${way.kind}:${way.from ?? 'OLD'}=NEW`
    case 'items':
      return way.items.length === 0
        ? 'with --item'
        : `with ${way.items.map((each) => `--item ${each}`).join(' ')}`
    case 'scope':
      return `with --scope ${way.scope}`
    case 'table-as':
      return 'with --table-as'
    case 'keep-extra':
      return 'without --keep-extra'
    case 'create':
      return 'with --create'
    case 'new-account':
      return `with --to ${way.server}/NAME`
    case 'into-existing':
      return 'without --create'
    case 'without':
      return `with --without${way.account === null ? '' : ` ${way.account}`}`
    case 'accept-unsaved':
      return 'name each with --accept-unsaved'
    case 'own-mailbox':
      return `with: holdfast source set ${way.server}/${way.source} --mail ${way.address}`
    case 'extract':
      return 'with holdfast extract'
    case 'end-restore':
      return 'with holdfast restore resume or rollback'
    case 'resume':
      return `with: holdfast restore resume ${way.job}`
    case 'rollback':
      return `with: holdfast restore rollback ${way.job}`
    case 'look-again':
      return `with holdfast restore resume ${way.job} --plan`
    case 'go-on':
      return `with: holdfast restore resume ${way.job} --confirm ${way.server}`
    case 'enable-cron':
      return `with: holdfast cron enable ${way.server}/${way.account}`
    case 'unlock-vault':
      return 'with holdfast secrets unlock'
    case 'make-vault':
      return 'with holdfast secrets set-passphrase'
    case 'make-recovery-key':
      return 'with holdfast recovery-key create'
    case 'use-recovery-key':
      return 'with holdfast recovery-key use'
    case 'not-encrypted':
      return 'with --no-encrypt'
    case 'store-password':
      return `with: holdfast server edit ${way.server} --password-stdin`
    case 'replace-host-key':
      return 'with: holdfast server host-key'
    case 'jump':
      return 'for --jump'
    case 'old-algorithms':
      return 'with --legacy-algorithms'
  }
}

/** A text in a host's words. */
export function tell(advice: Advice, words: (way: Way) => string): string {
  return advice.map((piece) => (typeof piece === 'string' ? piece : words(piece))).join('')
}

/** What to do about a note of a plan: as the command line says it, and for hosts with other words. */
export interface Remedy {
  readonly remedy: string
  readonly advice: Advice
}

/** A text as the command line says it, and with its ways left open. */
export function advise(texts: TemplateStringsArray, ...values: readonly (string | Way)[]): Remedy {
  const advice = texts
    .flatMap((text, at) => [text, ...values.slice(at, at + 1)])
    .filter((piece) => piece !== '')
  return { remedy: tell(advice, commandWords), advice }
}

/** The fields of a note for a remedy that is the same everywhere, or that has ways in it. */
export function remedied(remedy: string | null | Remedy): {
  readonly remedy: string | null
  readonly advice?: Advice
} {
  return remedy === null || typeof remedy === 'string' ? { remedy } : remedy
}

/** Where an error's details have the advice of its message. */
export function adviceOf(details: Readonly<Record<string, unknown>> | undefined): Advice | null {
  const advice = details?.['advice']
  return Array.isArray(advice) ? (advice as Advice) : null
}
