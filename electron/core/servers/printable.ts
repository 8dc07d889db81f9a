const LONGEST = 1000

/**
 * Text from a server, fit for a screen: control characters and the marks that turn writing around stand as
 * `\u{…}`, and what is longer than 1000 characters is cut. Line ends become spaces.
 */
export function printable(text: string): string {
  const oneLine = text
    .trim()
    .replace(/\s*[\r\n\t]\s*/g, ' ')
    .slice(0, LONGEST)
  return oneLine.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu,
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  )
}
