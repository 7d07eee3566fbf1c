// P41 and P42 against the real server: passphrases and invite links, what ends them, and who leaves when a gate changes.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Pass } from '../../../shared/api/streams.ts'
import { createPerson, openChat, type ChatSocket, type Person } from '../client.ts'
import { startServer } from '../server-process.ts'
import { PASSPHRASE, ROOMY, idOf, openHouse, openPush, signUp, type House } from './house.ts'

/** What P42 promises; on a machine that is busy a test waits for it, and says when it came late. */
const WITHIN_MS = 1_000
const SLACK_MS = 4_000

describe('entering', () => {
  let house: House
  let count = 0
  beforeAll(async () => {
    house = await openHouse(await startServer({ env: ROOMY }))
    await vi.waitFor(async () => expect(await house.segment()).toMatch(/\.m4s$/), { timeout: 20_000 })
  }, 60_000)
  afterAll(() => house.close())

  const stranger = () => createPerson(house.server.url)
  async function guest(): Promise<Person> {
    const person = stranger()
    await person.call('POST', '/api/guest', { name: `Guest ${++count}` })
    return person
  }
  async function enter(
    person: Person,
    body: unknown,
  ): Promise<{ code: string | null; retryAfterMs?: number }> {
    const path = `${house.at}/enter`
    const response = await fetch(house.server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: house.server.url, cookie: person.cookie() },
      body: JSON.stringify(body),
    })
    return response.status === 204 ? { code: null } : ((await response.json()) as { code: string })
  }
  const passOf = (person: Person) => person.call<Pass>('POST', `${house.at}/pass`, {})
  const refusal = async (person: Person, status: number) =>
    (await person.call<{ code: string }>('POST', `${house.at}/pass`, {}, status)).code
  const linkOf = async () => (await house.page()).stream.gate.link ?? ''
  const secretOf = async () => (await linkOf()).split('#invite=')[1] ?? ''

  /** Somebody's open chat and picture. */
  async function sit(person: Person) {
    const { pass } = await passOf(person)
    const chat = await openChat(house.server.url, pass)
    const push = await openPush(house.server.url, pass)
    expect(push.first).toBe('playing')
    const codes = () => Promise.all([chat.closed.then(({ code }) => code), push.closed])
    const close = () => {
      chat.close()
      push.close()
    }
    return { chat, push, codes, close }
  }
  async function closing(sockets: { codes(): Promise<number[]> }[], act: () => Promise<unknown>) {
    const began = performance.now()
    await act()
    const codes = (await Promise.all(sockets.map((each) => each.codes()))).flat()
    expect(performance.now() - began).toBeLessThan(WITHIN_MS + SLACK_MS)
    return codes
  }
  const watches = async (person: Person) => {
    const headers = { cookie: person.cookie() }
    const get = async (file: string) => (await fetch(house.server.url + house.url(file), { headers })).status
    return [await get('plain.m3u8'), await get(await house.segment())]
  }

  test('P41 the passphrase lets in, whatever case it is not; a stranger becomes a guest by it', async () => {
    await house.gate('passphrase')
    const [ada, eve] = [await guest(), stranger()]
    expect(await enter(ada, { passphrase: 'OPEN SESAME' })).toMatchObject({ code: 'passphrase_wrong' })
    expect(await refusal(ada, 403)).toBe('passphrase_needed')
    expect(await enter(ada, { passphrase: `  ${PASSPHRASE} ` })).toEqual({ code: null })
    expect((await passOf(ada)).person.id).toBe(await idOf(ada))
    await eve.call('POST', `${house.at}/enter`, { passphrase: PASSPHRASE })
    expect((await passOf(eve)).person).toMatchObject({ guest: true, id: await idOf(eve) })
    expect(await watches(eve)).toEqual([200, 200])
    expect(await watches(stranger())).toEqual([404, 404])
  })

  test('P41 a new passphrase ends what was entered before; the same gate saved again ends nothing', async () => {
    const ada = await guest()
    await house.gate('passphrase')
    await enter(ada, { passphrase: PASSPHRASE })
    await house.set({ kind: 'passphrase' })
    expect(await watches(ada)).toEqual([200, 200])
    await house.set({ kind: 'passphrase', passphrase: 'another one' })
    expect(await refusal(ada, 403)).toBe('passphrase_needed')
    expect(await enter(ada, { passphrase: PASSPHRASE })).toMatchObject({ code: 'passphrase_wrong' })
    expect(await enter(ada, { passphrase: 'another one' })).toEqual({ code: null })
  })

  test('P41 the link is shown to the host alone, again and again, until it is reset', async () => {
    await house.gate('invite')
    const link = await linkOf()
    expect(link).toBe(`${house.server.url}/watch/${house.slug}#invite=${await secretOf()}`)
    const { text } = await house.ask('moderator', house.at)
    expect(JSON.parse(text)).toMatchObject({ stream: { gate: { kind: 'invite' } } })
    expect(text).not.toContain('#invite=')
    const own = await house.host.call<{ streams: unknown[] }>('GET', '/api/studio/streams')
    expect(JSON.stringify(own)).toContain(link)

    const ada = await guest()
    const former = await secretOf()
    expect(await enter(ada, { invite: former })).toEqual({ code: null })
    await house.set({ kind: 'invite', reset: true })
    expect(await secretOf()).not.toBe(former)
    expect(await refusal(ada, 403)).toBe('link_needed')
    expect(await enter(ada, { invite: former })).toMatchObject({ code: 'link_wrong' })
    expect(await enter(ada, { invite: await secretOf() })).toEqual({ code: null })
    // Back and forth: what was given under the gate before stays void.
    await house.gate('public')
    await house.gate('invite')
    expect(await refusal(ada, 403)).toBe('link_needed')
  })

  test('P41 a passphrase is asked for where there is none, and taken nowhere else', async () => {
    await house.gate('public')
    const refused = async (gate: object) =>
      house.host.call<{ code: string; field: string }>('PATCH', house.at, { gate, title: 'changed' }, 400)
    const { title } = (await house.page()).stream
    expect(await refused({ kind: 'passphrase' })).toMatchObject({ field: 'gate.passphrase' })
    expect(await refused({ kind: 'passphrase', passphrase: '  12345  ' })).toMatchObject({
      field: 'gate.passphrase',
    })
    expect(await refused({ kind: 'members', passphrase: PASSPHRASE })).toMatchObject({
      field: 'gate.passphrase',
    })
    expect((await house.page()).stream).toMatchObject({ title, gate: { kind: 'public' } })
    await house.people.moderator.call('PATCH', house.at, { gate: { kind: 'members' } }, 403)
  })

  test('P41 guesses are counted by person, and the right one waits as long as any other', async () => {
    await house.gate('passphrase')
    const ada = await guest()
    const answers: unknown[] = []
    for (let n = 0; n < 10; n++) answers.push((await enter(ada, { passphrase: `guess ${n}` })).code)
    expect(answers).toEqual(Array(10).fill('passphrase_wrong'))
    const limited = await enter(ada, { passphrase: PASSPHRASE })
    expect(limited).toMatchObject({ code: 'rate_limited' })
    expect(limited.retryAfterMs).toBeGreaterThan(0)
    expect(await enter(await guest(), { passphrase: PASSPHRASE })).toEqual({ code: null })
  })

  test('P7 a banned person enters nowhere, whatever it knows', async () => {
    await house.gate('passphrase')
    expect(await enter(house.people.banned, { passphrase: PASSPHRASE })).toMatchObject({ code: 'banned' })
  })

  test('P42 a gate that changes closes chat and picture of those who lost the right, and of nobody else', async () => {
    await house.gate('public')
    const [ada, member, moderator] = await Promise.all(
      [await guest(), house.people.member, house.people.moderator].map(sit),
    )
    const stay: ChatSocket[] = [member!.chat, moderator!.chat, house.stage]
    expect(await closing([ada!], () => house.gate('members'))).toEqual([4401, 4401])
    await house.act({ t: 'say', text: 'members alone' })
    for (const chat of stay) await chat.said('members alone')
    expect(JSON.stringify(ada!.chat.raw)).not.toContain('members alone')
    expect(await house.people.member.call('GET', house.at)).toBeTruthy()
    member!.close()
    moderator!.close()
  })

  test('P42 who is expelled leaves what is for members alone, and what is open to all stays open', async () => {
    await house.gate('members')
    const mia = await signUp(house.server, 'Mia')
    const target = await idOf(mia)
    await house.act({ t: 'enrol', target })
    const seat = await sit(mia)
    expect(await watches(mia)).toEqual([200, 200])
    expect(await closing([seat], () => house.act({ t: 'expel', target }))).toEqual([4401, 4401])
    expect(await watches(mia)).toEqual([404, 404])
    expect(await refusal(mia, 403)).toBe('membership_needed')

    await house.act({ t: 'enrol', target })
    await house.gate('public')
    const open = await sit(mia)
    await house.act({ t: 'expel', target })
    await house.act({ t: 'say', text: 'still here?' })
    await open.chat.said('still here?')
    open.close()
  })

  test('P42 who moderates no longer leaves a stream that is not theirs to watch', async () => {
    await house.gate('members')
    const mo = await signUp(house.server, 'Mo')
    const target = await idOf(mo)
    await house.act({ t: 'appoint', target })
    const seat = await sit(mo)
    expect(await closing([seat], () => house.act({ t: 'dismiss', target }))).toEqual([4409, 4401])
    expect(await refusal(mo, 403)).toBe('membership_needed')
  })

  test('P40 an old pass and an open door: what was issued before opens nothing behind a gate', async () => {
    await house.gate('public')
    const ada = await guest()
    const { pass } = await passOf(ada)
    await house.gate('accounts')
    await expect(openChat(house.server.url, pass)).rejects.toThrow('closed with 4401')
    expect((await openPush(house.server.url, pass)).first).toBe(4401)
  })

  test('P36 P40 the overlay opens with its key, whatever the gate, and shows the room', async () => {
    await house.gate('public')
    await house.act({ t: 'say', text: 'before the gate' })
    const { url } = await house.host.call<{ url: string }>('POST', `${house.at}/overlay-key`, {})
    await house.gate('members')
    const body = { key: url.split('#')[1] }
    const { pass } = await stranger().call<Pass>('POST', `${house.at}/overlay-pass`, body)
    const overlay = await openChat(house.server.url, pass)
    expect(JSON.stringify(overlay.welcome)).toContain('before the gate')
    const page = await overlay.read('room', 1, 1)
    expect(page.entries).toHaveLength(1)
    // The gate changes once more: it stays.
    await house.gate('accounts')
    await house.act({ t: 'say', text: 'after the gate' })
    await overlay.said('after the gate')
    overlay.close()
  })
})
