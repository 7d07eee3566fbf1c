import { expect, test } from 'vitest'
import { deliveryWords, measuredWords } from './delivery.tsx'

test('V20 the studio says who carries the video and what that costs in delay', () => {
  const mux = {
    provider: 'mux',
    behind: { fromSeconds: 5, toSeconds: 10 },
    measured: null,
    sending: null,
  } as const
  expect(deliveryWords(mux)).toBe(
    'Mux carries the video of this stream. Viewers are 5 to 10 seconds behind you.',
  )
  const local = {
    provider: 'local',
    behind: { fromSeconds: 1, toSeconds: 6 },
    measured: null,
    sending: null,
  } as const
  expect(deliveryWords(local)).toContain('This server carries')
  expect(deliveryWords(local)).toContain('1 to 6 seconds')
})

test('V40 the host reads how far behind the audience is and how many say so, or that nobody does', () => {
  const measured = { min: 700, p50: 2_000, p95: 6_000, max: 7_000, samples: 12 }
  expect(measuredWords({ measured })).toBe('Your audience is 0.7 to 6.0 s behind, measured by 12.')
  expect(measuredWords({ measured: null })).toMatch(/^Nobody has measured/)
})
