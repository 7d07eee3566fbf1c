// The machine's own clock and randomness, behind the ports.
import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock, Random } from '../../app/ports.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

export const systemRandom: Random = {
  uuid: () => randomUUID(),
  token: (bytes) => randomBytes(bytes).toString('base64url'),
  fraction: () => Math.random(),
}
