// How long a timeout or a ban lasts: the usual choices, and a length of one's own.
import { LIMITS } from '../../../shared/protocol/limits.ts'

export type Unit = 'seconds' | 'minutes' | 'hours' | 'days'

const SECONDS: Record<Unit, number> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 }
export const UNITS = ['seconds', 'minutes', 'hours', 'days'] as const satisfies readonly Unit[]

export const SPANS: readonly { seconds: number; name: string }[] = [
  { seconds: 60, name: '1 minute' },
  { seconds: 600, name: '10 minutes' },
  { seconds: 3_600, name: '1 hour' },
  { seconds: 86_400, name: '1 day' },
  { seconds: 1_209_600, name: '14 days' },
]

/** A count as somebody typed it: seconds, or what is wrong with it. */
export function spanOf(count: string, unit: Unit): { seconds: number } | { problem: string } {
  const number = Number(count.trim().replace(',', '.'))
  if (count.trim() === '' || !Number.isFinite(number)) return { problem: 'Enter a number.' }
  const seconds = Math.round(number * SECONDS[unit])
  if (seconds < LIMITS.banMinSeconds) return { problem: 'The shortest is 10 seconds.' }
  if (seconds > LIMITS.banMaxSeconds) return { problem: 'The longest is 14 days.' }
  return { seconds }
}

/** `10 minutes`, `1 hour 30 minutes`: the two largest units that count. */
export function spanText(seconds: number): string {
  const parts: string[] = []
  let rest = Math.max(0, Math.round(seconds))
  for (const unit of [...UNITS].reverse()) {
    const count = Math.floor(rest / SECONDS[unit])
    rest -= count * SECONDS[unit]
    if (count > 0) parts.push(`${count} ${count === 1 ? unit.slice(0, -1) : unit}`)
  }
  return parts.slice(0, 2).join(' ') || '0 seconds'
}
