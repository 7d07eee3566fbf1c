// The pure parts of a recording's player: several as one, dates, thumbnails, keys, cuts, what is kept and said.
import { expect, test } from 'vitest'
import type { DeckFacts } from './deck.ts'
import { clipAt, locate, offsetOf, totalMs } from './joined.ts'
import { trimOf, withEnd, withStart } from './cut.ts'
import { dateOf, secondsOf } from './dates.ts'
import { keepPlace, keptPlace } from './kept.ts'
import { actionOf, nextRate } from './keys.ts'
import { thumbAt, thumbsOf } from './vtt.ts'
import { SLOW_MS, wordsOf } from './words.ts'

const clips = [
  { startedAt: 1_000, durationMs: 10_000 },
  { startedAt: 60_000, durationMs: 5_000 },
  { startedAt: 90_000, durationMs: 20_000 },
]

test('V26 a place of the whole lies in one recording, and back', () => {
  expect(totalMs(clips)).toBe(35_000)
  for (const [at, index, ms] of [
    [-5, 0, 0],
    [0, 0, 0],
    [9_999, 0, 9_999],
    [10_000, 1, 0],
    [15_000, 2, 0],
    [34_999, 2, 19_999],
    [99_000, 2, 20_000],
  ] as const) {
    expect(locate(clips, at)).toEqual({ index, ms })
    if (at >= 0 && at < 35_000) expect(offsetOf(clips, index) + ms).toBe(at)
  }
  expect(locate([], 5)).toEqual({ index: 0, ms: 0 })
})

test('a moment lies in the recording that began before it', () => {
  expect([0, 1_000, 59_999, 60_000, 89_000, 95_000, 999_000].map((date) => clipAt(clips, date))).toEqual([
    ...[0, 0, 0, 1, 1, 2, 2],
  ])
})

// Filmed from 12:00:00; at second 20 a drop of 30 s, at second 30 of the player a cut away of an hour.
const fragments = [
  { start: 0, duration: 10, programDateTime: 0 },
  { start: 10, duration: 10, programDateTime: 10_000 },
  { start: 20, duration: 10, programDateTime: 50_000 },
  { start: 30, duration: 10, programDateTime: 3_660_000 },
]

test('V25 the moment of a picture is right across drops and cuts', () => {
  expect([0, 9.5, 19.9, 20, 25, 30, 39].map((at) => dateOf(fragments, at))).toEqual([
    ...[0, 9_500, 19_900, 50_000, 55_000, 3_660_000, 3_669_000],
  ])
  expect(
    [0, 19_000, 30_000, 50_000, 3_000_000, 3_665_000, 9_999_999].map((d) => secondsOf(fragments, d)),
  ).toEqual([0, 19, 20, 20, 30, 35, 40])
  expect(secondsOf(fragments, -5_000)).toBe(0)
  expect([dateOf([], 3), secondsOf([], 3)]).toEqual([null, null])
  expect(dateOf([{ start: 0, duration: 1, programDateTime: null }], 0)).toBeNull()
})

test('thumbnails are read with their parts, and what is no cue is passed over', () => {
  const text =
    'WEBVTT\r\n\r\nNOTE nothing\r\n\r\n1\r\n00:00.000 --> 00:05.000\r\na-1.jpg\r\n\r\n' +
    '01:00:05.000 --> 01:00:10.000\nsheet.jpg#xywh=160,90,160,90\n\n00:10.000 --> broken\nx.jpg\n'
  const thumbs = thumbsOf(text, 'https://stage.test/hls/S/t.vtt')
  expect(thumbs).toEqual([
    { from: 0, to: 5, url: 'https://stage.test/hls/S/a-1.jpg', part: null },
    {
      from: 3_605,
      to: 3_610,
      url: 'https://stage.test/hls/S/sheet.jpg',
      part: { x: 160, y: 90, width: 160, height: 90 },
    },
  ])
  expect(thumbAt(thumbs, 100)?.from).toBe(0)
  expect(thumbAt(thumbs, 3_700)?.from).toBe(3_605)
  expect(thumbAt([], 1)).toBeUndefined()
})

