/** Days between saying that a backup goes and removing it. */
export const graceDays = 7
const day = 24 * 60 * 60_000

/** What a run does about one copy: in two steps, so that a week is left to notice and to pin. */
export type RemovalStep =
  | { readonly step: 'keep' }
  /** It is on its way out and the policy keeps it again, or somebody pinned it. */
  | { readonly step: 'take-back' }
  | { readonly step: 'announce' }
  | { readonly step: 'wait'; readonly until: Date }
  | { readonly step: 'remove' }

/**
 * The next step for a copy. `announcedAt`: when it was first said that it goes; `noSpace`: the destination has no
 * room for another backup, so that what was announced may go before its time.
 */
export function nextStep(
  { keep, announcedAt }: { readonly keep: boolean; readonly announcedAt: Date | null },
  { now, noSpace }: { readonly now: Date; readonly noSpace: boolean },
): RemovalStep {
  if (keep) return { step: announcedAt === null ? 'keep' : 'take-back' }
  if (announcedAt === null) return { step: 'announce' }
  const until = new Date(announcedAt.getTime() + graceDays * day)
  return noSpace || now >= until ? { step: 'remove' } : { step: 'wait', until }
}
