import { expect, test } from 'vitest'
import { createApi } from './api.ts'

type Sent = { path: string; init: RequestInit }

function answering(make: () => Response | Promise<Response>) {
  const sent: Sent[] = []
  const api = createApi((path, init) => {
    sent.push({ path: path as string, init: init ?? {} })
    return Promise.resolve(make())
  })
  return { api, sent }
}

test('an answer is its value', async () => {
  const { api, sent } = answering(() => Response.json({ principal: null, signUp: 'open' }))
  expect(await api.me()).toEqual({ ok: true, value: { principal: null, signUp: 'open' } })
  expect(sent[0]).toMatchObject({ path: '/api/me', init: { method: 'GET' } })
  expect(sent[0]?.init.body).toBeUndefined()
})

test('a slug is escaped into the path', async () => {
  const { api, sent } = answering(() => Response.json({}))
  await api.pass('a/../b')
  expect(sent[0]?.path).toBe('/api/streams/a%2F..%2Fb/pass')
})

test('a refusal keeps its code, words and field', async () => {
  const denial = { code: 'email_taken', says: 'An account with this e-mail exists.', field: 'email' }
  const { api } = answering(() => Response.json(denial, { status: 409 }))
  expect(await api.signUp({ email: 'a@b.c', password: 'x'.repeat(10), name: 'A' })).toEqual({
    ok: false,
    denial,
  })
})

test('an error page of something on the way counts as offline', async () => {
  const { api } = answering(() => new Response('<h1>502 Bad Gateway</h1>', { status: 502 }))
  expect(await api.home()).toMatchObject({ ok: false, denial: { code: 'offline' } })
})

test('JSON that is not ours counts as offline', async () => {
  const { api } = answering(() => Response.json({ message: 'no' }, { status: 500 }))
  expect(await api.home()).toMatchObject({ ok: false, denial: { code: 'offline' } })
})

test('no network counts as offline', async () => {
  const { api } = answering(() => Promise.reject(new TypeError('Failed to fetch')))
  expect(await api.home()).toMatchObject({ ok: false, denial: { code: 'offline' } })
})

test('an empty answer is fine', async () => {
  const { api } = answering(() => new Response(null, { status: 204 }))
  expect(await api.signOut()).toEqual({ ok: true, value: null })
})
