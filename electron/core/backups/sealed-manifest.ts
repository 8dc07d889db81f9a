import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { CopySeal, OuterManifest, saysItsLimits } from '../../../shared/model/backup.ts'
import { shortRecipient, type Identity, type Recipient } from '../archive/seal/age-key.ts'
import { openSmall, sealSmall } from '../archive/seal/small.ts'

/** Whose keys may open what is encrypted. */
export interface Keys {
  identities(): Promise<readonly Identity[]>
}

/** What the manifest of an encrypted copy needs of its reader. */
export const sealNeed = 'age'

const { format, needs, id, source, scope, startedAt, finishedAt, trigger, result, copy } = OuterManifest.shape
const open = { format, needs, id, source, scope, startedAt, finishedAt, trigger, result }

/**
 * The manifest beside an encrypted archive (FORMAT §6): what anybody may read, and the whole one in an age file. What is
 * in the clear proves nothing; it must be what the encrypted one says.
 */
export const SealedManifest = z.object({
  ...open,
  archive: CopySeal.shape.archive,
  index: CopySeal.shape.index,
  recipients: CopySeal.shape.recipients,
  copy: copy.omit({ seal: true }),
  sealed: z.base64(),
})
export type SealedManifest = z.infer<typeof SealedManifest>

const WholeManifest = z.object(OuterManifest.shape).omit({ copy: true }).refine(saysItsLimits)

type Facts = Pick<SealedManifest, keyof typeof open>

function factsOf(manifest: Facts): Omit<Facts, 'needs'> {
  const { format, id, source, scope, startedAt, finishedAt, trigger, result } = manifest
  return { format, id, source, scope, startedAt, finishedAt, trigger, result }
}

/** The names of recipients in manifests. */
export function recipientNames(recipients: readonly Recipient[]): string[] {
  return recipients.map(shortRecipient)
}

/** What is stored of the manifest of an encrypted copy. `recipients`: those of `seal`. */
export async function sealManifest(
  { copy: { seal, ...copy }, ...manifest }: OuterManifest,
  recipients: readonly Recipient[],
): Promise<SealedManifest> {
  if (seal === undefined) throw new AppError('internal', 'A copy that is not encrypted was to be.')
  const sealed = await sealSmall(Buffer.from(JSON.stringify(manifest)), recipients)
  return {
    ...factsOf(manifest),
    needs: [...manifest.needs, sealNeed],
    ...{ ...seal, copy, sealed: sealed.toString('base64') },
  }
}

/** The whole manifest of an encrypted copy. Throws `key-missing` where no key fits, and `corrupt`. */
export async function openManifest(
  stored: SealedManifest,
  { name, keys }: { readonly name: string; readonly keys: Keys },
): Promise<OuterManifest> {
  const text = await openSmall(Buffer.from(stored.sealed, 'base64'), await keys.identities())
  const { archive, index, recipients } = stored
  const whole = parse(text)
  if (whole === null || !isDeepStrictEqual(factsOf(whole), factsOf(stored))) {
    throw new AppError(
      'corrupt',
      `The manifest of ${name} says something else in its encrypted part. The archive beside it is untouched.`,
    )
  }
  return { ...whole, copy: { ...stored.copy, seal: { archive, index, recipients } } }
}

function parse(text: Buffer): Omit<OuterManifest, 'copy'> | null {
  try {
    return WholeManifest.parse(JSON.parse(text.toString('utf8')))
  } catch {
    return null
  }
}
