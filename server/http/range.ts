// The Range header (RFC 9110 14.2). Pure.

/** From and to (not included); null: all of it is sent; `outside`: there is nothing of what was asked for. Several
 * ranges at once are answered with the whole, as the standard allows. */
export function rangeOf(header: string | undefined, size: number): [number, number] | 'outside' | null {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return null
  if (first === '') {
    const count = Math.min(Number(last), size)
    return count === 0 ? 'outside' : [size - count, size]
  }
  const from = Number(first)
  const to = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < from) return null
  return from >= size ? 'outside' : [from, to]
}
