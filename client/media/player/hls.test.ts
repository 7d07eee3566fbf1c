import { expect, test } from 'vitest'
import { behind, renewed } from './hls.ts'

test('V21 the playlist is asked for at the address that works now, its pieces where they are', () => {
  const now = 'https://stream.mux.com/pid.m3u8?token=two'
  expect(renewed('https://stream.mux.com/pid.m3u8?token=one', now)).toBe(now)
  expect(renewed('https://chunk.mux.com/pid/1.m4s?token=one', now)).toBe(
    'https://chunk.mux.com/pid/1.m4s?token=one',
  )
  // Of our own, a blocking reload keeps its question.
  const own = '/hls/s/live.m3u8'
  expect(renewed('/hls/s/live.m3u8?_HLS_msn=3', own)).toBe('/hls/s/live.m3u8?_HLS_msn=3')
})

test('V40 a delay by HLS is that of the date shown on the server’s clock, and nothing where there is no date', () => {
  expect(behind(new Date(1_000), 3_500)).toBe(2_500)
  for (const date of [null, new Date(NaN), new Date(4_000), new Date(-200_000)])
    expect(behind(date, 3_500)).toBeNull()
})
