import { plural } from '../../../../shared/format.ts'
import type { RestorePlan } from '../../../../shared/model/restore-plan.ts'
import type { Remark } from '../../../../shared/model/restore-report.ts'
import { parseRecords, recordsOf } from '../../sources/records.ts'
import type { RestoreContext } from '../restore-context.ts'

/** Sites that are asked; each may take some seconds to say nothing. */
const most = 10

const hostName = /^(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})+$/

/**
 * Asks the target itself for the sites of the backup, after files were restored: what each answers to its Host header.
 * A remark or none; whatever goes wrong here is no failure of the restore. Throws nothing.
 */
export async function askSites(
  { archive, target, signal }: RestoreContext,
  { steps, to }: Pick<RestorePlan, 'steps' | 'to'>,
): Promise<Remark[]> {
  if (!steps.some(({ kind }) => kind === 'put-tree')) return []
  const all = [...new Set((archive.account?.sites ?? []).flatMap(({ names }) => names))]
  const names = all.filter((name) => hostName.test(name)).slice(0, most)
  if (names.length === 0) return []
  try {
    const { output, codes } = await target.shell.run('ask-sites', { args: names, as: 'login', signal })
    if (codes.get('ask') !== 0) return [unasked(to.server)]
    const answers = recordsOf(parseRecords(output), 'site', 3).map((row) => row.map(String))
    return [remarkOf(answers, { server: to.server, names, left: all.length - names.length })]
  } catch {
    return [unasked(to.server)]
  }
}

function unasked(server: string): Remark {
  return {
    text: `The sites could not be asked on ${server} itself whether they answer.`,
    remedy: 'Look at them in a browser.',
  }
}

function remarkOf(
  answers: readonly string[][],
  {
    server,
    names,
    left,
  }: { readonly server: string; readonly names: readonly string[]; readonly left: number },
): Remark {
  const of = (name: string) =>
    answers.flatMap(([site, scheme, status = '']) =>
      site === name && /^\d{3}$/.test(status) ? [{ scheme, status: Number(status) }] : [],
    )
  const lines = names.map((name) => {
    const said = of(name)
    if (said.length === 0) return `${name}: nothing answered`
    return `${name}: ${said.map(({ scheme, status }) => `${status} by ${scheme}`).join(', ')}`
  })
  const bad = names.some((name) => of(name).length === 0 || of(name).some(({ status }) => status >= 500))
  const more = left === 0 ? '' : ` ${plural(left, 'further name')} of sites were not asked.`
  return {
    text: `Asked on ${server} itself for its sites: ${lines.join('; ')}.${more}`,
    remedy: bad
      ? 'The configuration of web server, PHP and certificates is not part of a restore: the plan shows how it differs.'
      : null,
  }
}
