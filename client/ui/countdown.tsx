// How long until a moment, ticking. Not a live region: a clock that speaks every second helps nobody.
import { useNow } from './clock.ts'
import { countdownText, dateText } from './time.ts'
import './countdown.css'

/** `passed` is shown once the moment has come. */
export function Countdown({ to, passed = 'any moment now' }: { to: number; passed?: string }) {
  const now = useNow()
  return (
    <time class="countdown" role="timer" dateTime={new Date(to).toISOString()} title={dateText(to)}>
      {to > now ? countdownText(to - now) : passed}
    </time>
  )
}
