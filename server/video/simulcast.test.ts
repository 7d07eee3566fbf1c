import { expect, test } from 'vitest'
import type { PushState, Pusher } from '../app/video-ports.ts'
import { settle } from '../test/clock.ts'
import { stretch } from '../test/media/packets.ts'
import { createVideoWorld } from '../test/media/world.ts'
import { createSimulcast, type OpenTarget } from './simulcast.ts'

const target = (id: string, key: string | null = 'key'): OpenTarget => ({ id, url: `rtmp://${id}/app`, key })

/** The targets of stream S; the other sides are the test. */
function createStage(...first: OpenTarget[]) {
  const world = createVideoWorld()
  let targets = first
  let asked = 0
  const pushes: { url: string; got: string[]; tell(state: PushState): void; closed: boolean }[] = []
  const pusher: Pusher = {
    push({ url }, tell) {
      const one = { url, got: [] as string[], tell, closed: false }
      pushes.push(one)
      tell({ state: 'connecting', says: null })
      return {
        config: ({ kind }) => one.got.push(kind),
        packet: ({ track, key }) => one.got.push(track === 'video' && key ? 'key' : track),
        pause: () => one.got.push('pause'),
        end: () => one.got.push('end'),
        close: () => void (one.closed = true),
      }
    },
  }
  const simulcast = createSimulcast({
    ...world,
    video: world.video.provider,
    broadcastFor: world.video.broadcastFor,
    pusher,
    targetsOf(stream) {
      asked += 1
      return Promise.resolve(stream === 'S' ? targets : [])
    },
  })
  return {
    ...world,
    simulcast,
    pushes,
    asked: () => asked,
    set: (...next: OpenTarget[]) => void (targets = next),
    async live(ms = 1_500) {
      const studio = world.studio()
      await studio.play(stretch(world.clock.now(), ms))
      await settle()
      return studio
    },
    urls: () => pushes.filter(({ closed }) => !closed).map(({ url }) => url),
  }
}

test('V13 a show that is live is sent to its targets, from a key frame on, until its end', async () => {
  const stage = createStage(target('a'), target('b'))
  const studio = await stage.live()
  await studio.play(stretch(stage.clock.now(), 1_000))
  expect(stage.urls()).toEqual(['rtmp://a/app', 'rtmp://b/app'])
  for (const { got } of stage.pushes) expect(got.slice(0, 3)).toEqual(['video', 'audio', 'key'])
  expect([...stage.simulcast.states('S')]).toEqual(
    ['a', 'b'].map((id) => [id, { state: 'connecting', says: null }]),
  )
  stage.pushes[0]?.tell({ state: 'waiting', says: 'The connection broke.' })
  expect(stage.simulcast.states('S').get('a')).toEqual({ state: 'waiting', says: 'The connection broke.' })
  studio.line.drop()
  expect(stage.urls()).toHaveLength(2)
  stage.video.provider.end('S')
  expect(stage.urls()).toEqual([])
  expect(stage.simulcast.states('S').size).toBe(0)
})

test('V13 what never becomes a show is sent nowhere, and nobody asks for its targets', async () => {
  const stage = createStage(target('a'))
  const studio = await stage.live(200)
  expect(stage.states()).toEqual(['connecting'])
  studio.line.drop()
  expect(stage.asked()).toBe(0)
})

test('V13 targets that are added and removed while it is live come and go', async () => {
  const stage = createStage(target('a'))
  await stage.live()
  stage.set(target('a'), target('b'))
  stage.simulcast.refresh('S')
  await settle()
  expect(stage.urls()).toEqual(['rtmp://a/app', 'rtmp://b/app'])
  stage.revoke('a', { kind: 'session', stream: 'S' })
  expect(stage.urls()).toEqual(['rtmp://b/app'])
  stage.set(target('b'), target('c'))
  const again = await stage.live(12_000) // another node added one: asked again within 10 s
  expect(again.refusal()).toMatchObject({ reason: 'already_live' })
  expect(stage.urls()).toEqual(['rtmp://b/app', 'rtmp://c/app'])
})

test('V13 a key that cannot be read is said, and the others are sent to', async () => {
  const stage = createStage(target('a', null), target('b'))
  await stage.live()
  expect(stage.urls()).toEqual(['rtmp://b/app'])
  expect(stage.simulcast.states('S').get('a')).toMatchObject({ state: 'failed' })
})

test('V13 a node that leaves sends nothing any more', async () => {
  const stage = createStage(target('a'))
  await stage.live()
  stage.simulcast.close()
  expect(stage.urls()).toEqual([])
})
