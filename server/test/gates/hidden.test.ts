// P44 on a real server: to whom a gate keeps out, a stream in which nothing ever happened and one with words, people and
// recordings are the same.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Recordings } from '../../../shared/api/recordings.ts'
import type { Pass, StreamCard } from '../../../shared/api/streams.ts'
import { createPerson, type Person } from '../client.ts'
import { answered, createCanonical } from '../privacy/canonical.ts'
import { SHUT } from '../privacy/gated-course.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { PASSPHRASE, ROOMY, knock, openPush, publish, signUp } from './house.ts'

const OUTSIDE = { passphrase: true, invite: true, accounts: false, members: true } as const

describe('behind a gate', { timeout: 60_000 }, () => {
  let addresses = 0
  let server: ServerProcess
  let host: Person
  beforeAll(async () => {
    server = await startServer({ env: { ...ROOMY, TRUST_PROXY: '1' } })
    host = createPerson(server.url)
    await host.enter(server.loginLink ?? '')
  }, 60_000)
  afterAll(() => server[Symbol.asyncDispose]())

  const create = (slug: string) => host.call<StreamCard>('POST', '/api/streams', { title: 'Show', slug })
  const at = ({ slug }: StreamCard) => `/api/streams/${slug}`
  const recordingsOf = (stream: StreamCard) => host.call<Recordings>('GET', `${at(stream)}/recordings`)

  /** Words, a whisper, a pin, and pictures that were recorded: their file names. */
  async function fill(stream: StreamCard, ada: Person): Promise<string[]> {
    const studio = await publish(server, host, stream.slug)
    const playlist = async () =>
      (
        await fetch(`${server.url}/hls/${stream.id}/plain.m3u8`, { headers: { cookie: host.cookie() } })
      ).text()
    const files = async () => (await playlist()).match(/[\w-]+(\.\d+)?\.(m4s|mp4)/g) ?? []
    await vi.waitFor(async () => expect((await files()).length).toBeGreaterThan(1), { timeout: 20_000 })
    const names = await files()
    const [stage, inside] = [await host.join(stream.slug), await ada.join(stream.slug)]
    const said = await inside.ask({ t: 'say', text: 'guarded words' })
    await inside.ask({ t: 'whisper', text: 'and private ones' })
    if (said.t === 'ok' && said.id !== undefined) await stage.ask({ t: 'pin', target: said.id })
    for (const socket of [stage, inside]) socket.close()
    studio.stop()
    await host.call('POST', `${at(stream)}/end`)
    const ready = async () => (await recordingsOf(stream)).recordings.map(({ state }) => state)
    await vi.waitFor(async () => expect(await ready()).toEqual(['ready']), { timeout: 20_000 })
    return names
  }

  async function hear(
    person: Person | null,
    stream: StreamCard,
    files: readonly string[],
    pass: string | null,
  ) {
    // How often somebody guesses is counted by address too.
    const address = `192.0.2.${++addresses}`
    const canonical = createCanonical({ [stream.slug]: 'SHOW', [stream.id]: 'ID' })
    const cookie = person?.cookie() ?? ''
    const ask = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(server.url + path, {
        method,
        headers: {
          ...{ origin: server.url, 'x-forwarded-for': address, ...(cookie === '' ? {} : { cookie }) },
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return canonical(`${method} ${path} ${answered(response, await response.text())}`)
    }
    const heard: string[] = []
    const own = at(stream)
    for (const each of [
      '',
      '/messages',
      '/search?q=words',
      '/replay',
      '/recordings',
      '/team',
      '/export/public',
    ])
      heard.push(await ask('GET', own + each))
    for (const each of ['live.m3u8', 'plain.m3u8', 'master.m3u8', 'dvr.m3u8', 'thumbnail.jpg', ...files])
      heard.push(await ask('GET', `/hls/${stream.id}/${each}`))
    for (const name of new Set(files.map((file) => file.replace(/-[\w.]*$/, '-vod.m3u8'))))
      heard.push(await ask('GET', `/hls/${stream.id}/${name}`))
    heard.push(await ask('GET', `/watch/${stream.slug}`))
    heard.push(await ask('POST', `${own}/pass`, {}))
    heard.push(await ask('POST', `${own}/enter`, { passphrase: 'a guess' }))
    heard.push(await ask('POST', `${own}/enter`, { invite: 'a-guess' }))
    heard.push(await ask('POST', `${own}/overlay-pass`, { key: 'a-guess' }))
    if (pass !== null) {
      const push = await openPush(server.url, pass)
      push.close()
      heard.push(`${await knock(server.url, pass)} ${push.first}`)
    }
    return heard
  }

  test.each(SHUT)('P44 P40 an empty stream and a full one are the same before the gate %s', async (kind) => {
    const [bare, full] = [await create(`bare-${kind}`), await create(`full-${kind}`)]
    const ada = await signUp(server, `Ada of ${kind}`)
    const guest = createPerson(server.url)
    await guest.call('POST', '/api/guest', { name: 'Gus' })
    const people = [null, guest, ...(OUTSIDE[kind] ? [ada] : [])]
    // Of when there was no gate yet.
    const passFor = async (person: Person | null, stream: StreamCard) =>
      person && (await person.call<Pass>('POST', `${at(stream)}/pass`, {})).pass
    const files = await fill(full, ada)
    const passes = new Map<Person | null, (string | null)[]>()
    for (const person of people)
      passes.set(person, [await passFor(person, bare), await passFor(person, full)])
    const gate = kind === 'passphrase' ? { kind, passphrase: PASSPHRASE } : { kind }
    for (const stream of [bare, full]) await host.call('PATCH', at(stream), { gate })
    await host.call('PATCH', at(full), {
      description: 'about guarded words',
      ...(kind === 'passphrase' ? { gate: { kind, passphrase: 'another one' } } : {}),
    })

    for (const person of people) {
      const [there, here] = [
        await hear(person, bare, files, passes.get(person)?.[0] ?? null),
        await hear(person, full, files, passes.get(person)?.[1] ?? null),
      ]
      expect(here).toEqual(there)
      expect(here.length).toBeGreaterThan(18)
      expect(here.join('\n')).not.toContain('guarded')
    }
    // What they did not get is there: the host gets it.
    const [whole, none] = [await hear(host, full, files, null), await hear(host, bare, files, null)]
    expect(whole).not.toEqual(none)
    expect(whole.join('\n')).toContain('guarded words')
  })
})
