import { expect, test } from 'vitest'
import type { Playback } from '../../shared/api/streams.ts'
import { ok } from '../../shared/protocol/index.ts'
import { settle } from '../test/clock.ts'
import { fakeVideo } from '../test/fake-video.ts'
import { recordingLog } from '../test/uws-server.ts'
import type { Stream } from './ports.ts'
import { createProviders, type Elsewhere } from './providers.ts'
import type { VideoEvent } from './video-ports.ts'

const AT_MUX: Playback = {
  ...{ provider: 'mux', state: 'live', push: null, dvr: null },
  ...{ hls: 'https://video/', hlsPlain: 'https://video/', expiresAt: 1 },
}

function world(options: { mux?: boolean } = {}) {
  const studio = fakeVideo()
  const carriers = new Map<string, Stream['provider']>([
    ['here', 'local'],
    ['there', 'mux'],
  ])
  const stream = (id: string) => ({ id, provider: carriers.get(id) }) as Stream
  const closed: string[] = []
  const said = new Set<(event: VideoEvent) => void>()
  const mux: Elsewhere = {
    playback: () => Promise.resolve(AT_MUX),
    prepare: () => Promise.resolve(ok(null)),
    close: (id) => Promise.resolve(void closed.push(id)),
    onEvent(fn) {
      said.add(fn)
      return () => said.delete(fn)
    },
  }
  const providers = createProviders({
    local: studio.video,
    here: studio.video,
    mux: options.mux === false ? null : mux,
    streams: { byId: (id) => Promise.resolve(carriers.has(id) ? stream(id) : null) },
    log: recordingLog().log,
  })
  const heard: VideoEvent[] = []
  const stop = providers.video.onEvent((event) => heard.push(event))
  return {
    ...{ studio, providers, heard, closed, stop, stream },
    says: (event: VideoEvent) => {
      for (const fn of said) fn(event)
    },
  }
}

test('V20 states of our own video pass as they are', async () => {
  const { studio, heard, stop } = world()
  for (const state of ['connecting', 'live', 'reconnecting', 'live', 'ended'] as const)
    studio.becomes('here', state)
  await settle()
  expect(heard.map(({ state }) => state)).toEqual(['connecting', 'live', 'reconnecting', 'live', 'ended'])
  stop()
  studio.becomes('here', 'live')
  await settle()
  expect(heard.length).toBe(5)
})

test('V20 who publishes here to an audience of Mux holds the stream; Mux says when it is on air and over', async () => {
  const { studio, heard, says } = world()
  for (const state of ['connecting', 'live', 'reconnecting', 'live', 'ended'] as const)
    studio.becomes('there', state)
  await settle()
  studio.becomes('there', 'connecting')
  await settle()
  expect(heard.map(({ state }) => state)).toEqual([
    ...['connecting', 'connecting', 'reconnecting', 'connecting', 'idle'],
    'connecting',
  ])
  says({ stream: 'there', state: 'live', hosted: true })
  expect(heard.at(-1)).toEqual({ stream: 'there', state: 'live', hosted: true })
})

test('V20 a page plays from whoever carries the stream; ending ends it everywhere', async () => {
  const { providers, stream, closed, studio } = world()
  expect(await providers.playback(stream('there'), null)).toEqual(AT_MUX)
  expect(await providers.playback(stream('here'), null)).toMatchObject({ provider: 'local', push: '/push' })
  providers.end('there')
  expect([closed, studio.ended]).toEqual([['there'], ['there']])
})

test('V20 without Mux its streams go on here', async () => {
  const { providers, stream, studio, heard } = world({ mux: false })
  expect(await providers.playback(stream('there'), null)).toMatchObject({ provider: 'local' })
  expect(await providers.prepare(stream('there'))).toEqual(ok(null))
  expect(await providers.isMux('there')).toBe(false)
  studio.becomes('there', 'live')
  expect(heard).toEqual([{ stream: 'there', state: 'live' }])
})
