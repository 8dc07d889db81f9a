import { z } from 'zod'
import { Scope } from './backup.ts'
import { MapKind } from './restore-mapping.ts'

const named = <Name extends string>(name: Name) => z.strictObject({ way: z.literal(name) })

/** Something that a person can choose, which the command line and the window call each by its own name. */
export const Way = z.discriminatedUnion('way', [
  /** Another name at the target; `from` null where it is one of several. */
  named('rename').extend({ kind: MapKind, from: z.string().nullable() }),
  /** Parts of the archive; empty where it is for the person to say which. */
  named('items').extend({ items: z.array(z.string()) }),
  named('scope').extend({ scope: Scope }),
  named('table-as'),
  named('keep-extra'),
  /** An account is made, under a name of one's own. */
  named('create'),
  named('new-account').extend({ server: z.string() }),
  /** No account is made. */
  named('into-existing'),
  /** Accounts that a restore of a whole server leaves out. */
  named('without').extend({ account: z.string().nullable() }),
  named('accept-unsaved'),
  /** The admin's word that a mailbox belongs to an account. */
  named('own-mailbox').extend({ server: z.string(), source: z.string(), address: z.string() }),
  /** What is in an archive, onto this computer. */
  named('extract'),
  /** The end of a restore that was cut off. */
  named('end-restore'),
  named('resume').extend({ job: z.string() }),
  named('rollback').extend({ job: z.string() }),
  /** A new look at what going on with a restore of a whole server would do. */
  named('look-again').extend({ job: z.string() }),
  named('go-on').extend({ job: z.string(), server: z.string() }),
  /** The jobs of a crontab that was restored commented out. */
  named('enable-cron').extend({ server: z.string(), account: z.string() }),
  named('unlock-vault'),
  named('make-vault'),
  named('make-recovery-key'),
  named('use-recovery-key'),
  /** Copies as they are. */
  named('not-encrypted'),
  named('store-password').extend({ server: z.string() }),
  named('replace-host-key'),
  named('jump'),
  named('old-algorithms'),
])
export type Way = z.infer<typeof Way>

/** A text with the ways in it left open. */
export const Advice = z.array(z.union([z.string(), Way]))
export type Advice = z.infer<typeof Advice>
