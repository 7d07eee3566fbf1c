// Between Unix milliseconds and what <input type="datetime-local"> holds: wall time of this browser's zone.

const two = (n: number) => String(n).padStart(2, '0')

export function toLocalInput(at: number | null): string {
  if (at === null) return ''
  const d = new Date(at)
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`
}

/** Null when empty; undefined when it is not a moment. */
export function fromLocalInput(text: string): number | null | undefined {
  if (text === '') return null
  const at = new Date(text).getTime()
  return Number.isFinite(at) && at >= 0 ? at : undefined
}

/** `Europe/Paris (UTC+1)`: the zone in words, as it is at that moment. */
export function zoneText(at: number, locale?: string): string {
  const format = new Intl.DateTimeFormat(locale, { timeZoneName: 'shortOffset' })
  const offset = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? ''
  return `${format.resolvedOptions().timeZone.replaceAll('_', ' ')} (${offset.replace('GMT', 'UTC')})`
}
