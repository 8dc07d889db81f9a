import type { AccountQuota } from '../../archive/account-document.ts'

/**
 * The rows of `quota -w -p`, blocks being KiB and times numbers (quota(1)); null where there are none. A star marks
 * what is over its limit.
 */
export function parseQuota(text: string): AccountQuota[] | null {
  const rows = text.split('\n').flatMap((line): AccountQuota[] => {
    const [, fileSystem, numbers] = /^\s*(\S.*?)((?:\s+\d+\*?){8})\s*$/.exec(line) ?? []
    if (fileSystem === undefined || numbers === undefined) return []
    const [usedKiB = 0, softKiB = 0, hardKiB = 0, , files = 0, softFiles = 0, hardFiles = 0] = numbers
      .trim()
      .split(/\s+/)
      .map((number) => Number.parseInt(number, 10))
    return [{ fileSystem, usedKiB, softKiB, hardKiB, files, softFiles, hardFiles }]
  })
  return rows.length === 0 ? null : rows
}
