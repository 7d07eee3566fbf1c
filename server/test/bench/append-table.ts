// What the benches print: tables that a page can hold as they are.
export type Row = {
  what: string
  value: string
  /** Absent: for information. */
  goal?: { says: string; reached: boolean }
}

export function table(title: string, rows: readonly Row[]): string {
  const lines = rows.map(({ what, value, goal }) => [
    what,
    value,
    goal?.says ?? '',
    goal ? (goal.reached ? 'reached' : 'not reached') : '',
  ])
  return markdown(['| ' + title, 'measured', 'goal', ''], lines)
}

/** Columns as wide as what is in them. */
export function markdown([first = '', ...head]: string[], lines: string[][]): string {
  const cells = [[first.replace(/^\| /, ''), ...head], ...lines]
  const widths = cells[0]!.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)].join('\n')
}

export const atMost = (value: number, limit: number, unit: string) => ({
  says: `at most ${limit} ${unit}`,
  reached: value <= limit,
})
export const atLeast = (value: number, limit: number) => ({
  says: `at least ${limit.toLocaleString('en')}`,
  reached: value >= limit,
})

/** The value that `share` of them are below; NaN of nothing, which reaches no goal. */
export function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}
export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`
