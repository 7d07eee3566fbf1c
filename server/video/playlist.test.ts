import { expect, test } from 'vitest'
import type { OpenSegment, Segment } from './packager.ts'
import { lowLatencyPlaylist, plainPlaylist, type PlaylistView } from './playlist.ts'

const head = (number: number) => ({ number, epochMs: 0, codecs: '', init: new Uint8Array() })
const AT = Date.UTC(2026, 0, 1, 12, 0, 0, 500)

function segment(msn: number, take = 1, more: Partial<Segment> = {}): Segment {
  const part = (independent: boolean) => ({ ms: 500, independent, bytes: new Uint8Array() })
  return {
    msn,
    head: head(take),
    discontinuity: false,
    discontinuities: 0,
    at: AT + msn * 1_000,
    independent: true,
    parts: [part(true), part(false)],
    ms: 1_000,
    bytes: new Uint8Array(),
    ...more,
  }
}
const view = (more: Partial<PlaylistView>): PlaylistView => ({
  prefix: 'show',
  segments: [segment(0)],
  open: undefined,
  ended: false,
  ...more,
})
const tags = (text: string, name: string) =>
  text.split('\n').filter((line) => line.startsWith(`#EXT-X-${name}`))

test('V5 a low-latency playlist, whole', () => {
  const open: OpenSegment = { ...segment(1), parts: segment(1).parts.slice(0, 1) }
  expect(lowLatencyPlaylist(view({ open }))).toBe(`#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:1
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.65,HOLD-BACK=3
#EXT-X-PART-INF:PART-TARGET=0.55
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="show-init1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T12:00:00.500Z
#EXT-X-PART:DURATION=0.50000,URI="show-0.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.50000,URI="show-0.1.m4s"
#EXTINF:1.00000,
show-0.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T12:00:01.500Z
#EXT-X-PART:DURATION=0.50000,URI="show-1.0.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="show-1.1.m4s"
`)
})

test('V5 a plain playlist, whole', () => {
  const segments = [segment(3), segment(4, 2, { discontinuity: true, discontinuities: 1 })]
  expect(plainPlaylist(view({ segments, ended: true }))).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:1
#EXT-X-MEDIA-SEQUENCE:3
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="show-init1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T12:00:03.500Z
#EXTINF:1.00000,
show-3.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="show-init2.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T12:00:04.500Z
#EXTINF:1.00000,
show-4.m4s
#EXT-X-ENDLIST
`)
})

test('V5 a discontinuity is counted when its segment has left, not while its tag still stands', () => {
  const all = [0, 1, 2, 3].map((msn) =>
    segment(msn, msn < 2 ? 1 : 2, { discontinuity: msn === 2, discontinuities: msn < 2 ? 0 : 1 }),
  )
  const sequences = [0, 1, 2, 3].map((gone) => {
    const text = plainPlaylist(view({ segments: all.slice(gone) }))
    return [tags(text, 'DISCONTINUITY-SEQUENCE')[0], text.includes('#EXT-X-DISCONTINUITY\n')]
  })
  expect(sequences).toEqual([
    ['#EXT-X-DISCONTINUITY-SEQUENCE:0', true],
    ['#EXT-X-DISCONTINUITY-SEQUENCE:0', true],
    ['#EXT-X-DISCONTINUITY-SEQUENCE:0', true],
    ['#EXT-X-DISCONTINUITY-SEQUENCE:1', false],
  ])
})

test('parts are listed for the last three target durations only', () => {
  const segments = Array.from({ length: 10 }, (_, msn) => segment(msn))
  const parts = tags(lowLatencyPlaylist(view({ segments })), 'PART:')
  expect(parts).toHaveLength(6)
  expect(parts[0]).toContain('show-7.0.m4s')
})

test('tags of a segment that has no part yet wait for it', () => {
  const open = { ...segment(1, 2, { discontinuity: true, discontinuities: 1 }), parts: [] }
  const text = lowLatencyPlaylist(view({ open }))
  expect([tags(text, 'MAP').length, tags(text, 'PROGRAM-DATE-TIME').length]).toEqual([1, 1])
  expect(text).not.toContain('#EXT-X-DISCONTINUITY\n')
  expect(text).toContain('show-1.0.m4s')
})

test('the next part is hinted at behind a finished segment too, so that hls.js does not take it for open', () => {
  const text = lowLatencyPlaylist(view({ segments: [segment(0), segment(1)] }))
  expect(text).toMatch(/show-1\.m4s\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI="show-2\.0\.m4s"\n$/)
})

test('nothing more comes after the end', () => {
  const ended = lowLatencyPlaylist(view({ ended: true }))
  expect(ended).toMatch(/show-0\.m4s\n#EXT-X-ENDLIST\n$/)
  expect(tags(ended, 'PART:')).toEqual([])
  expect(ended).not.toContain('PLAYLIST-TYPE')
})

test('segments are called independent only while all of them are', () => {
  const dependent = [segment(0), segment(1, 1, { independent: false })]
  expect(tags(plainPlaylist(view({ segments: dependent })), 'INDEPENDENT')).toEqual([])
})
