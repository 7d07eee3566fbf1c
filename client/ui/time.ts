// Times as people say them, in the reader's language and zone.

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const two = (n: number) => String(n).padStart(2, '0')

/** `2 d 3 h` when far, `3 h 04 min` the same day, `4:59` in the last hour. */
export function countdownText(ms: number): string {
  const left = Math.ceil(ms / SECOND) * SECOND
  const days = Math.floor(left / DAY)
  const hours = Math.floor((left % DAY) / HOUR)
  const minutes = Math.floor((left % HOUR) / MINUTE)
  if (days > 0) return `${days} d ${hours} h`
  if (hours > 0) return `${hours} h ${two(minutes)} min`
  return `${minutes}:${two(Math.floor((left % MINUTE) / SECOND))}`
}

/** `just now`, `5 minutes ago`, `yesterday`. */
export function agoText(at: number, now: number, locale?: string): string {
  const passed = Math.max(0, now - at)
  const say = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  if (passed < MINUTE) return 'just now'
  if (passed < HOUR) return say.format(-Math.floor(passed / MINUTE), 'minute')
  if (passed < DAY) return say.format(-Math.floor(passed / HOUR), 'hour')
  return say.format(-Math.floor(passed / DAY), 'day')
}

/** `Fri, 21 Nov, 20:00`, with the year only when it is another one. */
export function dateText(at: number, now = Date.now(), locale?: string): string {
  const date = new Date(at)
  const sameYear = date.getFullYear() === new Date(now).getFullYear()
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' as const }),
    hour: 'numeric',
    minute: '2-digit',
  }).format(date)
}

export function durationText(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / MINUTE))
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

/** `4:05`, `1:04:05`. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const hours = Math.floor(seconds / 3600)
  const rest = `${hours > 0 ? two(Math.floor((seconds % 3600) / 60)) : Math.floor(seconds / 60)}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

const clock = /* @__PURE__ */ new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
/** `20:31`. */
export const clockTime = (at: number): string => clock.format(at)
