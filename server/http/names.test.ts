// Who may bear which name, asked over HTTP.
import { expect, test } from 'vitest'
import { createWorld } from '../test/web-world.ts'

const account = (name: string) => ({
  ...{ name, email: `${encodeURIComponent(name)}@example.org`, password: 'long enough it is' },
})
const reserved = { code: 'name_reserved', field: 'name' }

test('P23 nobody takes a name that looks like that of somebody who may host', async () => {
  const world = createWorld()
  const host = await world.host()
  expect((await host.patch('/api/me', { name: 'Hana' })).status).toBe(200)
  const guest = world.browser('192.0.2.2')
  const homographs = ['HANA', 'Наnа', 'H a n a', 'Hana 🎭', '𝓗𝓪𝓷𝓪', 'Hána', '_Hana_']
  for (const [i, name] of homographs.entries()) {
    const stranger = world.browser(`192.0.2.${10 + i}`)
    expect((await stranger.post('/api/guest', { name })).body).toMatchObject(reserved)
    expect((await stranger.post('/api/sign-up', account(name))).body).toMatchObject(reserved)
  }
  expect((await guest.post('/api/guest', { name: 'Hanna' })).status).toBe(201)
  expect((await guest.patch('/api/me', { name: 'НАNА' })).body).toMatchObject(reserved)
  expect((await guest.get('/api/me')).body).toMatchObject({ principal: { name: 'Hanna' } })
  // Two viewers may look alike: nobody takes one for somebody who has a say.
  expect((await world.browser().post('/api/guest', { name: 'HANNA' })).status).toBe(201)
  // One's own name is one's own, in every way it can be written.
  expect((await host.patch('/api/me', { name: 'HANA' })).status).toBe(200)
})

test('P24 a badge or an office cannot be typed into a name; who bears one keeps it', async () => {
  const world = createWorld()
  const guest = world.browser()
  await guest.post('/api/guest', { name: 'Ada' })
  for (const name of ['Ada ✅', 'Ada (moderator)', 'Stagedoor', 'ѕуѕtеm']) {
    const answer = await guest.patch('/api/me', { name })
    expect([answer.status, answer.body]).toEqual([
      expect.any(Number),
      expect.objectContaining({ field: 'name' }),
    ])
    expect(answer.status).toBeGreaterThanOrEqual(400)
  }
  expect((await guest.get('/api/me')).body).toMatchObject({ principal: { name: 'Ada' } })
  const host = await world.host()
  const password = 'long enough it is'
  const whole = { name: 'Host', email: 'host@example.org', password }
  expect((await host.patch('/api/me', whole)).body).toMatchObject({ principal: { name: 'Host' } })
})
