import { expect, test } from 'vitest'
import { createFlvReader, FLV_VIDEO, flvHeader, flvTag } from './flv.ts'

const tags = [0, 1, 0xffffff, 0x1000000, 0x7fffffff].map((ts, i) => ({
  ...{ type: FLV_VIDEO, ts },
  payload: Uint8Array.from({ length: i * 100 + 1 }, (_, at) => at & 0xff),
}))

test('V39 tags are read as they were written, in whatever pieces they come', () => {
  const file = Buffer.concat([flvHeader(), ...tags.map(flvTag)])
  for (const size of [1, 7, 100, file.byteLength]) {
    const read = createFlvReader()
    const got = []
    for (let at = 0; at < file.byteLength; at += size) got.push(...(read(file.subarray(at, at + size)) ?? []))
    expect(got).toEqual(tags)
  }
})

test('V39 what is no FLV is told from what is not whole yet', () => {
  const read = createFlvReader()
  expect(read(Buffer.from('FL'))).toEqual([])
  expect(read(Buffer.from('AC and more than a header'))).toBeNull()
  expect(read(flvHeader())).toBeNull()
  const huge = createFlvReader()
  expect(huge(flvHeader())).toEqual([])
  expect(huge(Uint8Array.from([9, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0]))).toBeNull()
})
