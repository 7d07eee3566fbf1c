import { describe, expect, test } from 'vitest'
import type { EncodedPacket } from '../../../shared/media.ts'
import type { Dial, PushState } from '../../app/video-ports.ts'
import { createHandClock, settle } from '../../test/clock.ts'
import { AAC, picture, sound } from '../../test/media/packets.ts'
import { createHandLine, FILMED, NOISE } from '../../test/media/rtmp.ts'
import { createSeededRandom } from '../../test/random.ts'
import { createPusher } from './publisher.ts'
import { createRtmpSession, type RtmpEvent } from './session.ts'
import { createTagReader } from './tags.ts'
import { targetOf } from '../../domain/push-target.ts'

const START = Date.UTC(2026, 0, 1)
const KEY = 'a-secret-key'

/** A server for the pusher: our session, which says to every `publish` what the test wants. */
function createStage(options: { url?: string; answers?: ('accept' | 'refuse' | 'silence' | 'dead')[] } = {}) {
  const clock = createHandClock(START)
  const states: PushState[] = []
  const answers = options.answers ?? []
  const calls: {
    events: RtmpEvent[]
    line: ReturnType<typeof createHandLine>
    at: number
    hangUp(): void
  }[] = []
  const dial: Dial = (_to, { opened, failed }) => {
    const answer = answers.shift() ?? 'accept'
    if (answer === 'dead') {
      queueMicrotask(() => failed('Nobody answers at this address.'))
      return () => undefined
    }
    const server = createRtmpSession(NOISE)
    const events: RtmpEvent[] = []
    const line = createHandLine()
    // Bytes travel; nobody hears anything within the call in which it was said.
    const later = (run: () => void) => queueMicrotask(run)
    line.write = (bytes) => {
      later(() => {
        for (const event of server.push(bytes)) {
          events.push(event)
          if (event.type === 'send') session.bytes(event.bytes)
          if (event.type === 'publish' && answer !== 'silence')
            session.bytes(answer === 'accept' ? server.accept() : server.refuse(`no ${KEY} here`, false))
        }
      })
    }
    const session = opened(line)
    calls.push({ events, line, at: clock.now(), hangUp: () => session.closed() })
    return () => undefined
  }
  const pusher = createPusher({ clock, random: createSeededRandom(1), dial })
  const tap = pusher.push({ url: options.url ?? 'rtmp://there.example/app', key: KEY }, (state) =>
    states.push(state),
  )
  /** What the last connection was sent, read like an encoder's. */
  const got = () => {
    const reader = createTagReader()
    return (calls.at(-1)?.events ?? []).flatMap((event) => {
      if (event.type !== 'video' && event.type !== 'audio') return []
      const tag = reader[event.type](event.payload, event.ts)
      if (tag?.type === 'config') return [`config ${tag.config.kind}`]
      return tag?.type === 'packet'
        ? [`${event.type} ${event.ts}${tag.packet.key && event.type === 'video' ? ' key' : ''}`]
        : []
    })
  }
  const play = async (...packets: EncodedPacket[]) => {
    for (const packet of packets) tap.packet(packet)
    await settle()
  }
  const last = () => states.at(-1)
  return { clock, states, calls, tap, got, play, last, said: () => states.map(({ state }) => state) }
}
type Stage = ReturnType<typeof createStage>

async function begin(stage: Stage): Promise<Stage> {
  await settle()
  stage.tap.config(FILMED)
  stage.tap.config(AAC)
  return stage
}
const delta = (ts: number) => picture(START + ts, false)
const key = (ts: number) => picture(START + ts, true)

describe('V13 a show is sent on as it is', () => {
  test('V13 the codecs first, then everything from a key frame on, at times of its own', async () => {
    const stage = await begin(createStage())
    expect(stage.said()).toEqual(['connecting', 'live'])
    await stage.play(delta(0), sound(START + 10), key(40), sound(START + 50), delta(73))
    expect(stage.got()).toEqual(['config video', 'config audio', 'video 0 key', 'audio 10', 'video 33'])
    const named = stage.calls[0]?.events.find((event) => event.type === 'publish')
    expect(named).toEqual({ type: 'publish', name: KEY })
  })

  test('V13 sound alone begins anywhere; another encoder is told before its packets', async () => {
    const stage = createStage()
    await settle()
    stage.tap.config(AAC)
    await stage.play(sound(START))
    expect(stage.got()).toEqual(['config audio', 'audio 0'])
    stage.tap.pause()
    stage.tap.config(FILMED)
    await stage.play(delta(40), key(80))
    expect(stage.got().slice(2)).toEqual(['config video', 'video 80 key'])
  })

  test('V13 the end of the show is said, and no word follows', async () => {
    const stage = await begin(createStage())
    await stage.play(key(0))
    stage.tap.end()
    await settle()
    expect(stage.calls[0]?.events.at(-1)).toEqual({ type: 'unpublish' })
    expect(stage.calls[0]?.line.closed).toBe(true)
    await stage.play(key(1_000))
    expect(stage.said()).toEqual(['connecting', 'live', 'closed'])
    expect(stage.clock.timers()).toBe(0)
  })
})

