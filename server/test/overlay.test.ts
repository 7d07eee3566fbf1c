// The overlay on the real server: every byte that it is sent, also in the host's own browser, what its pass opens,
// and how it ends.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { OverlayLink, OverlayPass } from '../../shared/api/overlay.ts'
import type { Pass } from '../../shared/api/streams.ts'
import { OPEN_RULES, type Ok } from '../../shared/protocol/index.ts'
import { createPerson, openChat, type ChatSocket, type Person } from './client.ts'
import { startServer, type ServerProcess } from './server-process.ts'
import { guest, openShow, type Show } from './show.ts'

let server: ServerProcess
let show: Show
let at: string
beforeAll(async () => {
  server = await startServer({ env: { MESSAGES_PER_SECOND: '1000', CHAT_COMMANDS_PER_SECOND: '1000' } })
  show = await openShow(server)
  at = `/api/streams/${show.stream.slug}`
})
afterAll(() => server[Symbol.asyncDispose]())

const makeKey = async () =>
  new URL((await show.host.call<OverlayLink>('POST', `${at}/overlay-key`, {})).url).hash.slice(1)
const passOf = async (person: Person, key: string) =>
  (await person.call<OverlayPass>('POST', `${at}/overlay-pass`, { key })).pass

/** The code that a socket closes with behind this first frame. */
function closing(path: string, frame: object): Promise<number> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`)
  socket.on('open', () => socket.send(JSON.stringify(frame)))
  return new Promise((resolve) => socket.on('close', resolve))
}

/** Private, held, noticed, reported and noted words, all with the same mark in them. */
async function secrets(mark: string, host: ChatSocket, ada: ChatSocket & { id: string }) {
  const done = async (asked: Promise<unknown>) => {
    const answer = (await asked) as Ok
    expect(answer).toMatchObject({ t: 'ok' })
    return answer
  }
  await done(ada.ask({ t: 'whisper', text: `${mark} from ada` }))
  await done(host.ask({ t: 'whisper', text: `${mark} from the host`, to: ada.id }))
  await done(host.ask({ t: 'rules', rules: { ...OPEN_RULES, review: true } }))
  await done(ada.ask({ t: 'say', text: `${mark} waiting` }))
  const held = await done(ada.ask({ t: 'say', text: `${mark} refused` }))
  await done(host.ask({ t: 'reject', target: held.id! }))
  await done(host.ask({ t: 'rules', rules: OPEN_RULES }))
  await done(host.ask({ t: 'note', target: ada.id, text: `${mark} note` }))
  await done(host.ask({ t: 'timeout', target: ada.id, seconds: 60, reason: `${mark} reason` }))
  await done(host.ask({ t: 'lift', target: ada.id }))
}

test('P36 every byte an overlay is sent is of the public room, also in the host’s own browser', async () => {
  const key = await makeKey()
  const host = await show.host.join(show.stream.slug)
  const person = await guest(server, 'Ada')
  const ada = { ...(await person.join(show.stream.slug)), id: person.id }
  const mark = `secret-${randomUUID()}`
  await secrets(`${mark} before`, host, ada)
  const removed = (await ada.ask({ t: 'say', text: `${mark} removed` })) as Ok
  await host.ask({ t: 'delete', target: removed.id! })

  const overlays = [
    await openChat(server.url, await passOf(show.host, key)),
    await openChat(server.url, await passOf(person, key)),
    await openChat(server.url, await passOf(createPerson(server.url), key)),
  ]
  await secrets(`${mark} after`, host, ada)
  const last = (await ada.ask({ t: 'say', text: 'public at the end' })) as Ok
  for (const shown of overlays) {
    await shown.said('public at the end')
    const page = await shown.read('room', 1, last.seq!)
    expect(page.entries.at(-1)?.seq).toBe(last.seq)
    for (const log of ['thread', 'inbox', 'backstage'] as const)
      expect(await shown.ask({ t: 'read', log, from: 1, to: 100 })).toMatchObject({ code: 'not_found' })
    const all = shown.raw.join('\n')
    expect(all).toContain('public at the end')
    expect(all).not.toContain(mark)
    expect(all).not.toMatch(/"(?:whispered|notice|held|settled|moderated|reported)"/)
    expect(shown.welcome.you).toEqual({ id: '', name: 'Overlay', role: 'overlay', guest: true })
    expect(shown.welcome.logs.map(({ log }) => log)).toEqual(['room'])
    // Ada alone: the host is not counted, and no overlay is.
    expect(shown.welcome.pulse.viewers).toBe(1)
    shown.close()
  }
  expect(ada.raw.join('\n')).toContain(mark)
})

test('P37 an overlay’s pass opens no video socket and renews nobody, a viewer’s renews no overlay', async () => {
  const pass = await passOf(createPerson(server.url), await makeKey())
  const ada = await guest(server, 'Ada')
  const viewers = (await ada.call<Pass>('POST', `${at}/pass`, {})).pass
  expect(await closing('/push', { t: 'watch', pass })).toBe(4401)
  const [room, overlay] = [await ada.join(show.stream.slug), await openChat(server.url, pass)]
  expect(await room.ask({ t: 'renew', pass })).toMatchObject({ t: 'err', code: 'sign_in' })
  expect(await overlay.ask({ t: 'renew', pass: viewers })).toMatchObject({ t: 'err', code: 'sign_in' })
  expect(await overlay.ask({ t: 'renew', pass })).toMatchObject({ t: 'ok' })
  expect(await overlay.ask({ t: 'say', text: 'from nobody' })).toMatchObject({ code: 'not_allowed' })
  room.close()
  overlay.close()
})

test('P37 C11 a replaced key closes its overlays and nobody else, and opens nothing again', async () => {
  const ada = await guest(server, 'Ada')
  const room = await ada.join(show.stream.slug)
  const former = await makeKey()
  const pass = await passOf(ada, former)
  const shown = await openChat(server.url, pass)
  const key = await makeKey()
  expect(await shown.closed).toMatchObject({ code: 4401 })
  expect(await closing('/chat', { t: 'hello', pass })).toBe(4401)
  await ada.call('POST', `${at}/overlay-pass`, { key: former }, 404)
  const again = await openChat(server.url, await passOf(ada, key))
  await show.host.call('DELETE', `${at}/overlay-key`)
  expect(await again.closed).toMatchObject({ code: 4401 })
  await ada.call('POST', `${at}/overlay-pass`, { key }, 404)
  expect(await room.ask({ t: 'say', text: 'still here' })).toMatchObject({ t: 'ok' })
  expect(server.output()).not.toContain(key)
  room.close()
})

test('P37 the ninth overlay of one key is turned away', async () => {
  const key = await makeKey()
  const person = createPerson(server.url)
  const pass = await passOf(person, key)
  const open = await Promise.all(Array.from({ length: 8 }, () => openChat(server.url, pass)))
  expect(await closing('/chat', { t: 'hello', pass })).toBe(4429)
  for (const shown of open) shown.close()
})
