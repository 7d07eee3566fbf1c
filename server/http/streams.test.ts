import { expect, test } from 'vitest'
import { createWorld } from '../test/web-world.ts'
import type { HomeStreams, Pass, StreamCard, StreamPage } from '../../shared/api/streams.ts'

const TEA = { title: 'Tea at five', description: 'With milk.', startsAt: 1_800_000_000_000 }

async function withStream(world = createWorld()) {
  const host = await world.host()
  const created = await host.post('/api/streams', TEA)
  return { world, host, card: created.body as StreamCard, created }
}

test('a host creates a stream; it is on the home page and on the studio list', async () => {
  const { world, host, created, card } = await withStream()
  expect(created.status).toBe(201)
  expect(card).toMatchObject({ ...TEA, slug: 'tea-at-five', state: 'scheduled', startedAt: null, viewers: 3 })
  const home = (await world.browser().get('/api/streams')).body as HomeStreams
  expect([home.upcoming, home.live, home.recent]).toEqual([[card], [], []])
  expect((await host.get('/api/studio/streams')).body).toEqual({ streams: [card] })
})

test('an address is made from the title, numbered when taken, or chosen and then never changed', async () => {
  const { host } = await withStream()
  const slug = async (request: object) => {
    const { body } = await host.post('/api/streams', request)
    return (body as { slug?: string; code?: string }).slug ?? (body as { code?: string }).code
  }
  expect(await slug({ title: 'Tea at five!' })).toBe('tea-at-five-2')
  expect(await slug({ title: '☕' })).not.toBe('')
  expect(await slug({ title: 'x', slug: 'my-own' })).toBe('my-own')
  expect(await slug({ title: 'x', slug: 'my-own' })).toBe('slug_taken')
  expect(await slug({ title: 'x', slug: 'admin' })).toBe('slug_taken')
})

test('only who may host creates; only its host edits, ends and publishes', async () => {
  const { world, host, card } = await withStream()
  const nobody = world.browser()
  const account = world.browser()
  await account.post('/api/sign-up', { email: 'a@example.org', password: 'long enough', name: 'A' })
  const at = `/api/streams/${card.slug}`
  const asks = (browser: typeof nobody) => [
    browser.post('/api/streams', TEA),
    browser.get('/api/studio/streams'),
    browser.patch(at, { title: 'Mine' }),
    browser.post(`${at}/end`),
    browser.post(`${at}/ingest-grant`),
  ]
  const codes = async (browser: typeof nobody) =>
    (await Promise.all(asks(browser))).map(({ body }) => (body as { code: string }).code)
  expect(new Set(await codes(nobody))).toEqual(new Set(['sign_in']))
  expect(new Set(await codes(account))).toEqual(new Set(['not_allowed']))
  expect((await host.get(at)).body).toMatchObject({ stream: { title: TEA.title, state: 'scheduled' } })

  const edited = await host.patch(at, { title: ' Tea at six ', startsAt: null })
  expect(edited.body).toMatchObject({ title: 'Tea at six', description: TEA.description, startsAt: null })
})

test('the page of a stream says how to play it and who you are there', async () => {
  const { world, host, card } = await withStream()
  const at = `/api/streams/${card.slug}`
  const page = (await world.browser().get(at)).body as StreamPage
  expect(page).toEqual({
    stream: card,
    you: null,
    playback: {
      provider: 'local',
      state: 'idle',
      push: '/push',
      hls: `/hls/${card.id}/live.m3u8`,
      hlsPlain: `/hls/${card.id}/plain.m3u8`,
      dvr: null,
      expiresAt: null,
    },
  })
  expect((await host.get(at)).body).toMatchObject({ you: { role: 'host' } })
})

test('a pass is for this person and this stream and lives ten minutes', async () => {
  const { world, host, card } = await withStream()
  const reply = await host.post(`/api/streams/${card.slug}/pass`)
  const { pass, expiresAt, person } = reply.body as Pass
  expect(person).toEqual({ ...card.host, guest: false })
  expect(expiresAt - world.clock.now()).toBe(600_000)
  expect(await world.tokens.readPass(pass)).toMatchObject({
    principal: card.host.id,
    stream: card.id,
    expiresAt,
  })
  expect(reply.headers.getSetCookie()).toEqual([])
})

test('a pass without a session makes a nameless guest, once', async () => {
  const { world, card } = await withStream()
  const browser = world.browser()
  const first = await browser.post(`/api/streams/${card.slug}/pass`)
  const second = await browser.post(`/api/streams/${card.slug}/pass`)
  const holders = await Promise.all(
    [first, second].map(({ body }) => world.tokens.readPass((body as { pass: string }).pass)),
  )
  expect(holders[0]?.principal).toBe(holders[1]?.principal)
  expect(first.body).toMatchObject({ person: { id: holders[0]?.principal, guest: true } })
  expect((await browser.get('/api/me')).body).toMatchObject({
    principal: { id: holders[0]?.principal, kind: 'guest', name: expect.stringMatching(/^Guest /) as string },
  })
})

