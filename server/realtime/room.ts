// What everybody sees besides the entries of a room: pin, slow mode, state of the stream. Kept by the entries
// themselves, so that a join reads none of it from the database.
import type { Entry, Message, Rules, StreamState } from '../../shared/protocol/index.ts'
import { blanked } from '../domain/tombstone.ts'
import type { Phase } from '../domain/slow.ts'

export type RoomFacts = Phase & { slowSeconds: number; rules: Rules; pin: Message | null }

export function withEntry(facts: RoomFacts, { event, at }: Entry): RoomFacts {
  switch (event.type) {
    case 'pinned':
      return { ...facts, pin: event.message }
    case 'unpinned':
      return { ...facts, pin: null }
    case 'slowed':
      return { ...facts, slowSeconds: event.seconds }
    case 'stream':
      return { ...facts, state: event.state, endedAt: endOf(event.state, at) }
    case 'deleted':
      return facts.pin ? { ...facts, pin: blanked(facts.pin, event.target) } : facts
    case 'ruled':
      return { ...facts, rules: event.rules }
    case 'said':
    case 'whispered':
    case 'notice':
    case 'held':
    case 'settled':
    case 'reported':
    case 'resolved':
    case 'moderated':
      return facts
  }
}

const endOf = (state: StreamState, at: number): number | null => (state === 'ended' ? at : null)
