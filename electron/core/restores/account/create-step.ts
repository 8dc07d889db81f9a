import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { ComponentReport } from '../../../../shared/model/restore-report.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import { isThrowaway } from '../../../../shared/throwaway.ts'
import type { UnixCredentials } from '../../archive/credentials-document.ts'
import { Secret } from '../../secrets/secret.ts'
import type { StepContext } from '../restore-context.ts'
import type { StepKind } from '../step-kind.ts'
import { onAccount, refused } from './over-there.ts'
import { newPassword } from './password.ts'

type Step = StepOf<'create-account'>

function hashFor({ password }: Step, { archive }: StepContext): UnixCredentials | null {
  const found = newPassword(archive)
  return password === 'hash' && found.kind === 'hash' ? found.unix : null
}

/** The fields of shadow(5) as words for chage; those that are empty there are left as the server has them. */
function agedAs(unix: UnixCredentials): string {
  const { lastChange, minimum, maximum, warning, inactive, expires } = unix
  const words = [
    ['-d', lastChange],
    ['-m', minimum],
    ['-M', maximum],
    ['-W', warning],
    ['-I', inactive],
    ['-E', expires],
  ] as const
  return words.flatMap(([word, days]) => (days == null ? [] : [`${word} ${days}`])).join(' ')
}

async function prepare(step: Step, context: StepContext): Promise<void> {
  const { toMake } = context.target
  const folders = toMake?.room.missing ?? []
  await context.noteFacts({ made: true, home: null, folders: [...folders].reverse() })
  const end = await onAccount(step, context, { action: 'make', args: step.homeAcl })
  const code = end.codes.get('make')
  if (code === 17 || code === 18) {
    await context.noteFacts({ made: false })
    throw new AppError(
      'conflict',
      `The server changed after the plan was made: ${code === 17 ? `${step.account} or ${step.home} is there now` : `others than root can change the way to ${step.home}`}. Nothing of it was touched; look at a new plan.`,
    )
  }
  await context.noteFacts({ home: end.facts.get('home') ?? null })
  if (code !== 0) throw refused('made', step, { end, left: 'What of it was made is removed again.' })
}

async function apply(step: Step, context: StepContext): Promise<void> {
  const unix = hashFor(step, context)
  const end = await onAccount(step, context, {
    ...{ action: 'finish', hash: new Secret(unix?.hash ?? ''), aged: unix === null ? '' : agedAs(unix) },
  })
  if (end.codes.get('finish') !== 0) {
    throw refused('given its password and name', step, { end, left: 'It is removed again.' })
  }
  if (end.codes.get('aged') !== 0) {
    context.remark({
      text: `How long the password of ${step.account} is good could not be set.`,
      remedy: `Look at it with: chage -l ${step.account}`,
    })
  }
  remarkRest(step, context)
}

/** What an account had that is for a person to give. */
function remarkRest({ account, password }: Step, { archive, remark }: StepContext): void {
  if (password === 'locked' && !isThrowaway(account)) {
    remark({ text: `${account} has no password.`, remedy: `Set one with: passwd ${account}` })
  }
  if (archive.account?.linger === true) {
    remark({
      text: `Services of ${account} ran without a login; they do not run yet.`,
      remedy: `Start them once the old server is off, with: loginctl enable-linger ${account}`,
    })
  }
  for (const { fileSystem, softKiB, hardKiB, softFiles, hardFiles } of archive.account?.quota ?? []) {
    if (softKiB + hardKiB + softFiles + hardFiles === 0) continue
    remark({
      text: `${account} had a quota on ${fileSystem} (${softKiB} and ${hardKiB} KiB, ${softFiles} and ${hardFiles} files), which is not set.`,
      remedy: `Set it with: setquota -u ${account} ${softKiB} ${hardKiB} ${softFiles} ${hardFiles} FILE-SYSTEM`,
    })
  }
}

async function check(step: Step, context: StepContext): Promise<ComponentReport> {
  const hash = new Secret(hashFor(step, context)?.hash ?? '')
  const { facts } = await onAccount(step, context, { action: 'read', hash })
  const [, , uid, gid, gecos, home, shell] = toRemoteName(Buffer.from(facts.get('entry') ?? '')).split(':')
  const groups = new Set((facts.get('groups') ?? '').split(' '))
  const mode = step.homeMode.toString(8)
  const wanted = [
    ['its uid', uid === String(step.uid)],
    ['its primary group', gid === String(step.gid)],
    ['its full name', gecos === step.gecos],
    ['its home', home === step.home],
    ['its shell', shell === step.shell],
    ['its groups', [step.group, ...step.groups].every((group) => groups.has(group))],
    ['mode and owner of its home', facts.get('home') === `${mode} ${step.homeOwner} ${step.homeGroup}`],
    ['its password', facts.get('password') === '1'],
  ] as const
  const bad = wanted.filter(([, good]) => !good).map(([what]) => `${what}: not as the plan says`)
  return {
    ...{ component: step.component, unit: 'facts', of: wanted.length, good: wanted.length - bad.length },
    ...{ how: 'read back from the server’s user database', bad },
  }
}

/** Removes the account where it is the one that this step made. What is gone already is no error. */
async function unmake(step: Step, context: StepContext): Promise<void> {
  const { made, home, folders } = context.noted()
  if (made !== true) return
  const end = await onAccount(step, context, {
    ...{ action: 'remove', made: typeof home === 'string' ? home : '' },
    args: Array.isArray(folders) ? folders.map(String) : [],
  })
  const code = end.codes.get('remove')
  if (code === 5) {
    throw new AppError(
      'conflict',
      `The account ${step.account} is not the one any more that this restore made, so it was left alone. Remove it by hand where that is meant.`,
    )
  }
  if (code !== 0) throw refused('removed', step, { end, left: 'What is left of it stays; try again.' })
}

/**
 * Makes an account. Preparing makes it locked, with its home, so that everything else can be brought as its own; applying
 * gives it its name and password. See `account-make.sh`.
 */
export const createAccount: StepKind<Step> = {
  prepare,
  apply,
  check,
  async rollback(step, context) {
    await unmake(step, context)
    await context.noteFacts({ made: false })
  },
  commit: () => Promise.resolve(),
  remove: unmake,
}