test('a pass to a stream that is not there makes nobody', async () => {
  const { world } = await withStream()
  const before = world.sessionCount()
  expect((await world.browser().post('/api/streams/nowhere/pass')).status).toBe(404)
  expect(world.sessionCount()).toBe(before)
})

test('passes are limited per address', async () => {
  const { world, card } = await withStream()
  const browser = world.browser()
  const statuses = []
  for (let i = 0; i < 241; i += 1)
    statuses.push((await browser.post(`/api/streams/${card.slug}/pass`)).status)
  expect([statuses.at(-2), statuses.at(-1)]).toEqual([200, 429])
})

test('P7 a banned person gets no pass and no page', async () => {
  const { world, card } = await withStream()
  const browser = world.browser()
  const { body } = await browser.post('/api/guest')
  world.ban((body as { principal: { id: string } }).principal.id, card.id)
  for (const reply of [
    await browser.post(`/api/streams/${card.slug}/pass`),
    await browser.get(`/api/streams/${card.slug}`),
  ])
    expect([reply.status, reply.body]).toMatchObject([403, { code: 'banned' }])
})

test('P7 whoever is banned for a time is told how long and why, where the pass is asked for', async () => {
  const { world, card } = await withStream()
  const browser = world.browser()
  const { body } = await browser.post('/api/guest')
  const ada = (body as { principal: { id: string } }).principal.id
  world.ban(ada, card.id, world.clock.now() + 90_000, 'spam')
  const reply = await browser.post(`/api/streams/${card.slug}/pass`)
  expect([reply.status, reply.body]).toMatchObject([
    403,
    { code: 'banned', retryAfterMs: 90_000, reason: 'spam' },
  ])
  expect(reply.headers.get('retry-after')).toBe('90')
})

test('V2 a grant to publish is for the host of a stream that has not ended', async () => {
  const { host, card } = await withStream()
  const at = `/api/streams/${card.slug}`
  expect((await host.post(`${at}/ingest-grant`)).body).toEqual({
    grant: `grant-for-${card.id}`,
    expiresAt: 60_000,
    url: '/ingest',
  })
  await host.post(`${at}/end`)
  expect((await host.post(`${at}/ingest-grant`)).body).toMatchObject({ code: 'wrong_state' })
})

test('V1 ending tells the room once, stops the publisher, and again is no error', async () => {
  const { world, host, card } = await withStream()
  const at = `/api/streams/${card.slug}`
  expect((await host.post(`${at}/end`)).body).toMatchObject({ state: 'ended' })
  expect((await host.post(`${at}/end`)).status).toBe(200)
  expect(world.studio.ended).toEqual([card.id, card.id])
  expect(world.told()).toEqual([{ type: 'stream', state: 'ended' }])
})

test('V1 with the database away ending is refused and the publisher goes on', async () => {
  const { world, host, card } = await withStream()
  world.failActs(1)
  const reply = await host.post(`/api/streams/${card.slug}/end`)
  expect([reply.status, reply.body]).toMatchObject([503, { code: 'unavailable', retryAfterMs: 1_000 }])
  expect(world.studio.ended).toEqual([])
})

test('P8 a stream that is not there and an address that cannot be one answer alike', async () => {
  const { world, host } = await withStream()
  const replies = []
  for (const slug of ['nowhere', '%00', '..%2f..', 'A', 'a'.repeat(49), "'; drop table stream; --"]) {
    for (const browser of [world.browser(), host]) {
      const { status, body } = await browser.get(`/api/streams/${encodeURI(slug)}`)
      replies.push(JSON.stringify([status, body]))
    }
  }
  expect([...new Set(replies)]).toEqual([
    JSON.stringify([404, { code: 'not_found', says: 'There is nothing here.' }]),
  ])
})

test.each([
  [{ title: '' }, 'title'],
  [{ title: 'x'.repeat(121) }, 'title'],
  [{ title: 'a\0b' }, 'title'],
  [{ title: 'x', description: 'a\u202eb' }, 'description'],
  [{ title: 'x', slug: 'Not-A-Slug' }, 'slug'],
  [{ title: 'x', startsAt: 1.5 }, 'startsAt'],
  [{ title: 'x', startsAt: '2026' }, 'startsAt'],
  [{ title: 'x', state: 'live' }, 'state'],
  [{ title: 'x', host: 'me' }, 'host'],
  [{}, 'title'],
])('a stream of %j is refused and the field is named', async (request, field) => {
  const reply = await (await createWorld().host()).post('/api/streams', request)
  expect([reply.status, reply.body]).toMatchObject([400, { code: 'bad_request', field }])
})
