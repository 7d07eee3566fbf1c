// The time as k6 stamps incoming frames: Unix ms with a fraction. Date.now() has whole milliseconds only, and a
// delivery on one machine often takes less.
import exec from 'k6/execution'

export type Clock = () => number

/** Waits for Date.now() to tick, at most a millisecond, to know where the finer clock of the run began. */
export function createClock(): Clock {
  const before = Date.now()
  let tick = before
  while (tick === before) tick = Date.now()
  const offset = tick - exec.instance.currentTestRunDuration
  return () => offset + exec.instance.currentTestRunDuration
}
