import { expect, test } from 'vitest'
import { createLimiter, perMinute } from '../app/limiter.ts'
import { createIngestKeys } from '../app/ingest.ts'
import type { IngestKey } from '../../shared/api/ingest.ts'
import type { StreamCard } from '../../shared/api/streams.ts'
import { createWorld } from '../test/web-world.ts'

const KEY = '/api/streams/show/ingest-key'
const RESET = `${KEY}/reset`
const STATUS = '/api/streams/show/ingest'

async function stage(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options)
  const host = await world.host()
  const { id } = (await host.post('/api/streams', { title: 'Show', slug: 'show' })).body as StreamCard
  const keyOf = async () => ((await host.get(KEY)).body as IngestKey).key
  const keys = createIngestKeys({
    ...world,
    limit: createLimiter({ clock: world.clock, rate: perMinute(60, 60) }),
  })
  return { world, host, id, keyOf, keys, check: (key: string) => keys.check(key, '192.0.2.1') }
}

test('V11 the host is shown the key, the same each time, and it opens the stream and no other', async () => {
  const { host, id, keyOf, keys, check } = await stage()
  const key = await keyOf()
  expect(key).toMatch(new RegExp(`^${id}-[\\w-]{32}$`))
  expect(await keyOf()).toBe(key)
  expect(keys.streamOf(key)).toBe(id)
  expect(await check(key)).toEqual({ ok: true, stream: id })
  const other = (await host.post('/api/streams', { title: 'Other', slug: 'other' })).body as StreamCard
  expect(await check(key.replace(id, other.id))).toMatchObject({ ok: false })
})

test('V11 a reset makes another key, tells all nodes, and the former opens nothing', async () => {
  const { world, host, id, keyOf, check } = await stage()
  const former = await keyOf()
  const before = world.notices.length
  const reset = await host.post(RESET)
  expect(reset.status).toBe(200)
  const { key } = reset.body as IngestKey
  expect(key).not.toBe(former)
  expect(await keyOf()).toBe(key)
  expect(await check(former)).toMatchObject({ ok: false })
  expect(await check(key)).toEqual({ ok: true, stream: id })
  expect(world.notices.slice(before)).toEqual([{ type: 'revoked' }])
  expect(world.revocations.at(-1)).toMatchObject({ principal: id, stream: id, kind: 'session' })
})

test('V11 nobody but the host sees the key, resets it, or hears who was refused', async () => {
  const { world, keyOf, check } = await stage()
  const key = await keyOf()
  const guest = world.browser('192.0.2.5')
  const asked = () => Promise.all([guest.get(KEY), guest.post(RESET), guest.get(STATUS)])
  expect((await asked()).map(({ status }) => status)).toEqual([401, 401, 401])
  await guest.post('/api/guest', { name: 'Ada' })
  expect((await asked()).map(({ status }) => status)).toEqual([404, 404, 404])
  expect(await check(key)).toMatchObject({ ok: true })
})

test('V11 a wrong key and one of no stream are told the same; a stream that is over says so to its key alone', async () => {
  const { host, keyOf, check } = await stage()
  const key = await keyOf()
  const wrong = await check(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`)
  expect(wrong).toEqual({ ok: false, says: 'The stream key is wrong. Copy it from the studio.' })
  expect(await check(key.replace(/^......../, '00000000'))).toEqual(wrong)
  for (const none of ['', 'test', key.slice(0, 36), `${key}A`, key.replace('-', '_')])
    expect(await check(none)).toEqual(wrong)
  await host.post('/api/streams/show/end')
  expect(await check(key)).toMatchObject({ says: expect.stringContaining('over') as string })
  expect(await check(`${key}A`)).toEqual(wrong)
})

test('V11 keys are guessed at a rate, by address', async () => {
  const { keyOf, keys, check } = await stage()
  const key = await keyOf()
  for (let n = 0; n < 60; n++) await check('guess')
  expect(await check(key)).toMatchObject({ ok: false, says: expect.stringContaining('Too many') as string })
  expect(await keys.check(key, '192.0.2.2')).toMatchObject({ ok: true })
})

test('V11 V12 the host reads where encoders call, whether they can, and who was refused', async () => {
  const refusals = [{ at: 1, says: 'The stream key is wrong.' }]
  const names: (string | null)[] = []
  const { host } = await stage({
    refusals: { newest: () => refusals },
    door: {
      servers(name) {
        names.push(name)
        return [{ url: 'rtmp://stage.example/live', secure: false }]
      },
      trouble: () => 'port 1935 is taken',
    },
  })
  expect((await host.get(KEY, { host: 'stage.local:8080' })).body).toMatchObject({
    servers: [{ url: 'rtmp://stage.example/live', secure: false }],
    available: false,
    says: 'port 1935 is taken',
  })
  await host.get(KEY, { host: 'a b"c' })
  expect(names).toEqual(['stage.local', null])
  expect(await host.get(STATUS)).toMatchObject({ status: 200, body: { publisher: null, refusals } })
})
