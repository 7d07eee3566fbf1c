// Attacks with tokens that were good once, were copied, or belong to somebody else, against the real server.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Me } from '../../../shared/api/identity.ts'
import type { Pass } from '../../../shared/api/streams.ts'
import { createPerson, openChat } from '../client.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { guest } from '../show.ts'
import { OPEN_LIMITS, asked, createAttackStage, type Stage } from './stage.ts'

describe('authentication', () => {
  let server: ServerProcess
  let elsewhere: ServerProcess
  let stage: Stage
  beforeAll(async () => {
    server = await startServer({ env: OPEN_LIMITS })
    elsewhere = await startServer()
    stage = await createAttackStage(server)
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await elsewhere[Symbol.asyncDispose]()
  })
  const nameAt = async (cookie: string) =>
    (await createPerson(server.url, cookie).call<Me>('GET', '/api/me')).principal?.name ?? null

  test('A43 a guest’s token altered or of another deployment is nobody; a copy is the same guest until it is ended', async () => {
    const { slug } = stage.stream
    const ada = await guest(server, 'Ada of 43')
    const cookie = ada.cookie()
    expect(await nameAt(cookie)).toBe('Ada of 43')
    const [head = '', payload = '', tail = ''] = cookie.split('.')
    const forged = Buffer.from(payload, 'base64url').toString().replace(ada.id, stage.bob.id)
    for (const bad of [
      [head, Buffer.from(forged).toString('base64url'), tail].join('.'),
      [head, payload, tail.slice(0, -2) + (tail.endsWith('AA') ? 'BB' : 'AA')].join('.'),
      [head, payload, ''].join('.'),
      (await guest(elsewhere, 'Ada of 43')).cookie(),
    ])
      expect(await nameAt(bad)).toBeNull()
    const [phone, copy] = [await ada.join(slug), await createPerson(server.url, cookie).join(slug)]
    await asked(phone, { t: 'whisper', text: 'from the phone' })
    await copy.said('from the phone')
    await ada.call('POST', '/api/sign-out/everywhere', {})
    expect((await Promise.all([phone.closed, copy.closed])).map(({ code }) => code)).toEqual([4401, 4401])
    expect(await nameAt(cookie)).toBeNull()
  })

  test('A57 after signing out, a new password or the end of the person, tokens and passes are worth nothing', async () => {
    const { slug } = stage.stream
    const sign = { email: 'eve@example.org', password: 'a long password' }
    const eve = createPerson(server.url)
    await eve.call('POST', '/api/sign-up', { ...sign, name: 'Eve' })
    const second = createPerson(server.url)
    const enter = () => second.call('POST', '/api/sign-in', sign)
    const passOf = () => second.call<Pass>('POST', `/api/streams/${slug}/pass`, {})
    const ends: [string, () => Promise<unknown>][] = [
      ['signing out', () => second.call('POST', '/api/sign-out', {})],
      [
        'a new password',
        () => eve.call('PATCH', '/api/me', { password: 'another long one', currentPassword: sign.password }),
      ],
    ]
    for (const [how, end] of ends) {
      await enter()
      const [cookie, { pass }, socket] = [second.cookie(), await passOf(), await second.join(slug)]
      await end()
      expect([how, (await socket.closed).code]).toEqual([how, 4401])
      expect([how, await nameAt(cookie)]).toEqual([how, null])
      await expect(openChat(server.url, pass)).rejects.toThrow('4401')
    }
    const [cookie, socket] = [eve.cookie(), await eve.join(slug)]
    await eve.call('DELETE', '/api/me', {})
    expect((await socket.closed).code).toBe(4401)
    expect(await nameAt(cookie)).toBeNull()
    await createPerson(server.url).call(
      'POST',
      '/api/sign-in',
      { ...sign, password: 'another long one' },
      401,
    )
  })

  test('A58 a form on another site changes nothing with the cookie of somebody here', async () => {
    const { slug } = stage.stream
    const forge = (type: string, origin: Record<string, string>) =>
      fetch(`${server.url}/api/streams/${slug}/end`, {
        method: 'POST',
        headers: { cookie: stage.host.cookie(), 'content-type': type, ...origin },
        body: '{}',
      })
    for (const origin of ['https://evil.example', 'null', `${server.url}.evil.example`])
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json'])
        expect((await forge(type, { origin })).status).toBe(403)
    expect((await forge('application/json', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await forge('text/plain', {})).status).toBe(400)
    expect(
      (await stage.ada.call<{ stream: { state: string } }>('GET', `/api/streams/${slug}`)).stream.state,
    ).toBe('scheduled')
  })
})
