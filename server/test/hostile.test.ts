// What no client of ours sends, against the real server: every command bent in every way its definition forbids or
// the rules refuse. Each gets its answer, nothing changes and nobody else notices.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ERRORS, type Entry, type Err, type Frame } from '../../shared/protocol/index.ts'
import type { Pass } from '../../shared/api/streams.ts'
import { bent } from './bent.ts'
import type { ChatSocket, Person } from './client.ts'
import { connectRaw } from './raw-socket.ts'
import { startServer, type ServerProcess } from './server-process.ts'
import { guest, openShow, type Show } from './show.ts'

const SLOW = 120_000
const LIFTED = {
  CHAT_COMMANDS_PER_SECOND: '100000',
  MESSAGES_PER_SECOND: '100000',
  SOCKETS_PER_ADDRESS: '500',
  LOG_LEVEL: 'info',
}
/** In every text of this file, so that the log can be searched for it. */
const CANARY = 'canary-4f1e9c'
const REFUSED = /bad_request|text_/

type Fields = Record<string, unknown>

let server: ServerProcess
let show: Show
let ada: Person & { id: string }
let bob: Person & { id: string }
let [hostSocket, adaSocket, bobSocket]: ChatSocket[] = []
/** Message ids: public by ada, private between ada and the host, private between bob and the host. */
let ids: { public: string; adas: string; bobs: string; pinned: string }

beforeAll(async () => {
  server = await startServer({ env: LIFTED })
  show = await openShow(server)
  ada = await guest(server, 'Ada')
  bob = await guest(server, 'Bob')
  hostSocket = await show.host.join(show.stream.slug)
  adaSocket = await ada.join(show.stream.slug)
  bobSocket = await bob.join(show.stream.slug)
  const landed = async (socket: ChatSocket, request: Parameters<ChatSocket['ask']>[0]) => {
    const answer = await socket.ask(request)
    if (answer.t !== 'ok' || answer.id === undefined) throw new Error(JSON.stringify(answer))
    return answer.id
  }
  ids = {
    public: await landed(adaSocket, { t: 'say', text: `${CANARY} public` }),
    adas: await landed(adaSocket, { t: 'whisper', text: `${CANARY} private` }),
    bobs: await landed(bobSocket, { t: 'whisper', text: `${CANARY} private too` }),
    pinned: await landed(hostSocket, { t: 'say', text: `${CANARY} pinned` }),
  }
  expect(await hostSocket.ask({ t: 'pin', target: ids.pinned })).toMatchObject({ t: 'ok' })
}, SLOW)
afterAll(() => server[Symbol.asyncDispose]())

/** Everything there is to see: all logs as their readers see them, the pin, slow mode, the totals. */
async function everything() {
  const seen = await Promise.all([
    show.host.join(show.stream.slug),
    ada.join(show.stream.slug),
    bob.join(show.stream.slug),
  ])
  const state = seen.map(({ welcome }) => {
    const { logs, pin, slowSeconds, pulse, stream } = welcome
    return { logs, pin, slowSeconds, reactions: pulse.reactions, stream }
  })
  for (const socket of seen) socket.close()
  return state
}

/** Sends raw frames on one socket and gives the refusals in order: commands are answered one at a time. */
async function refusalsOf(person: Person, frames: readonly string[]): Promise<Err[]> {
  const { pass } = await person.call<Pass>('POST', `/api/streams/${show.stream.slug}/pass`, {})
  const raw = await connectRaw(portOf(server), '/chat')
  raw.text(JSON.stringify({ t: 'hello', pass }))
  const next = async (): Promise<Frame> => {
    const text = await raw.nextText()
    if (text === null) throw new Error(`closed with ${(await raw.closed()).code}`)
    return JSON.parse(text) as Frame
  }
  while ((await next()).t !== 'welcome');
  const refusals: Err[] = []
  for (const frame of frames) {
    raw.text(frame)
    for (let answer = await next(); ; answer = await next()) {
      if (answer.t === 'ok' || answer.t === 'page') throw new Error(`taken: ${frame}`)
      if (answer.t !== 'err') continue
      refusals.push(answer)
      break
    }
  }
  raw.destroy()
  return refusals
}

