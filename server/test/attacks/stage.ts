// Two hosts with a stream each, a moderator and two viewers on one real server: the stage of the attacks.
import { randomUUID } from 'node:crypto'
import type { Invite, Me } from '../../../shared/api/identity.ts'
import type { StreamCard } from '../../../shared/api/streams.ts'
import type { Frame } from '../../../shared/protocol/index.ts'
import { createPerson, type ChatSocket, type Person } from '../client.ts'
import type { ServerProcess } from '../server-process.ts'
import { guest, openShow } from '../show.ts'

export const OPEN_LIMITS = {
  MESSAGES_PER_SECOND: '1000',
  CHAT_COMMANDS_PER_SECOND: '1000',
  GUESTS_PER_MINUTE: '10000',
  PASSES_PER_MINUTE: '10000',
  SIGN_INS_PER_MINUTE: '10000',
  SOCKETS_PER_ADDRESS: '500',
}

export type Stage = Awaited<ReturnType<typeof createAttackStage>>

export async function createAttackStage(server: ServerProcess) {
  const { host, stream } = await openShow(server)
  const { url } = await host.call<Invite>('POST', '/api/invites', { canHost: true })
  const other = createPerson(server.url)
  const email = `other-${randomUUID()}@example.org`
  const invite = new URL(url).hash.slice(1)
  await other.call<Me>('POST', '/api/sign-up', { email, password: 'a long password', name: 'Olga', invite })
  const others = await other.call<StreamCard>('POST', '/api/streams', { title: 'Another show' })
  const [mona, ada, bob] = [
    await guest(server, 'Mona'),
    await guest(server, 'Ada'),
    await guest(server, 'Bob'),
  ]
  const hosts = await host.join(stream.slug)
  await asked(hosts, { t: 'appoint', target: mona.id })
  return { server, host, hosts, stream, other, others, mona, ada, bob }
}

type Asked = Parameters<ChatSocket['ask']>[0]

/** The id of what was written; throws when it was refused. */
export async function asked(socket: ChatSocket, request: Asked): Promise<string> {
  const answer = await socket.ask(request)
  if (answer.t === 'err') throw new Error(`${request.t} was refused: ${answer.code}`)
  return answer.id ?? ''
}

/** An answer without what names the question: two that must be the same bytes are. */
export const bare = (frame: Frame): string => JSON.stringify({ ...frame, re: null })

export async function refusal(socket: ChatSocket, request: Asked): Promise<string> {
  const answer = await socket.ask(request)
  return answer.t === 'err' ? answer.code : answer.t
}

/** Status, headers and body as one text, without what differs between any two answers. */
export async function answerTo(server: ServerProcess, by: Person, path: string): Promise<string> {
  const response = await fetch(server.url + path, { headers: { cookie: by.cookie() } })
  const headers = [...response.headers].filter(([name]) => name !== 'date').sort()
  return `${response.status}\n${headers.map((pair) => pair.join(': ')).join('\n')}\n${await response.text()}`
}
