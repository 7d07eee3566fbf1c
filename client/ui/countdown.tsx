// How long until a moment, ticking. Not a live region: a clock that speaks every second helps nobody.
import { useNow } from './clock.ts'
import { countdownText, dateText } from './time.ts'
import './countdown.css'

/** `lead` goes before the time left; `passed` is shown once the moment has come. */
export function Countdown({
  to,
  lead = '',
  passed = 'any moment now',
}: {
  to: number
  lead?: string
  passed?: string
}) {
  const now = useNow()
  return (
    <time
      class="countdown"
      role="timer"
      aria-live="off"
      dateTime={new Date(to).toISOString()}
      title={dateText(to)}
    >
      {to > now ? lead + countdownText(to - now) : passed}
    </time>
  )
}
