const field = String.raw`[-0-9*/,A-Za-z~]+`
const job = new RegExp(
  String.raw`^\s*(?:@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly)|${field}(?:\s+${field}){4})\s+\S`,
)
const other = /^\s*(?:#.*|[A-Za-z_][A-Za-z0-9_]*\s*=.*|)$/

/** Whether every line is one of a crontab (crontab(5)), and one of them at least a job. */
export function looksLikeCrontab(content: Buffer): boolean {
  const lines = content.toString('latin1').split('\n')
  return lines.some((line) => job.test(line)) && lines.every((line) => job.test(line) || other.test(line))
}
