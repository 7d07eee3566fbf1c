import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createGzip } from './gzip.ts'

const long = (seed: string) => `${seed} #EXTINF:1.00000,\n`.repeat(5_000)

test('V14 a long playlist is packed for who can unpack it, once for all of them', async () => {
  const gzip = createGzip()
  const packed = gzip(long('a'), 'gzip, deflate, br')!
  const bytes = await packed
  expect(gunzipSync(bytes).toString()).toBe(long('a'))
  expect(bytes.byteLength).toBeLessThan(long('a').length / 10)
  expect(gzip(long('a'), 'br, gzip')).toBe(packed)
  for (const accept of [undefined, '', 'br', 'gzip;q=0', 'xgzip'])
    expect([accept, gzip(long('a'), accept)]).toEqual([accept, null])
  expect(gzip('short', 'gzip')).toBeNull()
  // It keeps the last ones and no more.
  for (let i = 0; i < 16; i++) await gzip(long(`${i}`), 'gzip')
  expect(gzip(long('a'), 'gzip')).not.toBe(packed)
})
