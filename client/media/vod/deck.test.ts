// Recordings played as one, on a <video> and playlists that the test holds.
import { expect, test } from 'vitest'
import { handClock, settle } from '../test/hand.ts'
import { HandVideo } from '../test/hand-video.ts'
import { createDeck, type DeckFacts } from './deck.ts'
import type { Clip } from './joined.ts'
import type { ReelEvents } from './reel.ts'

const clip = (id: string, startedAt: number, durationMs: number): Clip => ({
  ...{ id, startedAt, durationMs, hls: `/hls/${id}.m3u8`, expiresAt: null },
})
const THREE = [clip('a', 100_000, 10_000), clip('b', 200_000, 5_000), clip('c', 300_000, 20_000)]

const CUT = { ...clip('a', 105_000, 5_000), hls: '/hls/a-cut.m3u8' }

function world({ clips = THREE, live = false, renewed = THREE } = {}) {
  const clock = handClock()
  const video = new HandVideo()
  const opened: { url: string; from: number | null; on: ReelEvents; stopped: boolean }[] = []
  const shown: DeckFacts[] = []
  let asked = 0
  const deck = createDeck({
    video: video as unknown as HTMLVideoElement,
    clips,
    live,
    clock,
    fraction: () => 0.5,
    renew: () => {
      asked += 1
      return Promise.resolve(renewed)
    },
    show: (facts) => shown.push(facts),
    moved: () => undefined,
    open(_video, url, from, on) {
      const reel = { url, from, on, stopped: false }
      opened.push(reel)
      if (from !== null) video.currentTime = from
      const began = [...clips, CUT].find(({ hls }) => hls === url)?.startedAt ?? 0
      return Promise.resolve({
        date: (seconds) => began + seconds * 1000,
        seconds: (date) => (date - began) / 1000,
        span: () => (live ? { start: 100, end: 1_900 } : null),
        stop: () => void (reel.stopped = true),
      })
    },
  })
  async function arrive(): Promise<void> {
    await settle()
    opened.at(-1)?.on.ready()
  }
  return {
    ...{ clock, video, opened, deck, arrive },
    facts: () => shown.at(-1),
    last: () => opened.at(-1),
    asked: () => asked,
  }
}

test('V26 several recordings play in order as one, and end once', async () => {
  const { deck, arrive, video, opened, facts } = world()
  deck.play()
  await arrive()
  expect(video.paused).toBe(false)
  for (const url of ['/hls/b.m3u8', '/hls/c.m3u8']) {
    video.say('ended')
    await arrive()
    expect(opened.at(-1)).toMatchObject({ url, from: 0 })
    expect(facts()?.over).toBe(false)
  }
  expect(deck.position()).toBe(15_000)
  expect(deck.span()).toEqual({ from: 0, to: 35_000 })
  video.say('ended')
  expect(facts()).toMatchObject({ over: true, playing: false })
  expect(opened.map(({ stopped }) => stopped)).toEqual([true, true, false])
})

test('V26 a seek goes to the recording that shows the place, and says so at once', async () => {
  const { deck, arrive, last, video } = world()
  deck.play()
  await arrive()
  deck.seek(4_000)
  expect(video.currentTime).toBe(4)
  deck.seek(17_000)
  expect(last()).toMatchObject({ url: '/hls/c.m3u8', from: 2 })
  expect(deck.position()).toBe(17_000)
  await arrive()
  expect(deck.position()).toBe(17_000)
  expect(deck.date()).toBe(302_000)
  deck.seek(99_000_000)
  expect(deck.position()).toBe(35_000)
})

test('V26 going on at a moment finds its recording before anything was loaded', async () => {
  const { deck, arrive, last, video } = world()
  deck.toDate(203_000)
  deck.play()
  await arrive()
  expect(last()?.url).toBe('/hls/b.m3u8')
  expect(video.currentTime).toBe(3)
  expect(deck.position()).toBe(13_000)
})

test('what breaks is asked for again from where it was; then it is said', async () => {
  const { deck, arrive, last, video, clock, facts, asked } = world()
  deck.play()
  await arrive()
  video.currentTime = 6
  last()?.on.failed('network')
  expect(facts()?.at).toBe('loading')
  clock.advance(10_000)
  await arrive()
  expect(last()).toMatchObject({ url: '/hls/a.m3u8', from: 6 })
  expect([facts()?.at, asked()]).toEqual(['ready', 1])
  for (let i = 0; i < 6; i++) {
    last()?.on.failed('gone')
    clock.advance(10_000)
    await settle()
  }
  expect(facts()?.at).toBe('gone')
  deck.retry()
  await arrive()
  expect(facts()?.at).toBe('ready')
})

test('an address is renewed before it expires, without a break', async () => {
  const expiring = [{ ...clip('a', 100_000, 10_000), expiresAt: 1_000_000 + 300_000 }]
  const fresh = [{ ...clip('a', 100_000, 10_000), hls: '/hls/a2.m3u8', expiresAt: 9_000_000 }]
  const { deck, arrive, opened, clock, asked, last } = world({ clips: expiring, renewed: fresh })
  deck.play()
  await arrive()
  clock.advance(250_000)
  await settle()
  expect([asked(), opened.length]).toEqual([1, 1])
  last()?.on.failed('gone')
  clock.advance(10_000)
  await settle()
  expect(last()?.url).toBe('/hls/a2.m3u8')
})

test('after a cut the same moment goes on', async () => {
  const { deck, arrive, video, last } = world()
  deck.play()
  await arrive()
  video.currentTime = 8
  deck.replace([CUT, ...THREE.slice(1)])
  await arrive()
  expect(last()?.url).toBe(CUT.hls)
  expect(video.currentTime).toBe(3)
  expect(deck.span().to).toBe(30_000)
})

test('V27 of a live picture the place is that of its playlist, and a seek stays inside it', async () => {
  const { deck, arrive, video, facts } = world({ clips: [clip('a', 0, 0)], live: true })
  deck.toDate(1_200_000)
  deck.play()
  await arrive()
  expect(video.currentTime).toBe(1_200)
  // The player's own idea of where to begin comes with its first picture.
  video.currentTime = 1_894
  video.say('loadeddata')
  expect(video.currentTime).toBe(1_200)
  video.currentTime = 1_300
  video.say('loadeddata')
  expect(video.currentTime).toBe(1_300)
  deck.seek(5_000_000)
  expect(video.currentTime).toBe(1_897)
  deck.seek(0)
  expect(video.currentTime).toBe(100)
  expect(deck.span()).toEqual({ from: 100_000, to: 1_900_000 })
  video.say('ended')
  expect(facts()?.over).toBe(true)
})

test('a browser that wants a touch first is asked for one', async () => {
  const { deck, arrive, video, facts } = world()
  video.refuses = Object.assign(new Error('no'), { name: 'NotAllowedError' })
  deck.play()
  await arrive()
  await settle()
  expect(facts()).toMatchObject({ blocked: true, playing: false })
})
