/** What a complaint means for one file. */
export type ComplaintKind =
  'changed' | 'shrunk' | 'vanished' | 'unreadable' | 'special' | 'left-out' | 'attributes'

/** One thing that GNU tar said of one name. */
export interface Complaint {
  readonly kind: ComplaintKind
  /** The name as tar saw it, in bytes, without `./` in front. */
  readonly path: Buffer
  /** What tar said, for people. */
  readonly said: string
}

/** All that a run of tar said. */
export interface TarReport {
  readonly complaints: readonly Complaint[]
  /** Lines that this version does not know: the run cannot be trusted. */
  readonly unknown: readonly string[]
}

/** How tar ends a line about a name. First match wins. */
const endings: readonly (readonly [ComplaintKind, RegExp])[] = [
  ['changed', /^file changed as we read it$/],
  ['vanished', /^File removed before we read it$/],
  ['shrunk', /^File shrank by \d+ bytes?; padding with zeros$/],
  ['special', /^(socket|door) ignored$/],
  ['special', /^Unknown file type; file ignored$/],
  ['left-out', /^contains a cache directory tag .*; contents not dumped$/],
  ['left-out', /^file is on a different filesystem; not dumped$/],
  ['attributes', /^Warning: Cannot [a-z_]*(xattr|acl|filecon)[a-z_]*:? .*$/],
  ['vanished', /^(Warning: )?Cannot [a-z]+: No such file or directory$/],
  ['shrunk', /^(Warning: )?Read error at byte \d+, while reading \d+ bytes: .*$/],
  ['unreadable', /^(Warning: )?Cannot (open|stat|read|readlink|opendir|savedir|fstat|chdir): .*$/],
]

/** A tar that was built without what we ask of it says so once. */
const unable = /^(XATTR|POSIX ACL|SELinux) support is not available$/

/** Lines that say nothing of their own. */
const asides = [
  /^Exiting with failure status due to previous errors$/,
  /^Error exit delayed from previous errors$/,
]

/**
 * Reads what GNU tar wrote to stderr under `LC_ALL=C` with `--quoting-style=escape` (checked with 1.34). Colons in
 * names are escaped there, so a name cannot pass for a message.
 */
export function readComplaints(lines: readonly Buffer[]): TarReport {
  const complaints: Complaint[] = []
  const unknown: string[] = []
  for (const line of lines) {
    const text = line.toString('latin1')
    const message = /^[^ :]*tar: ([^]*)$/.exec(text)?.[1]
    if (text.trim() === '' || asides.some((aside) => aside.test(message ?? ''))) continue
    const complaint = message === undefined ? null : readComplaint(message)
    if (complaint) complaints.push(complaint)
    else unknown.push(text)
  }
  return { complaints, unknown }
}

function readComplaint(message: string): Complaint | null {
  if (unable.test(message)) return { kind: 'attributes', path: Buffer.from('.'), said: message }
  const named = /^((?:[^\\:]|\\[^])*): ([^]*)$/.exec(message)
  if (!named) return null
  const [, name = '', said = ''] = named
  const ending = endings.find(([, pattern]) => pattern.test(said))
  if (!ending) return null
  return { kind: ending[0], path: unescapeName(name.replace(/\/+$/, '')), said }
}

const letters: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }

/** The bytes of a name in tar's `escape` style, without `./` in front. */
function unescapeName(escaped: string): Buffer {
  const raw = escaped.replace(/\\([0-7]{1,3})|\\([^])/g, (_, octal?: string, letter?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
    const code = letters[letter ?? '']
    return code === undefined ? (letter ?? '') : String.fromCharCode(code)
  })
  return Buffer.from(raw.replace(/^\.\//, ''), 'latin1')
}
