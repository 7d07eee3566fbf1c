// Tables for spreadsheets (RFC 4180). Pure.

/** What a spreadsheet would run: some begin a formula with these, some after leading blanks. */
const FORMULA = /^[\s\p{Z}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u

/** Every cell quoted; one that would be a formula begins with an apostrophe, which shows it as text. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = FORMULA.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value
  return `"${text.replaceAll('"', '""')}"`
}
