import { posix } from 'node:path'
import { fromRemoteName } from '../../../../shared/remote-name.ts'
import { Draft, type Rewritten } from './draft.ts'
import { rewriteDotenv } from './dotenv.ts'
import type { RewriteOptions, RewriteRules } from './login.ts'
import { rewriteMyCnf } from './my-cnf.ts'
import { pathFinder } from './path-text.ts'
import { drupalSettings, joomlaSettings, wordpressSettings } from './php-settings.ts'
import { rewritePhp } from './php.ts'

export type { ConfigChange, ConfigLogin, NotUnderstood, Rewritten } from './draft.ts'
export type { NewPassword, RewriteOptions } from './login.ts'

type Rewriter = (draft: Draft, rules: RewriteRules) => void

const rewriters: Readonly<Record<string, Rewriter>> = {
  'wp-config.php': (draft, rules) => rewritePhp(draft, wordpressSettings, rules),
  'configuration.php': (draft, rules) => rewritePhp(draft, joomlaSettings, rules),
  'settings.php': (draft, rules) => rewritePhp(draft, drupalSettings, rules),
  'settings.local.php': (draft, rules) => rewritePhp(draft, drupalSettings, rules),
  '.env': rewriteDotenv,
  '.env.local': rewriteDotenv,
  '.my.cnf': rewriteMyCnf,
}

/** Names of files that are rewritten, wherever they lie under a home or a document root. */
export const rewrittenFileNames: readonly string[] = Object.keys(rewriters)

/** Bytes; no configuration that a person wrote is longer. */
export const configurationSizeCap = 4 * 1024 * 1024

/**
 * A configuration file as it must be at the target: database names, users, new passwords and old paths replaced
 * where they are values of a kind that is understood, every other byte as it was. `path` is a `RemoteName`, of which
 * the last segment decides what the file is. What was not understood is listed and left; so is a file that is too
 * long or not text, as a whole. A file of another name has no changes. Nothing in it is executed.
 */
export function rewriteConfig(path: string, bytes: Buffer, options: RewriteOptions): Rewritten {
  const name = posix.basename(Buffer.from(fromRemoteName(path)).toString('latin1'))
  const rewriter = Object.hasOwn(rewriters, name) ? rewriters[name] : undefined
  const whole = (why: string): Rewritten => ({
    ...{ bytes, changes: [], logins: [] },
    notUnderstood: [{ line: 1, why }],
  })
  if (rewriter === undefined) return { bytes, changes: [], notUnderstood: [], logins: [] }
  if (bytes.length > configurationSizeCap)
    return whole('the file is too long for a configuration and was left as it is')
  if (bytes.includes(0)) return whole('the file is not text in a known encoding and was left as it is')
  const draft = new Draft(bytes)
  rewriter(draft, { ...options, finder: pathFinder(options.mapping) })
  return draft.finish()
}
