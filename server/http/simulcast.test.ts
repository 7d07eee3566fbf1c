import { expect, test } from 'vitest'
import type { Simulcast } from '../../shared/api/simulcast.ts'
import type { PushState } from '../app/video-ports.ts'
import { createWorld } from '../test/web-world.ts'

const PATH = '/api/streams/show/simulcast'
const twitch = { name: 'Twitch', url: 'rtmps://live.example/app', key: 'live_secret_1' }

async function stage() {
  const states = new Map<string, PushState>()
  const refreshed: string[] = []
  const world = createWorld({
    sending: { states: () => states, refresh: (stream) => refreshed.push(stream) },
  })
  const host = await world.host()
  await host.post('/api/streams', { title: 'Show', slug: 'show' })
  const list = async () => ((await host.get(PATH)).body as Simulcast).targets
  return { world, host, states, refreshed, list }
}

test('V13 the host adds, sees and removes targets, and is shown no key again', async () => {
  const { world, host, states, refreshed, list } = await stage()
  expect((await host.get(PATH)).body).toEqual({ targets: [], most: 5 })
  const added = await host.post(PATH, twitch)
  expect(added.status).toBe(201)
  const [target] = (added.body as Simulcast).targets
  expect(target).toMatchObject({ name: 'Twitch', url: twitch.url, state: 'off', says: null })
  expect(JSON.stringify([added.body, await list()])).not.toContain('live_secret_1')
  expect(refreshed).toHaveLength(1)
  states.set(target?.id ?? '', { state: 'waiting', says: 'The connection broke.' })
  expect(await list()).toMatchObject([{ state: 'waiting', says: 'The connection broke.' }])
  const removed = await host.ask('DELETE', `${PATH}/${target?.id}`)
  expect(removed).toMatchObject({ status: 200, body: { targets: [] } })
  expect(world.notices.at(-1)).toEqual({ type: 'revoked' })
  expect(world.revocations.at(-1)).toMatchObject({ principal: target?.id })
  expect(await host.ask('DELETE', `${PATH}/${target?.id}`)).toMatchObject({ status: 404 })
  expect(await host.ask('DELETE', `${PATH}/none`)).toMatchObject({ status: 404 })
})

test('V13 five targets and no more; what is no address is refused', async () => {
  const { host, list } = await stage()
  for (const url of ['http://a/b', 'rtmp://a', 'rtmp://u:p@a/b', 'rtmp://a/b?key=x'])
    expect(await host.post(PATH, { ...twitch, url })).toMatchObject({ status: 400, body: { field: 'url' } })
  expect(await host.post(PATH, { ...twitch, key: ' ' })).toMatchObject({
    status: 400,
    body: { field: 'key' },
  })
  for (let n = 1; n <= 5; n++) expect((await host.post(PATH, { ...twitch, name: `T${n}` })).status).toBe(201)
  expect(await host.post(PATH, twitch)).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
  expect(await list()).toHaveLength(5)
})

test('V13 nobody but the host hears of targets', async () => {
  const { world, host, list } = await stage()
  await host.post(PATH, twitch)
  const [target] = await list()
  const guest = world.browser('192.0.2.5')
  const asked = async () =>
    (
      await Promise.all([
        guest.get(PATH),
        guest.post(PATH, twitch),
        guest.ask('DELETE', `${PATH}/${target?.id}`),
      ])
    ).map(({ status }) => status)
  expect(await asked()).toEqual([401, 401, 401])
  await guest.post('/api/guest', { name: 'Ada' })
  expect(await asked()).toEqual([404, 404, 404])
  expect(await list()).toHaveLength(1)
})
