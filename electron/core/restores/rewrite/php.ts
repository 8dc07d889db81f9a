import type { Draft } from './draft.ts'
import { rewriteLogin, type Field, type LoginFields, type RewriteRules } from './login.ts'
import { phpTokens, type PhpToken } from './php-tokens.ts'

/** Rewrites the settings that `settings` finds, and the old paths in every other string. */
export function rewritePhp(
  draft: Draft,
  settings: (tokens: readonly PhpToken[]) => LoginFields[],
  rules: RewriteRules,
): void {
  const tokens = phpTokens(draft.text)
  const logins = settings(tokens)
  for (const login of logins) rewriteLogin(draft, login, rules)
  const isField = (field: Field | undefined, token: PhpToken) =>
    field?.literal !== null && field?.at === token.at
  const taken = new Set(
    tokens.filter((token) =>
      logins.some(({ database, user, password }) =>
        [database, user, password].some((field) => isField(field, token)),
      ),
    ),
  )
  for (const token of tokens) {
    if (token.kind === 'string' && !taken.has(token)) draft.paths(token.literal, rules.finder)
    else if (token.kind === 'block') {
      const found = rules.finder.find(token.text).length + rules.finder.unsure(token.text).length
      if (found > 0) draft.report(token.at, 'an old path stands in a block of text, which was left as it is')
    }
  }
}
