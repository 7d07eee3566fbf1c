// The web side as it runs: HTTP over the wire, argon2id, the embedded database.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Me } from '../../shared/api/identity.ts'
import type { HomeStreams, StreamCard } from '../../shared/api/streams.ts'
import { createPasswords } from '../adapters/argon2/index.ts'
import { isUnavailable } from '../adapters/pg/fault.ts'
import { systemRandom } from '../adapters/system/index.ts'
import { createAiring } from '../app/airing.ts'
import { pglite } from './databases.ts'
import { openStore, type Store } from './store.ts'
import { startUws } from './uws-server.ts'
import { createWorld } from './web-world.ts'

let store: Store
beforeAll(async () => {
  store = await openStore(pglite)
})
afterAll(() => store.close())

const PASSWORD = 'correct horse battery'

async function startWeb() {
  const passwords = await createPasswords('nobody knows')
  const world = createWorld({
    store,
    passwords,
    startAt: Date.now(),
    random: systemRandom,
    http: { isUnavailable },
  })
  const server = await startUws(world.http.fetch)
  /** A client over the network that keeps its cookie. */
  function client() {
    let cookie = ''
    return async (method: string, path: string, body?: unknown) => {
      const headers = { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
      const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
      const response = await fetch(server.url + path, init)
      const [set] = response.headers.getSetCookie()
      if (set !== undefined) cookie = set.split(';')[0] ?? ''
      return { status: response.status, body: (await response.json()) as unknown }
    }
  }
  return { world, client, [Symbol.asyncDispose]: () => server.uws.close({ graceMs: 0 }) }
}

test('I1 from an empty database to a claimed host, who then signs in with a password', async () => {
  await using web = await startWeb()
  const link = await web.world.hostLink()
  const host = web.client()
  const token = link?.split('#')[1]
  expect((await host('POST', '/api/sign-in/link', { token })).body).toMatchObject({
    principal: { kind: 'account', canHost: true, email: null, hasPassword: false },
  })
  expect((await web.client()('POST', '/api/sign-in/link', { token })).status).toBe(401)
  const claim = { name: 'Hanna', email: 'Hanna@Example.org', password: PASSWORD }
  expect((await host('PATCH', '/api/me', claim)).status).toBe(200)
  expect(await web.world.hostLink()).toBeNull()

  const laptop = web.client()
  const signIn = { email: 'hanna@example.org', password: PASSWORD }
  expect((await laptop('POST', '/api/sign-in', { ...signIn, password: 'wrong' })).status).toBe(401)
  expect((await laptop('POST', '/api/sign-in', signIn)).body).toMatchObject({ principal: { name: 'Hanna' } })

  // I7: the other session ends, this one goes on.
  const change = { password: `${PASSWORD} 2`, currentPassword: PASSWORD }
  expect((await laptop('PATCH', '/api/me', change)).status).toBe(200)
  expect((await host('GET', '/api/me')).body).toMatchObject({ principal: null })
  expect((await laptop('GET', '/api/me')).body).toMatchObject({ principal: { name: 'Hanna' } })

  // A stream of hers, from the first word to the end.
  const created = await laptop('POST', '/api/streams', {
    title: 'Tea at five',
    startsAt: Date.now() + 60_000,
  })
  const card = created.body as StreamCard
  expect([created.status, card]).toMatchObject([201, { slug: 'tea-at-five', host: { name: 'Hanna' } }])
  const again = (await laptop('POST', '/api/streams', { title: 'Tea at five' })).body as StreamCard
  expect(again.slug).toBe('tea-at-five-2')

  const viewer = web.client()
  const pass = (await viewer('POST', `/api/streams/${card.slug}/pass`, {})).body as { pass: string }
  const me = ((await viewer('GET', '/api/me')).body as Me).principal
  expect(await web.world.tokens.readPass(pass.pass)).toMatchObject({ principal: me?.id, stream: card.id })
  expect((await viewer('PATCH', `/api/streams/${card.slug}`, { title: 'Mine' })).status).toBe(403)

  const { video } = web.world.studio
  const { act, bus, clock, log, random } = web.world
  const node = random.uuid()
  const stop = createAiring({ node, video, streams: store.streams, act, bus, clock, random, log }).start()
  web.world.studio.becomes(card.id, 'live')
  await expect
    .poll(async () => ((await viewer('GET', '/api/streams')).body as HomeStreams).live.length)
    .toBe(1)
  expect((await laptop('POST', `/api/streams/${card.slug}/end`, {})).body).toMatchObject({ state: 'ended' })
  expect((await laptop('POST', `/api/streams/${card.slug}/end`, {})).status).toBe(200)
  expect((await laptop('POST', `/api/streams/${card.slug}/ingest-grant`, {})).status).toBe(409)
  stop()
  const room = await store.journal.latest(null, { kind: 'room', stream: card.id }, 10)
  expect(room.entries.map(({ event }) => event)).toEqual([
    { type: 'stream', state: 'live' },
    { type: 'stream', state: 'ended' },
  ])

  await store.ban(card.id, me?.id ?? '', 60_000)
  expect((await viewer('POST', `/api/streams/${card.slug}/pass`, {})).body).toMatchObject({ code: 'banned' })
})

test('I4 two sign-ups with one invite or one e-mail at the same time: one of them is refused', async () => {
  await using web = await startWeb()
  const host = web.client()
  await host('POST', '/api/sign-in', { email: 'hanna@example.org', password: `${PASSWORD} 2` })
  const { url } = (await host('POST', '/api/invites', { canHost: true })).body as { url: string }
  const invite = url.split('#')[1]
  const signUp = (email: string, more = {}) =>
    web.client()('POST', '/api/sign-up', { email, password: PASSWORD, name: 'X', ...more })
  const invited = await Promise.all([
    signUp('one@example.org', { invite }),
    signUp('two@example.org', { invite }),
  ])
  expect(invited.map(({ status }) => status).sort()).toEqual([200, 403])
  const twins = await Promise.all([
    signUp('twin@example.org', { name: 'Y' }),
    signUp('TWIN@example.org', { name: 'Y' }),
  ])
  expect(twins.map(({ status }) => status).sort()).toEqual([200, 409])
})

test('O6 nothing that fits the schemas makes the database throw', async () => {
  await using web = await startWeb()
  const client = web.client()
  const odd = [
    "'; drop table app.stream; --",
    '\u{1f469}\u200d\u{1f4bb}',
    '%',
    '\\',
    '\ufe0f',
    '$1',
    '\ud800',
    '\0',
  ]
  for (const text of odd) {
    const replies = [
      await client('POST', '/api/guest', { name: text }),
      await client('PATCH', '/api/me', { name: text }),
      await client('POST', '/api/sign-in', { email: `${text}@x.y`, password: text }),
      await client('GET', `/api/streams/${encodeURIComponent(text === '\ud800' ? '\ufffd' : text)}`),
      await client('POST', '/api/sign-in/link', { token: text.padEnd(16, 'x') }),
    ]
    for (const { status } of replies) expect([text, status < 500]).toEqual([text, true])
  }
  expect(web.world.faults).toEqual([])
})
