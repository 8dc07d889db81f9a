const separator = Buffer.from(':2,')

/**
 * What a message of a Maildir stays while mail programs rename it: its folder and its name without the flags that
 * follow `:2,`, whether it lies in `cur` or still in `new`. Null for every other path. Names as of
 * https://cr.yp.to/proto/maildir.html.
 */
export function messageOf(path: Buffer): Buffer | null {
  const at = path.lastIndexOf(0x2f)
  const above = path.lastIndexOf(0x2f, at - 1)
  const place = at > 0 ? path.toString('latin1', above + 1, at) : ''
  if (place !== 'cur' && place !== 'new') return null
  const name = path.subarray(at + 1)
  const flags = name.indexOf(separator)
  return Buffer.concat([path.subarray(0, above + 1), flags < 0 ? name : name.subarray(0, flags)])
}
