import { AppError } from '../../../../shared/errors.ts'

/** Where and how a tar ended, or broke, before its two zero blocks. */
export type TarFault =
  | 'cut-in-header'
  | 'cut-in-member'
  | 'cut-at-boundary'
  | 'bad-checksum'
  | 'bad-header'
  | 'one-zero-block'
  | 'trailing-bytes'

const sentences: Readonly<Record<TarFault, string>> = {
  'cut-in-header': 'The tar ends inside a header',
  'cut-in-member': 'The tar ends inside the content of an entry',
  'cut-at-boundary': 'The tar ends between two entries without its closing blocks',
  'bad-checksum': 'A tar header is damaged',
  'bad-header': 'A tar header holds a value that makes no sense',
  'one-zero-block': 'The tar has a single zero block between two entries',
  'trailing-bytes': 'The tar goes on after its closing blocks',
}

/** `corrupt`, with `details.reason` and, where known, `details.offset` in bytes of tar. */
export function tarError(reason: TarFault, offset?: number): AppError {
  const where = offset === undefined ? '' : ` (byte ${offset})`
  return new AppError('corrupt', `${sentences[reason]}${where}; the entries before it are good.`, {
    details: offset === undefined ? { reason } : { reason, offset },
  })
}
