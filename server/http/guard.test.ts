import { expect, test } from 'vitest'
import { createWorld } from '../test/web-world.ts'

const GUEST = '/api/guest'
const post = (headers: Record<string, string>, body: string | null = '{}') =>
  createWorld().http.fetch(new Request(`https://stage.example${GUEST}`, { method: 'POST', headers, body }), {
    address: '192.0.2.1',
  })
const JSON_TYPE = { 'content-type': 'application/json' }

test.each([
  ['another origin', { origin: 'https://evil.example' }],
  ['an origin that hides itself', { origin: 'null' }],
  ['an origin that begins like ours', { origin: 'https://stage.example.evil.tld' }],
  ['another site, without an origin', { 'sec-fetch-site': 'cross-site' }],
  ['a sibling site', { 'sec-fetch-site': 'same-site' }],
])('I6 a change asked for by %s is refused', async (_, headers) => {
  const response = await post({ ...JSON_TYPE, ...(headers as Record<string, string>) })
  expect([response.status, await response.json()]).toMatchObject([403, { code: 'bad_origin' }])
  expect(response.headers.getSetCookie()).toEqual([])
})

test.each([
  ['our page', { origin: 'https://stage.example', 'sec-fetch-site': 'same-origin' }],
  ['no browser at all', {}],
])('I6 a change asked for by %s is taken', async (_, headers) => {
  expect((await post({ ...JSON_TYPE, ...(headers as Record<string, string>) })).status).toBe(201)
})

test.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonp',
])('I6 %s is a form of anybody and refused', async (type) => {
  const response = await post({ 'content-type': type })
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { code: 'bad_request', field: 'content-type' },
  ])
})

test('I6 A58 no body needs no type', async () => {
  expect((await post({}, null)).status).toBe(201)
})

test('a body that is no JSON is refused in words', async () => {
  const response = await post(JSON_TYPE, '{')
  expect(await response.json()).toMatchObject({ code: 'bad_request', field: 'body' })
})