const portOf = ({ url }: ServerProcess) => Number(new URL(url).port)

test(
  'P10 every command bent in every way is refused with a code that says what to do; nothing changes',
  { timeout: SLOW },
  async () => {
    const cases = [...bent(`${CANARY} bent`, { person: ada.id, public: ids.public, private: ids.adas })]
    expect(cases.length).toBeGreaterThan(300)
    const before = await everything()
    for (const person of [show.host, ada]) {
      const refusals = await refusalsOf(
        person,
        cases.map(({ frame }) => frame),
      )
      const wrong = refusals.flatMap((refusal, i) => {
        const { name = '', id } = cases[i] ?? {}
        const { code, says, re, field } = refusal
        const good =
          REFUSED.test(code) &&
          says === ERRORS[code].says &&
          re === id &&
          field !== undefined &&
          field.length <= 64
        return good ? [] : [{ name, refusal, id }]
      })
      expect(wrong).toEqual([])
    }
    expect(await everything()).toEqual(before)
  },
)

test(
  'M4 P3 P4 P5 P6 P8 what the schemas let through and the rules do not is refused by its own code; nothing changes',
  { timeout: SLOW },
  async () => {
    const none = randomUUID()
    const others: [who: 'host' | 'ada', request: Fields, code: keyof typeof ERRORS][] = [
      ['ada', { t: 'say', text: ' \n\u200b ' }, 'text_empty'],
      ['ada', { t: 'say', text: 'x'.repeat(501) }, 'text_too_long'],
      ['ada', { t: 'say', text: 'a\0b' }, 'text_forbidden'],
      ['ada', { t: 'say', text: 'a\u0007b' }, 'text_forbidden'],
      ['ada', { t: 'say', text: '\ud800' }, 'text_forbidden'],
      ['ada', { t: 'say', text: 'x', replyTo: none }, 'reply_not_here'],
      ['ada', { t: 'say', text: 'x', replyTo: ids.adas }, 'reply_not_here'],
      ['ada', { t: 'say', text: 'x', replyTo: ids.bobs }, 'reply_not_here'],
      ['ada', { t: 'whisper', text: 'x', replyTo: ids.bobs }, 'reply_not_here'],
      ['ada', { t: 'whisper', text: 'x', to: bob.id }, 'not_allowed'],
      ['ada', { t: 'whisper', text: 'x', to: none }, 'not_allowed'],
      ['ada', { t: 'delete', target: none }, 'not_found'],
      ['ada', { t: 'delete', target: ids.bobs }, 'not_found'],
      ['ada', { t: 'delete', target: ids.pinned }, 'not_allowed'],
      ['ada', { t: 'pin', target: ids.public }, 'not_allowed'],
      ['ada', { t: 'pin', target: ids.bobs }, 'not_allowed'],
      ['ada', { t: 'unpin' }, 'not_allowed'],
      ['ada', { t: 'slow', seconds: 5 }, 'not_allowed'],
      ['ada', { t: 'read', log: 'inbox', from: 1, to: 9 }, 'not_found'],
      ['ada', { t: 'read', log: 'thread', viewer: bob.id, from: 1, to: 9 }, 'not_found'],
      ['ada', { t: 'read', log: 'thread', viewer: none, from: 1, to: 9 }, 'not_found'],
      ['ada', { t: 'read', log: 'room', from: 9, to: 1 }, 'bad_request'],
      ['ada', { t: 'renew', pass: 'x' }, 'sign_in'],
      ['host', { t: 'whisper', text: 'x' }, 'bad_request'],
      ['host', { t: 'whisper', text: 'x', to: none }, 'not_found'],
      ['host', { t: 'pin', target: ids.bobs }, 'pin_not_public'],
      ['host', { t: 'pin', target: none }, 'not_found'],
      ['host', { t: 'read', log: 'thread', from: 1, to: 9 }, 'bad_request'],
      ['host', { t: 'read', log: 'inbox', viewer: ada.id, from: 1, to: 9 }, 'bad_request'],
    ]
    const before = await everything()
    for (const who of ['host', 'ada'] as const) {
      const asked = others.filter(([person]) => person === who)
      const frames = asked.map(([, request]) => JSON.stringify({ id: randomUUID(), ...request }))
      const refusals = await refusalsOf(who === 'host' ? show.host : ada, frames)
      expect(refusals.map(({ code }, i) => [asked[i]?.[1], code])).toEqual(
        asked.map(([, request, code]) => [request, code]),
      )
      for (const { code, says } of refusals) expect(says).toBe(ERRORS[code].says)
    }
    // P8: what is somebody else's answers byte for byte like what does not exist.
    const twins = [
      [
        { t: 'delete', target: ids.bobs },
        { t: 'delete', target: none },
      ],
      [
        { t: 'read', log: 'thread', viewer: bob.id, from: 1, to: 9 },
        { t: 'read', log: 'thread', viewer: none, from: 1, to: 9 },
      ],
      [
        { t: 'say', text: 'x', replyTo: ids.bobs },
        { t: 'say', text: 'x', replyTo: none },
      ],
      [
        { t: 'whisper', text: 'x', replyTo: ids.bobs },
        { t: 'whisper', text: 'x', replyTo: none },
      ],
      [
        { t: 'whisper', text: 'x', to: bob.id },
        { t: 'whisper', text: 'x', to: none },
      ],
    ]
    for (const pair of twins) {
      const id = randomUUID()
      const [hidden, missing] = await refusalsOf(
        ada,
        pair.map((request) => JSON.stringify({ id, ...request })),
      )
      expect(JSON.stringify(hidden)).toBe(JSON.stringify(missing))
    }
    expect(await everything()).toEqual(before)
  },
)

