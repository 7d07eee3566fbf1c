import { expect, test } from 'vitest'
import { deliveryWords } from './delivery.tsx'

test('V20 the studio says who carries the video and what that costs in delay', () => {
  const mux = { provider: 'mux', behind: { fromSeconds: 5, toSeconds: 10 }, sending: null } as const
  expect(deliveryWords(mux)).toBe(
    'Mux carries the video of this stream. Viewers are 5 to 10 seconds behind you.',
  )
  const local = { provider: 'local', behind: { fromSeconds: 1, toSeconds: 6 }, sending: null } as const
  expect(deliveryWords(local)).toContain('This server carries')
  expect(deliveryWords(local)).toContain('1 to 6 seconds')
})
