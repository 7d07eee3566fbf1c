// A real server with a live stream and everybody whom a gate tells apart: who they are over HTTP, and a pass each of
// before there was a gate.
import { WebSocket } from 'ws'
import type { GateKind, GateRequest } from '../../../shared/api/gates.ts'
import type { Me } from '../../../shared/api/identity.ts'
import type { IngestGrant, Pass, StreamCard, StreamPage } from '../../../shared/api/streams.ts'
import { encodeConfig, encodePacket } from '../../../shared/media.ts'
import { createPerson, openChat, type ChatSocket, type Person } from '../client.ts'
import { AAC, AVC, AVC_OTHER, stretch, withLow } from '../media/packets.ts'
import type { ServerProcess } from '../server-process.ts'
import { openShow } from '../show.ts'

export const KINDS = ['stranger', 'guest', 'account', 'member', 'moderator', 'host', 'banned'] as const
export type Kind = (typeof KINDS)[number]
export type House = Awaited<ReturnType<typeof openHouse>>

const PASSWORD = 'a long enough password'
/** For servers that many people come to from one address. */
export const ROOMY = {
  GUESTS_PER_MINUTE: '10000',
  PASSES_PER_MINUTE: '10000',
  SIGN_INS_PER_MINUTE: '1000',
  MESSAGES_PER_SECOND: '1000',
  CHAT_COMMANDS_PER_SECOND: '1000',
}

export const idOf = async (person: Person): Promise<string> =>
  (await person.call<Me>('GET', '/api/me')).principal?.id ?? ''

export async function signUp(server: ServerProcess, name: string): Promise<Person> {
  const person = createPerson(server.url)
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@stage.example`
  await person.call('POST', '/api/sign-up', { email, password: PASSWORD, name })
  return person
}

/** A publisher whose pictures nobody could look at: they come as real ones do, in real time. */
export async function publish(server: ServerProcess, host: Person, slug: string): Promise<{ stop(): void }> {
  const { grant } = await host.call<IngestGrant>('POST', `/api/streams/${slug}/ingest-grant`, {})
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ingest`)
  socket.on('open', () => socket.send(JSON.stringify({ t: 'publish', grant })))
  // What comes before `go` is refused.
  await new Promise<void>((go, failed) => {
    socket.on('message', (text: Buffer) => {
      if ((JSON.parse(text.toString()) as { t: string }).t === 'go') go()
    })
    socket.on('close', (code) => failed(new Error(`closed with ${code}`)))
  })
  socket.send(JSON.stringify({ t: 'clock', sent: Date.now() }))
  for (const config of [AVC, AAC]) socket.send(encodeConfig(config))
  socket.send(encodeConfig(AVC_OTHER, 'low'))
  let at = Date.now() - 5_000
  const send = () => {
    for (; at < Date.now(); at += 1_000)
      for (const { layer, ...packet } of withLow(stretch(at, 1_000))) socket.send(encodePacket(packet, layer))
  }
  send()
  const timer = setInterval(send, 500)
  return {
    stop() {
      clearInterval(timer)
      socket.terminate()
    },
  }
}

/** Opens `/push` with a pass: the state frame, or the code it was closed with. */
export async function openPush(base: string, pass: string) {
  const socket = new WebSocket(`${base.replace('http', 'ws')}/push`)
  socket.on('open', () => socket.send(JSON.stringify({ t: 'watch', pass })))
  socket.on('error', () => undefined)
  const closed = new Promise<number>((done) => socket.on('close', (code) => done(code)))
  const playing = new Promise<'playing'>((done) => socket.on('message', () => done('playing')))
  return { first: await Promise.race([playing, closed]), closed, close: () => socket.terminate() }
}

export async function openHouse(server: ServerProcess) {
  const { host, stream } = await openShow(server)
  const { slug, id } = stream
  const people: Record<Kind, Person> = {
    stranger: createPerson(server.url),
    guest: createPerson(server.url),
    account: await signUp(server, 'Ada'),
    member: await signUp(server, 'Mina'),
    moderator: await signUp(server, 'Mona'),
    host,
    banned: await signUp(server, 'Boris'),
  }
  await people.guest.call('POST', '/api/guest', { name: 'Gus' })
  const passes = new Map<Kind, string>()
  for (const kind of KINDS)
    if (kind !== 'stranger') {
      const { pass } = await people[kind].call<Pass>('POST', `/api/streams/${slug}/pass`, {})
      passes.set(kind, pass)
    }
  const stage = await host.join(slug)
  const act = async (command: Parameters<ChatSocket['ask']>[0]) => {
    const answer = await stage.ask(command)
    if (answer.t !== 'ok') throw new Error(`${command.t} was refused: ${answer.code}`)
  }
  await act({ t: 'enrol', target: await idOf(people.member) })
  await act({ t: 'appoint', target: await idOf(people.moderator) })
  await act({ t: 'ban', target: await idOf(people.banned) })
  await act({ t: 'say', text: 'hello, house' })
  const studio = await publish(server, host, slug)
  const url = (file: string) => `/hls/${id}/${file}`
  const text = async (path: string) =>
    (await fetch(server.url + path, { headers: { cookie: host.cookie() } })).text()
  /** The newest segment that is listed. */
  const segment = async () => (await text(url('plain.m3u8'))).trim().split('\n').at(-1) ?? ''

  return {
    ...{ server, host, slug, id, people, passes, stage, act, url, segment },
    at: `/api/streams/${slug}`,
    page: () => host.call<StreamPage>('GET', `/api/streams/${slug}`),
    set: (gate: GateRequest) => host.call<StreamCard>('PATCH', `/api/streams/${slug}`, { gate }),
    /** As each gate is set; the passphrase is always this one. */
    gate(kind: GateKind): Promise<StreamCard> {
      return this.set(kind === 'passphrase' ? { kind, passphrase: PASSPHRASE } : { kind })
    },
    /** What a request answers: its status, and the code when it is refused. */
    async ask(
      kind: Kind,
      path: string,
      body?: unknown,
    ): Promise<{ status: number; code: string | null; text: string }> {
      const cookie = people[kind].cookie()
      const response = await fetch(server.url + path, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...(cookie === '' ? {} : { cookie }),
          ...(body === undefined ? {} : { 'content-type': 'application/json', origin: server.url }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const answered = await response.text()
      const isDenial = !response.ok && answered.startsWith('{')
      const code = isDenial ? (JSON.parse(answered) as { code: string }).code : null
      return { status: response.status, code, text: answered }
    },
    async close() {
      studio.stop()
      stage.close()
      await server[Symbol.asyncDispose]()
    },
  }
}
export const PASSPHRASE = 'open sesame'

/** `joined`, or the code the chat socket was closed with. */
export async function knock(base: string, pass: string): Promise<'joined' | number> {
  try {
    const socket = await openChat(base, pass)
    socket.close()
    return 'joined'
  } catch (error) {
    return Number(/closed with (\d+)/.exec(String(error))?.[1])
  }
}
