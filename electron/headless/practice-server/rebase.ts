import { Transform } from 'node:stream'

/** Folders at the top of a server that the practice server has of its own. The rest is this machine's. */
const ownFolders = 'bin|etc|home|lib|opt|root|sbin|srv|usr|var'
const absolute = new RegExp(`(?<=(?:^|[\\s=:<>(])"?)/(?=(?:${ownFolders})(?![\\w.-]))`, 'g')
const homeOfRoot = /(?<=[\s=])~root(?![\w.-])/g

/**
 * A line of a script as it reads in a server whose root folder is `root`: what `chroot` would do to the absolute
 * paths that stand in it. Values that the client sends stand in apostrophes and stay as they are, for they name what
 * the server itself reported. `root` has only characters that a shell takes as they are.
 */
export function rebase(line: string, root: string): string {
  return line.replace(absolute, `${root}/`).replace(homeOfRoot, `${root}/root`)
}

/**
 * Rebases a script on its way into a shell, byte for byte otherwise. What follows the script, from the line after
 * its call of `hf_main`, is passed on at once and unchanged.
 */
export function rebasing(root: string): Transform {
  let rest = ''
  let called = false
  let over = false
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      rest += chunk.toString('latin1')
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        this.push(`${over ? line : rebase(line, root)}\n`, 'latin1')
        over ||= called
        called = line === 'hf_main "$@"'
      }
      if (over && rest !== '') {
        this.push(rest, 'latin1')
        rest = ''
      }
      done()
    },
    flush(done) {
      done(null, Buffer.from(rest, 'latin1'))
    },
  })
}