test('M3 an id that was used for something else is refused', { timeout: SLOW }, async () => {
  const id = randomUUID()
  const first = await adaSocket!.ask({ t: 'say', text: `${CANARY} once` }, id)
  const before = await everything()
  expect(await adaSocket!.ask({ t: 'say', text: `${CANARY} twice` }, id)).toMatchObject({
    code: 'idempotency_mismatch',
  })
  expect(await adaSocket!.ask({ t: 'whisper', text: `${CANARY} once` }, id)).toMatchObject({
    code: 'idempotency_mismatch',
  })
  expect(await adaSocket!.ask({ t: 'say', text: `${CANARY} once` }, id)).toEqual({ ...first, dup: true })
  expect(await everything()).toEqual(before)
})

test(
  'O5 after all of it everyone is still there, the server works, and its log holds no word, pass or cookie',
  { timeout: SLOW },
  async () => {
    const after = await Promise.all(
      [adaSocket!, bobSocket!, hostSocket!].map(async (socket, i) => {
        const text = `${CANARY} still here ${i}`
        const answer = await socket.ask({ t: 'say', text })
        await bobSocket!.said(text)
        return answer.t
      }),
    )
    expect(after).toEqual(['ok', 'ok', 'ok'])
    const gaps = (socket: ChatSocket) =>
      socket.frames
        .flatMap((frame): Entry[] => (frame.t === 'entries' && frame.log === 'room' ? frame.entries : []))
        .map(({ seq }) => seq)
        .filter((seq, i, all) => i > 0 && seq !== (all[i - 1] ?? 0) + 1)
    for (const socket of [adaSocket!, bobSocket!, hostSocket!]) expect(gaps(socket)).toEqual([])
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    const { pass } = await ada.call<Pass>('POST', `/api/streams/${show.stream.slug}/pass`, {})
    const log = server.output().replace(server.loginLink ?? '', '')
    for (const secret of [CANARY, pass.slice(0, 40), 'eyJ', ada.cookie(), show.host.cookie(), 'drop table'])
      expect(log).not.toContain(secret)
    expect(log).not.toMatch(/"level":50/)
  },
)