describe('V13 what cannot be sent is given up, the show never waits', () => {
  test('V13 a line that is behind loses pictures up to a key frame, and the host is told', async () => {
    const stage = await begin(createStage())
    await stage.play(key(0))
    const { line } = stage.calls[0]!
    line.waiting = 2_000_001
    await stage.play(delta(40), sound(START + 50), key(1_000))
    expect(stage.last()).toEqual({ state: 'live', says: 'The line is too slow: pictures are left out.' })
    line.waiting = 900_000
    await stage.play(delta(1_040), sound(START + 1_050), key(2_000), delta(2_040))
    expect(stage.got().slice(2)).toEqual(['video 0 key', 'video 2000 key', 'video 2040'])
    await stage.clock.advance(11_000)
    await stage.play(key(13_000))
    expect(stage.last()).toEqual({ state: 'live', says: null })
  })

  test('V13 a connection that breaks is made again, later each time, and begins at a key frame', async () => {
    const stage = await begin(createStage({ answers: ['accept', 'dead', 'dead', 'accept'] }))
    await stage.play(key(0))
    stage.calls[0]?.hangUp()
    expect(stage.last()).toEqual({ state: 'waiting', says: 'The connection broke.' })
    await stage.clock.advance(1_000)
    expect(stage.last()).toEqual({ state: 'waiting', says: 'Nobody answers at this address.' })
    await stage.clock.advance(6_000)
    expect(stage.last()?.state).toBe('live')
    expect(stage.calls).toHaveLength(2)
    expect(stage.calls[1]!.at - START).toBeGreaterThan(0.5 * (1_000 + 2_000 + 4_000))
    await stage.play(delta(5_000), key(5_040))
    expect(stage.got()).toEqual(['config video', 'config audio', 'video 0 key'])
  })

  test('V13 who does not answer is given up after 10 s, and tried again', async () => {
    const stage = await begin(createStage({ answers: ['silence', 'accept'] }))
    await stage.clock.advance(10_000)
    expect(stage.states.at(-1)).toEqual({ state: 'waiting', says: 'It did not answer in time.' })
    expect(stage.calls[0]?.line.closed).toBe(true)
    await stage.clock.advance(1_000)
    expect(stage.last()?.state).toBe('live')
  })

  test('V13 who refuses again and again is left alone, and the key is in no word of it', async () => {
    const stage = await begin(createStage({ answers: Array.from({ length: 9 }, () => 'refuse' as const) }))
    await stage.clock.advance(300_000)
    expect(stage.calls).toHaveLength(5)
    expect(stage.last()).toEqual({ state: 'failed', says: 'no … here' })
    expect(JSON.stringify(stage.states)).not.toContain(KEY)
    expect(stage.clock.timers()).toBe(0)
  })

  test('V13 closing while it waits ends the waiting', async () => {
    const stage = await begin(createStage({ answers: ['dead'] }))
    stage.tap.close()
    await stage.clock.advance(60_000)
    expect(stage.said()).toEqual(['connecting', 'waiting', 'closed'])
    expect(stage.calls).toHaveLength(0)
  })
})

test('V13 an address is taken apart, and what is none fails at once', () => {
  const at = { host: 'a.example', port: 1_935, secure: false, app: 'live', url: 'rtmp://a.example/live' }
  expect(targetOf('rtmp://a.example/live')).toEqual(at)
  expect(targetOf('rtmp://a.example/live/')).toEqual(at)
  expect(targetOf('rtmps://a.example:443/app/x')).toMatchObject({ port: 443, secure: true, app: 'app/x' })
  expect(targetOf('rtmps://a.example/app')).toMatchObject({ port: 443 })
  expect(targetOf('rtmp://a.example:80/app')).toMatchObject({ port: 80 })
  expect(targetOf('rtmp://[::1]:19350/app')).toMatchObject({ host: '::1', port: 19_350 })
  for (const wrong of [
    'http://a/b',
    'rtmp://a',
    'rtmp://a/',
    'rtmp://u:p@a/b',
    'rtmp://a/b?c',
    'rtmp://a b/c',
    '',
  ])
    expect(targetOf(wrong)).toBeNull()
  const stage = createStage({ url: 'http://a/b' })
  expect(stage.last()?.state).toBe('failed')
  expect(stage.calls).toHaveLength(0)
})
