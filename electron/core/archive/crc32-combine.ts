/** The CRC-32 polynomial of gzip, lowest power in the highest bit. */
const polynomial = 0xedb88320
const one = 0x80000000

/** The product of two polynomials over GF(2), modulo the CRC's. */
function multiply(a: number, b: number): number {
  let product = 0
  let shifted = b
  for (let bit = one; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= shifted
    shifted = shifted & 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1
  }
  return product >>> 0
}

/** x^(8n) modulo the CRC's polynomial: what n more bytes do to a CRC. */
function shift(bytes: number): number {
  let power = one
  let square = one >>> 8
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = multiply(power, square)
    square = multiply(square, square)
  }
  return power
}

/** The CRC-32 of two pieces in a row, from their own CRC-32 and the second's length in bytes (any safe integer). */
export function crc32Combine(first: number, second: number, secondLength: number): number {
  return (multiply(shift(secondLength), first) ^ second) >>> 0
}
