import { expect, test } from 'vitest'
import type { OverlayLink, OverlayPass, OverlayState } from '../../shared/api/overlay.ts'
import { createWorld, type Browser } from '../test/web-world.ts'

const KEY = '/api/streams/show/overlay-key'
const PASS = '/api/streams/show/overlay-pass'

async function stage() {
  const world = createWorld()
  const host = await world.host()
  await host.post('/api/streams', { title: 'Show', slug: 'show' })
  const anybody = world.browser()
  const keyOf = async () => ((await host.post(KEY)).body as OverlayLink).url.split('#')[1] ?? ''
  return { world, host, anybody, keyOf }
}

test('P37 the host makes, sees and removes the key, and is shown it once', async () => {
  const { world, host } = await stage()
  expect(await host.get(KEY)).toMatchObject({ status: 200, body: { since: null } })
  const made = await host.post(KEY)
  expect(made.status).toBe(201)
  expect((made.body as OverlayLink).url).toMatch(/^https:\/\/stage\.example\/overlay\/show#[\w-]{43,64}$/)
  expect(((await host.get(KEY)).body as OverlayState).since).toBe(world.clock.now())
  expect(await host.ask('DELETE', KEY)).toMatchObject({ status: 200, body: { since: null } })
  expect(await host.get(KEY)).toMatchObject({ status: 200, body: { since: null } })
  expect(world.notices.filter(({ type }) => type === 'revoked').length).toBeGreaterThanOrEqual(2)
})

test('P37 P8 nobody but the host hears of the key', async () => {
  const { world, keyOf } = await stage()
  await keyOf()
  const guest = world.browser('192.0.2.5')
  for (const ask of [
    (browser: Browser) => browser.get(KEY),
    (browser: Browser) => browser.post(KEY),
    (browser: Browser) => browser.ask('DELETE', KEY),
  ]) {
    expect(await ask(guest)).toMatchObject({ status: 401 })
  }
  await guest.post('/api/guest', { name: 'Ada' })
  expect(await guest.get(KEY)).toMatchObject({ status: 404 })
  expect(await guest.post(KEY)).toMatchObject({ status: 404 })
  expect(await guest.ask('DELETE', KEY)).toMatchObject({ status: 404 })
})

test('P36 P37 whoever has the key gets the same pass, a former key none', async () => {
  const { world, host, anybody, keyOf } = await stage()
  const former = await keyOf()
  const key = await keyOf()
  const passes = [await anybody.post(PASS, { key }), await host.post(PASS, { key })]
  expect(passes.map(({ status }) => status)).toEqual([200, 200])
  const [mine, hosts] = await Promise.all(
    passes.map(({ body }) => world.tokens.readOverlay((body as OverlayPass).pass)),
  )
  expect(mine).toEqual(hosts)
  expect(mine?.expiresAt).toBe(world.clock.now() + 600_000)
  expect(anybody.cookie()).toBeNull()
  expect(await anybody.post(PASS, { key: former })).toMatchObject({ status: 404 })
})

test('P37 P8 an unknown key answers exactly like an unknown stream, and the key of another stream too', async () => {
  const { host, anybody, keyOf } = await stage()
  const key = await keyOf()
  await host.post('/api/streams', { title: 'Other', slug: 'other' })
  const other = ((await host.post('/api/streams/other/overlay-key')).body as OverlayLink).url.split('#')[1]
  const told = async (path: string, body: unknown) => {
    const { status, body: said, headers } = await anybody.post(path, body)
    return { status, said, headers: [...headers] }
  }
  const unknown = await told('/api/streams/nowhere/overlay-pass', { key })
  expect(unknown).toMatchObject({ status: 404, said: { code: 'not_found' } })
  expect(await told(PASS, { key: 'x'.repeat(43) })).toEqual(unknown)
  expect(await told(PASS, { key: '' })).toEqual(unknown)
  expect(await told(PASS, { key: other })).toEqual(unknown)
  expect(await told(PASS, {})).toMatchObject({ status: 400 })
  expect(await told(PASS, { key: 'x'.repeat(129) })).toMatchObject({ status: 400 })
})

test('P37 keys are guessed at a rate, by address', async () => {
  const { world, anybody } = await stage()
  const guess = () => anybody.post(PASS, { key: 'guess' })
  const answers = await Promise.all(Array.from({ length: 241 }, guess))
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(1)
  expect((await world.browser('192.0.2.7').post(PASS, { key: 'guess' })).status).toBe(404)
})
