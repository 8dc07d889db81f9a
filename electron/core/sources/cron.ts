/** A line of a crontab that runs something. `user` is null in a crontab of one user. */
export interface CronLine {
  readonly user: string | null
  readonly command: string
}

/**
 * The jobs of a crontab, in order. `withUser`: the form of `/etc/crontab` and `/etc/cron.d`, where a user stands
 * before the command. Comments, settings and lines that cron would refuse are passed over.
 */
export function cronLines(text: string, options: { readonly withUser: boolean }): CronLine[] {
  return text.split('\n').flatMap((raw): CronLine[] => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || /^[A-Za-z_"'][^\s=]*\s*=/.test(line)) return []
    const job = /^(?:@[a-z]+|(?:\S+\s+){4}\S+)\s+(.+)$/.exec(line)?.[1]
    if (job === undefined) return []
    if (!options.withUser) return [{ user: null, command: job }]
    const [, user, command] = /^(\S+)\s+(.+)$/.exec(job) ?? []
    return user === undefined || command === undefined ? [] : [{ user, command }]
  })
}
