import { execFileSync } from 'node:child_process'

const script = `
import base64, json, sys, tarfile
with tarfile.open(sys.argv[1], 'r:gz') as archive:
    json.dump({m.name: base64.b64encode(archive.extractfile(m).read()).decode() for m in archive if m.isfile()}, sys.stdout)
`

/** The files of an archive by their path, as Python's tarfile reads them. All of it is in memory. */
export function archiveFiles(path: string): ReadonlyMap<string, Buffer> {
  const text = execFileSync('python3', ['-c', script, path], { encoding: 'utf8', maxBuffer: 2 ** 30 })
  const files = Object.entries(JSON.parse(text) as Record<string, string>)
  return new Map(files.map(([name, content]) => [name, Buffer.from(content, 'base64')]))
}

/** The files whose path begins and ends as given: what stands between, to the content. */
export function filesBetween(
  files: ReadonlyMap<string, Buffer>,
  beginning: string,
  ending: string,
): Map<string, Buffer> {
  const fitting = [...files].filter(([path]) => path.startsWith(beginning) && path.endsWith(ending))
  return new Map(
    fitting.map(([path, content]) => [path.slice(beginning.length, path.length - ending.length), content]),
  )
}
