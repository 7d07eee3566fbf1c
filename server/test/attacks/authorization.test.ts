// Attacks on what is somebody else's, against the real server. Whatever is not yours answers like what is not there.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Pass, StreamPage } from '../../../shared/api/streams.ts'
import { createPerson, openChat } from '../client.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { OPEN_LIMITS, answerTo, asked, bare, createAttackStage, refusal, type Stage } from './stage.ts'

describe('authorization', () => {
  let server: ServerProcess
  let stage: Stage
  beforeAll(async () => {
    server = await startServer({ env: OPEN_LIMITS })
    stage = await createAttackStage(server)
  })
  afterAll(() => server[Symbol.asyncDispose]())
  const at = (person: { join: Stage['ada']['join'] }) => person.join(stage.stream.slug)

  test('A35 a reply to a private message of somebody else is refused like one to nothing, and quotes nothing', async () => {
    const [ada, bob] = [await at(stage.ada), await at(stage.bob)]
    const secret = await asked(bob, { t: 'whisper', text: 'under the arch' })
    for (const t of ['say', 'whisper'] as const) {
      const real = await ada.ask({ t, text: 'x', replyTo: secret })
      expect(real).toMatchObject({ code: 'reply_not_here' })
      expect(bare(real)).toBe(bare(await ada.ask({ t, text: 'x', replyTo: randomUUID() })))
    }
    // Not even the two it is between carry it into the room.
    for (const socket of [bob, stage.hosts])
      expect(await refusal(socket, { t: 'say', text: 'x', replyTo: secret })).toBe('reply_not_here')
    expect(ada.raw.join()).not.toContain('under the arch')
  })

  test('A36 fields that are the server’s are refused, and nothing is sent', async () => {
    const ada = await at(stage.ada)
    const fields = [
      'visibility',
      'viewer_id',
      'viewer',
      'sender_id',
      'sender',
      'role',
      'status',
      'seq',
      'at',
      'held',
    ]
    for (const field of fields) {
      const request = { t: 'say', text: 'forged', [field]: stage.bob.id } as unknown as {
        t: 'say'
        text: string
      }
      expect([field, await refusal(ada, request)]).toEqual([field, 'bad_request'])
    }
    expect(ada.raw.join()).not.toContain('forged')
  })

  test('A37 nobody writes in private to a viewer but the host', async () => {
    for (const person of [stage.ada, stage.mona, stage.other]) {
      const socket = await at(person)
      for (const to of [stage.bob.id, randomUUID()])
        expect(await socket.ask({ t: 'whisper', text: 'psst', to })).toMatchObject({
          code: 'not_allowed',
          field: 'to',
        })
    }
  })

  test('A38 a moderator reads no inbox, exports nothing and finds no private words', async () => {
    const [mona, bob] = [await at(stage.mona), await at(stage.bob)]
    await asked(bob, { t: 'whisper', text: 'marzipan for the host' })
    const read = (log: 'inbox' | 'thread', viewer?: string) =>
      mona.ask({ t: 'read', log, from: 1, to: 50, ...(viewer ? { viewer } : {}) })
    const none = bare(await read('thread', randomUUID()))
    expect(none).toContain('not_found')
    expect([bare(await read('thread', stage.bob.id)), bare(await read('inbox'))]).toEqual([none, none])
    const { slug } = stage.stream
    for (const kind of ['public', 'private', 'audit'])
      expect(await answerTo(server, stage.mona, `/api/streams/${slug}/export/${kind}`)).toBe(
        await answerTo(server, stage.mona, `/api/streams/not-${slug}/export/${kind}`),
      )
    const found = await answerTo(server, stage.mona, `/api/streams/${slug}/search?q=marzipan`)
    expect(found.slice(0, 3)).toBe('200')
    expect(found.replace('marzipan', '')).not.toContain('for the host')
    expect(mona.raw.join()).not.toContain('marzipan')
  })

  test('A39 the host of another stream is a viewer here', async () => {
    const { slug } = stage.stream
    const page = await stage.other.call<StreamPage>('GET', `/api/streams/${slug}`)
    expect(page.you).toEqual({ role: 'viewer' })
    const olga = await at(stage.other)
    expect(olga.welcome.you.role).toBe('viewer')
    expect(olga.welcome.logs.map(({ log }) => log)).toEqual(['room', 'thread'])
    const target = await asked(await at(stage.ada), { t: 'say', text: 'hello' })
    for (const t of ['pin', 'ban', 'approve', 'appoint', 'resolve'] as const)
      expect([t, await refusal(olga, { t, target })]).toEqual([t, 'not_allowed'])
    expect(await refusal(olga, { t: 'slow', seconds: 30 })).toBe('not_allowed')
    for (const method of ['PATCH', 'DELETE'])
      await stage.other.call(method, `/api/streams/${slug}`, {}, method === 'PATCH' ? 403 : 404)
  })

  test('A42 somebody banned is refused everywhere: the open socket, a second tab, an old pass, history, search', async () => {
    const { slug } = stage.stream
    const carl = createPerson(server.url)
    await carl.call('POST', '/api/guest', { name: 'Carl' })
    const pass = () => carl.call<Pass>('POST', `/api/streams/${slug}/pass`, {})
    const [first, second, spare] = [await carl.join(slug), await carl.join(slug), (await pass()).pass]
    const { id } = first.welcome.you
    await asked(stage.hosts, { t: 'ban', target: id, reason: 'Enough' })
    expect((await Promise.all([first.closed, second.closed])).map(({ code }) => code)).toEqual([4403, 4403])
    await expect(openChat(server.url, spare)).rejects.toThrow('4403')
    await expect(pass()).rejects.toThrow(/403.*banned/)
    for (const path of ['', '/messages', '/search?q=hello', '/replay'])
      expect(await answerTo(server, carl, `/api/streams/${slug}${path}`)).toMatch(/^403\n[^]*banned/)
    await asked(stage.hosts, { t: 'unban', target: id })
    await carl.join(slug)
  })

  test('A45 what is private, held, deleted or elsewhere is not pinned, and of two pins at once one remains', async () => {
    const [ada, mona] = [await at(stage.ada), await at(stage.mona)]
    const secret = await asked(ada, { t: 'whisper', text: 'a secret' })
    const gone = await asked(ada, { t: 'say', text: 'gone soon' })
    await asked(ada, { t: 'delete', target: gone })
    const foreign = await asked(await stage.other.join(stage.others.slug), { t: 'say', text: 'elsewhere' })
    await asked(stage.hosts, { t: 'rules', rules: { ...stage.hosts.welcome.rules, review: true } })
    const held = await asked(ada, { t: 'say', text: 'waiting' })
    await asked(stage.hosts, { t: 'rules', rules: stage.hosts.welcome.rules })
    const none = bare(await mona.ask({ t: 'pin', target: randomUUID() }))
    for (const target of [gone, foreign])
      expect(await refusal(mona, { t: 'pin', target })).toBe('pin_not_public')
    for (const target of [secret, held]) expect(bare(await mona.ask({ t: 'pin', target }))).toBe(none)
    const [one, two] = [
      await asked(ada, { t: 'say', text: 'one' }),
      await asked(ada, { t: 'say', text: 'two' }),
    ]
    const pinned = await Promise.all([
      mona.ask({ t: 'pin', target: one }),
      stage.hosts.ask({ t: 'pin', target: two }),
    ])
    expect(pinned.map(({ t }) => t)).toEqual(['ok', 'ok'])
    const { pin } = (await at(stage.bob)).welcome
    const last = pinned[0].t === 'ok' && pinned[1].t === 'ok' && (pinned[0].seq ?? 0) > (pinned[1].seq ?? 0)
    expect(pin?.id).toBe(last ? one : two)
  })

  test('A46 one’s own message is deleted once: again changes nothing, after a ban nothing is', async () => {
    const dora = createPerson(server.url)
    await dora.call('POST', '/api/guest', { name: 'Dora' })
    const socket = await dora.join(stage.stream.slug)
    const [one, two] = [
      await asked(socket, { t: 'say', text: 'd1' }),
      await asked(socket, { t: 'say', text: 'd2' }),
    ]
    expect(await socket.ask({ t: 'delete', target: one })).toMatchObject({ t: 'ok' })
    expect(await socket.ask({ t: 'delete', target: one })).toMatchObject({ t: 'ok', dup: true })
    await asked(stage.hosts, { t: 'ban', target: socket.welcome.you.id })
    await expect(socket.ask({ t: 'delete', target: two }).then(({ t }) => t)).rejects.toThrow()
    const { entries } = await stage.hosts.read('room', 1, 100)
    const texts = entries.flatMap(({ event }) => (event.type === 'said' ? [event.message.text] : []))
    expect(texts).toContain('d2')
    expect(texts).not.toContain('d1')
  })

  test('A48 A49 quotes, wildcards and numbers out of range in a query are words and positions, never SQL', async () => {
    const { slug } = stage.stream
    const ada = await at(stage.ada)
    await asked(ada, { t: 'say', text: 'a plain needle' })
    const search = (q: string, more = '') =>
      answerTo(server, stage.ada, `/api/streams/${slug}/search?q=${encodeURIComponent(q)}${more}`)
    for (const q of [
      "' or 1=1 --",
      '%',
      '\\',
      '"',
      "needle') ; drop table app.message; --",
      '& | ! ( ) :*',
      '\u0000',
    ])
      expect(await search(q), q).toMatch(/^(200|400)\n/)
    expect(await search('x'.repeat(10_240))).toMatch(/^(400|414|431)\n/)
    expect(await search('needle')).toContain('a plain needle')
    for (const cursor of ['-1', '1e99', '9223372036854775808', 'NaN', "1'", '1;2'])
      for (const path of [`messages?before=${cursor}`, `search?q=needle&before=${cursor}`])
        expect(await answerTo(server, stage.ada, `/api/streams/${slug}/${path}`), path).toMatch(
          /^(200|400)\n/,
        )
    expect(await answerTo(server, stage.ada, `/api/streams/${encodeURIComponent("x' or '1'='1")}`)).toMatch(
      /^404\n/,
    )
    expect(await search('needle')).toContain('a plain needle')
  })
})
