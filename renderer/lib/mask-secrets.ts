const name = String.raw`[\w.-]*(?:pass(?:word|wd|phrase|wort)?|pwd|secret|token|salt|nonce|credentials?|_key|-key|apikey)[\w.-]*`
const value = String.raw`(?:(["'\`])((?:\\.|(?!\2).)*)\2|([^\s"'\`,;)\]}]+))`
const setting = new RegExp(String.raw`(\b${name}["']?\]?\s*(?:=>|:=|[,:=])\s*)${value}`, 'gi')
const login = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)([^\s@/]+)(?=@)/gi
const keyLine = /^[A-Za-z0-9+/=]{40,}$/
const dots = '•'.repeat(12)

/**
 * A line of a configuration file without the values of settings whose names say that they are secret, without
 * passwords in addresses, and without lines of keys.
 */
export function maskSecrets(line: string): string {
  if (keyLine.test(line.trim())) return dots
  return line
    .replace(
      setting,
      (_, before: string, quote: string | undefined) => `${before}${quote ?? ''}${dots}${quote ?? ''}`,
    )
    .replace(login, `$1${dots}`)
}