test('keys do what players have taught, and leave to a control what is its own', () => {
  expect(actionOf(' ', 'none')).toEqual({ is: 'toggle' })
  expect(actionOf(' ', 'button')).toBeNull()
  expect(actionOf('ArrowLeft', 'seek')).toEqual({ is: 'skip', ms: -5_000 })
  expect(actionOf('ArrowLeft', 'slider')).toBeNull()
  expect(actionOf('7', 'seek')).toEqual({ is: 'share', of: 0.7 })
  expect(actionOf('f', 'list')).toBeNull()
  expect(actionOf('F', 'none')).toEqual({ is: 'full' })
  expect(actionOf('x', 'none')).toBeNull()
  expect([nextRate(1, 1), nextRate(2, 1), nextRate(0.5, -1)]).toEqual([1.25, 2, 0.5])
})

test('handles never cross, and an end at the end is no cut', () => {
  const cut = { startMs: 0, endMs: 60_000 }
  expect(withStart(cut, 70_000)).toEqual({ startMs: 59_000, endMs: 60_000 })
  expect(withStart(cut, -4)).toEqual(cut)
  expect(withEnd({ startMs: 30_000, endMs: 60_000 }, 10, 60_000)).toEqual({ startMs: 30_000, endMs: 31_000 })
  expect(trimOf({ startMs: 5, endMs: 60_000 }, 60_000)).toEqual({ startMs: 5, endMs: null })
  expect(trimOf({ startMs: 5, endMs: 50_000 }, 60_000)).toEqual({ startMs: 5, endMs: 50_000 })
})

test('V26 the place is kept per stream, and forgotten at both ends and after three months', () => {
  const kept = new Map<string, string>()
  const shelf = {
    keys: () => [...kept.keys()],
    get: (key: string) => kept.get(key) ?? null,
    set: (key: string, value: string) => void kept.set(key, value),
    remove: (key: string) => void kept.delete(key),
  }
  keepPlace(shelf, 'a', { position: 60_000, total: 600_000, date: 5_000_000, now: 7 })
  expect(keptPlace(shelf, 'a', 8)).toEqual({ date: 5_000_000, keptAt: 7 })
  expect(keptPlace(shelf, 'b', 8)).toBeNull()
  expect(keptPlace(shelf, 'a', 91 * 86_400_000)).toBeNull()
  keepPlace(shelf, 'a', { position: 590_000, total: 600_000, date: 5_500_000, now: 9 })
  expect(keptPlace(shelf, 'a', 10)).toBeNull()
  shelf.set('stagedoor:place:a', '{"date":"x"')
  expect(keptPlace(shelf, 'a', 10)).toBeNull()
})

test('every state of a recording has its words', () => {
  const facts: DeckFacts = { at: 'ready', playing: true, starving: false, over: false, blocked: false }
  const title = (change: Partial<DeckFacts>, longMs = 0) => wordsOf({ ...facts, ...change }, longMs)?.title
  expect(title({})).toBeUndefined()
  expect(title({ at: 'idle' })).toBeUndefined()
  expect(title({ starving: true })).toBeUndefined()
  expect(title({ starving: true }, 500)).toBe('Loading')
  expect(wordsOf({ ...facts, starving: true }, SLOW_MS)?.more).toMatch(/slow/)
  expect(wordsOf({ ...facts, at: 'loading' }, SLOW_MS)?.more).toMatch(/slow/)
  expect(title({ at: 'gone' })).toMatch(/not there/)
  expect(wordsOf({ ...facts, at: 'failed' }, 0)?.offer).toBe('retry')
  expect(title({ at: 'unsupported' })).toMatch(/browser/)
  expect(wordsOf({ ...facts, over: true }, 0)?.offer).toBe('again')
  expect(title({ blocked: true })).toBe('Tap to play')
})
