// `react`: one more in a total. Who reacted is neither stored nor sent (N2).
import { ok } from '../../../shared/protocol/index.ts'
import type { StreamId } from '../../../shared/ids.ts'
import type { Handler } from './handler.ts'

export type Reactions = { add(stream: StreamId, emoji: string): void }

export function createReact(reactions: Reactions): Handler<'react'> {
  return (caller, { id, emoji }) => {
    reactions.add(caller.stream.id, emoji)
    return Promise.resolve(ok({ t: 'ok', re: id }))
  }
}
