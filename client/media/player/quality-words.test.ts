import { expect, test } from 'vitest'
import type { Quality } from './chooser.ts'
import { labelsOf, masterHeights, masterOf, spoken } from './quality-words.ts'

const AUTO: Quality = {
  ...{ layers: ['main', 'low'], playing: 'main', choice: 'auto', slow: false },
  ...{ heights: { main: 720 }, shown: 720 },
}
const says = (quality: Quality, named = {}) => labelsOf(quality, named).items.map((item) => item.says)

test('V38 the menu names each size as far as it is known, and what plays now', () => {
  expect(says(AUTO)).toEqual(['Auto (720p)', 'High 720p', 'Low'])
  expect(says(AUTO, { main: 1080, low: 360 })).toEqual(['Auto (720p)', 'High 720p', 'Low 360p'])
  const low: Quality = { ...AUTO, choice: 'low', playing: 'low', shown: 360, heights: { low: 360 } }
  expect(says(low)).toEqual(['Auto', 'High', 'Low 360p'])
  expect(labelsOf({ ...AUTO, shown: 0 }, {}).now).toBe('High')
})

test('V38 the button says what plays, and that it is small for want of a line', () => {
  expect(spoken(AUTO)).toBe('Quality: Auto (720p)')
  expect(spoken({ ...AUTO, playing: 'low', shown: 360, slow: true })).toBe(
    'Quality: Auto (360p), slow connection',
  )
  expect(spoken({ ...AUTO, choice: 'low', playing: 'low', shown: 0 })).toBe('Quality: Low')
})

test('V38 sizes are read from a master playlist, whichever order it has', () => {
  const master = [
    '#EXTM3U',
    '#EXT-X-STREAM-INF:BANDWIDTH=600000,RESOLUTION=360x640,CODECS="avc1.42c01e,mp4a.40.2"',
    'low-live.m3u8',
    '#EXT-X-STREAM-INF:BANDWIDTH=2900000,FRAME-RATE=30,RESOLUTION=720x1280',
    'live.m3u8',
  ].join('\n')
  expect(masterHeights(master)).toEqual({ main: 720, low: 360 })
  expect(masterHeights('#EXTM3U\n#EXTINF:1,\n1.m4s')).toEqual({})
})

test('V38 a page that was opened before there was a second size finds the names of both', () => {
  expect(masterOf('/hls/x/live.m3u8')).toBe('/hls/x/master.m3u8')
  expect(masterOf('/hls/x/master.m3u8')).toBe('/hls/x/master.m3u8')
  expect(masterOf('https://elsewhere.example/x.m3u8?token=y')).toBe(
    'https://elsewhere.example/x.m3u8?token=y',
  )
})
