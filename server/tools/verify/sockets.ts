// What a person with an open socket can try against the secrets of others.
import { setTimeout as wait } from 'node:timers/promises'
import type { MessageId, PrincipalId } from '../../../shared/ids.ts'
import type { Err, Frame, Ok, Request } from '../../../shared/protocol/index.ts'
import type { ChatSocket } from '../../test/client.ts'
import type { Findings, Named } from './findings.ts'

const WHERE = 'pairs of answers about what is not yours and what is not there'

/** `victim` is another viewer, `target` a private message of theirs; `nobody` and `nothing` do not exist. */
export type Aim = { victim: PrincipalId; target: MessageId; nobody: PrincipalId; nothing: MessageId }

/** Each question twice: about the secret, and about what is not there. */
export async function pry(findings: Findings, socket: ChatSocket, who: Named, aim: Aim): Promise<void> {
  const { victim, target, nobody, nothing } = aim
  const pairs = [
    ['delete', { t: 'delete', target }, { t: 'delete', target: nothing }],
    ['reply', { t: 'say', text: 'x', replyTo: target }, { t: 'say', text: 'x', replyTo: nothing }],
    ['whisper', { t: 'whisper', text: 'x', replyTo: target }, { t: 'whisper', text: 'x', replyTo: nothing }],
    ['report', { t: 'report', target, reason: 'spam' }, { t: 'report', target: nothing, reason: 'spam' }],
    ['pin', { t: 'pin', target }, { t: 'pin', target: nothing }],
  ] as const
  for (const [what, real, random] of pairs)
    findings.same(
      `${WHERE} (${what})`,
      who,
      bare(await patiently(socket, real)),
      bare(await patiently(socket, random)),
    )
  for (const log of ['thread', 'inbox'] as const) {
    const about = (viewer: PrincipalId) => ({ t: 'read', log, viewer, from: 1, to: 50 }) as const
    findings.same(
      `${WHERE} (read)`,
      who,
      bare(await patiently(socket, about(victim))),
      bare(await patiently(socket, about(nobody))),
    )
  }
}

type Asked = Request extends infer R ? (R extends { id: string } ? Omit<R, 'id'> : never) : never

/** Asks again for as long as the server asks for patience. */
export async function patiently(socket: ChatSocket, request: Asked): Promise<Ok | Err> {
  for (;;) {
    const answer = await socket.ask(request)
    const waitMs = answer.t === 'err' ? answer.retryAfterMs : undefined
    if (answer.t !== 'err' || waitMs === undefined || answer.code !== 'rate_limited') return answer
    await wait(waitMs)
  }
}

/** Without what differs in every answer. */
const bare = (frame: Frame): string => JSON.stringify({ ...frame, re: null, at: null })

export function inspectSocket(findings: Findings, socket: ChatSocket, who: Named, kind: string): void {
  for (const frame of socket.raw) findings.inspect(`frames on sockets of ${kind}`, who, frame)
}
