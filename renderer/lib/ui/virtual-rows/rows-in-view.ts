/** Rows beyond either edge that are there too, so that scrolling shows no holes. */
const beyond = 12

/**
 * Which rows of a list must be there: from `first` up to before `last`. `top`: pixels of the list above the view,
 * negative where the list begins further down.
 */
export function rowsInView({
  top,
  height,
  rowHeight,
  count,
}: {
  readonly top: number
  readonly height: number
  readonly rowHeight: number
  readonly count: number
}): { readonly first: number; readonly last: number } {
  const within = (row: number) => Math.min(count, Math.max(0, row))
  return {
    first: within(Math.floor(top / rowHeight) - beyond),
    last: within(Math.ceil((top + height) / rowHeight) + beyond),
  }
}
