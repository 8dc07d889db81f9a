import { createTwoFilesPatch } from 'diff'

/** Lines of one diff; what is longer is cut and says so. */
const most = 80

/** Folders whose files may be shown; of others it is only said whether they differ. */
const shown =
  /^\/(etc\/(nginx|apache2|httpd|lighttpd|caddy|php[^/]*|cron\.[^/]+)|usr\/local\/(nginx\/conf|etc\/(nginx|php[^/]*|apache[^/]*)))\//

/** A setting whose name says that its value is secret, up to that value. */
const secret = /^(.*?\w*(?:passw(?:or)?d|secret|token|api_?key|_PASS(?=\W))\w*\W*).*$/i

/** The same without values that are secret; the name `fastcgi_pass` is none of them. */
export function withoutSecrets(text: string): string {
  return text
    .split('\n')
    .map((line) => (/_pass\b(?! *[=\]])/.test(line) ? line : line.replace(secret, '$1[secret]')))
    .join('\n')
}

/**
 * A unified diff that leads from the file of the target (`there`) to the one of the backup (`archived`), at most 80 lines,
 * or why there is none. Never holds private keys, nor values of settings that are called passwords or tokens.
 */
export function diffOf(
  path: string,
  { there, archived }: { readonly there: Buffer; readonly archived: Buffer },
): string | { readonly why: string } {
  if (!shown.test(path)) return { why: 'its content is not shown' }
  const both = [there, archived].map((bytes) => bytes.toString('utf8'))
  if (both.some((text) => text.includes('PRIVATE KEY-----')))
    return { why: 'it holds a private key, which is not shown' }
  if (both.some((text) => text.includes('\0'))) return { why: 'it is not text' }
  const [before = '', after = ''] = both.map(withoutSecrets)
  if (before === after) return { why: 'only values that are not shown differ' }
  const patch = createTwoFilesPatch('at the target', 'in the backup', before, after, undefined, undefined, {
    context: 2,
    timeout: 2000,
  })
  if (patch === undefined) return { why: 'it differs too much to be shown' }
  const lines = patch.trimEnd().split('\n').slice(1)
  const cut = lines.length - most
  return [...lines.slice(0, most), ...(cut > 0 ? [`… ${cut} more lines`] : [])].join('\n')
}
