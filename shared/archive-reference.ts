const scheme = 'file:'

/** How an archive file is named wherever a backup can be: `file:` and its absolute path. */
export function fileReference(absolutePath: string): string {
  return scheme + absolutePath
}

/** The path of an archive file, or null where the reference is one of a backup. */
export function filePathOf(reference: string): string | null {
  return reference.startsWith(scheme) ? reference.slice(scheme.length) : null
}

/**
 * The path of an archive file as people type it on the command line, or null where they mean a backup: a FILE begins
 * with `/`, `./`, `../` or `file:`, or on Windows with `.\`, `..\` or a drive letter. No name of a server, a source or an
 * archive does, so what is meant never depends on which files exist.
 */
export function typedFile(text: string): string | null {
  return filePathOf(text) ?? (/^(?:\.{0,2}\/|\.{1,2}\\|[A-Za-z]:[\\/])/.test(text) ? text : null)
}
