// One of every object for every party, each with a word of its own, and what can be seen of it in entries.
import type { Entry } from '../../../shared/protocol/index.ts'
import type { Seen } from '../../domain/audience.ts'
import { OBJECT_IDS } from '../../domain/privacy/read.ts'
import type { ObjectId } from '../../domain/privacy/read.ts'
import type { Actor, Theatre } from './theatre.ts'

/** `party`: whom it concerns. `word`: stands in its text and nowhere else. `by`: who wrote it or is named as having. */
export type Thing = { object: ObjectId; party: Actor; by: Actor; id: string; word: string }

/** Whose things there are: one of each kind of person, and bob, who is nobody of those. */
export const PARTIES = ['ada', 'vera', 'mona', 'olga', 'boris', 'bob'] as const
type Party = (typeof PARTIES)[number]

export async function makeThings(theatre: Theatre, party: Party, objects = OBJECT_IDS): Promise<Thing[]> {
  const { ids, act, write } = theatre
  const things: Thing[] = []
  for (const object of objects) {
    const word = `${object}x${party}`
    const add = (id: string, by: Actor = party) => things.push({ object, party, by, id, word })
    const target = ids[party]
    switch (object) {
      case 'O1':
        add(await write(party, word))
        break
      case 'O2':
        add(await write(party, word, { to: party }))
        break
      case 'O3':
        add(await write('hana', word, { to: party }), 'hana')
        break
      case 'O4':
        break // one for all: see makeCommonThings
      case 'O5':
      case 'O6': {
        const id = await write(party, word, object === 'O6' ? { to: party } : {})
        await act(party, { type: 'delete', target: id })
        add(id)
        break
      }
      case 'O7':
        add(await write(party, word, { held: true }))
        break
      case 'O8': // what would be held if it were public
        add(await write(party, word, { to: party, held: true }))
        break
      case 'O9':
        break
      case 'O10':
        await act('hana', { type: 'timeout', target, seconds: 600, reason: word })
        add(target)
        break
      case 'O11': {
        const message = await write('cora', `about to be reported by ${party}`)
        await act(party, { type: 'report', target: message, reason: 'spam', note: word })
        add(message)
        break
      }
      case 'O12':
        await act('hana', { type: 'note', target, text: word })
        add(target, 'hana')
        break
      case 'O13':
        await act('hana', { type: 'timeout', target, seconds: 1_200, reason: word })
        add(target, 'hana')
        break
    }
  }
  return things
}

/** What there is once for all: the pin, and what everybody is told. */
export async function makeCommonThings({ act, write }: Theatre): Promise<Thing[]> {
  const pinned = await write('bob', 'O4xbob')
  await act('mona', { type: 'pin', target: pinned })
  await act('hana', { type: 'slow', seconds: 1 })
  await act('hana', { type: 'slow', seconds: 0 })
  return [
    { object: 'O4', party: 'bob', by: 'bob', id: pinned, word: 'O4xbob' },
    { object: 'O9', party: 'bob', by: 'hana', id: 'slowed', word: 'slowed' },
  ]
}

/** What these entries show of it. */
export function seenIn(entries: readonly Entry[], thing: Thing): Seen {
  const parts = new Set(entries.map(({ event }) => partOf(event, thing)))
  // Told live, the words come first and their end after them.
  if (entries.some(({ event }) => event.type === 'deleted' && event.target === thing.id)) {
    if (parts.delete('whole')) parts.add('tombstone')
  }
  if (parts.has('whole')) return 'whole'
  if (!parts.has('tombstone')) return parts.has('kept text') ? 'kept text' : 'nothing'
  return parts.has('kept text') ? 'tombstone and text' : 'tombstone'
}

function partOf(event: Entry['event'], { object, id, word }: Thing): Seen {
  const text = (message: { id: string; text: string | null }): Seen => {
    if (message.id !== id) return 'nothing'
    return message.text === null ? 'tombstone' : 'whole'
  }
  switch (object) {
    case 'O1':
      return event.type === 'said' ? text(event.message) : 'nothing'
    case 'O2':
    case 'O3':
      return event.type === 'whispered' ? text(event.message) : 'nothing'
    case 'O4':
      return event.type === 'pinned' ? text(event.message) : 'nothing'
    case 'O5':
    case 'O6':
      if (event.type === 'said' || event.type === 'whispered') return text(event.message)
      if (event.type !== 'moderated' || event.deed.is !== 'deleted') return 'nothing'
      return event.deed.message.id === id && event.deed.message.text === word ? 'kept text' : 'nothing'
    case 'O7':
    case 'O8':
      if (event.type === 'held') return event.held.id === id && event.held.text === word ? 'whole' : 'nothing'
      return event.type === 'notice' && event.notice.is === 'held' ? text(event.notice.message) : 'nothing'
    case 'O9':
      return event.type === 'slowed' ? 'whole' : 'nothing'
    case 'O10':
      if (event.type !== 'notice' || event.notice.is !== 'timed_out') return 'nothing'
      return event.notice.reason === word ? 'whole' : 'nothing'
    case 'O11':
      return event.type === 'reported' && event.report.note === word ? 'whole' : 'nothing'
    case 'O12':
    case 'O13': {
      if (event.type !== 'moderated') return 'nothing'
      const { deed } = event
      const says =
        object === 'O12' ? deed.is === 'noted' && deed.text : deed.is === 'timed_out' && deed.reason
      return says === word ? 'whole' : 'nothing'
    }
  }
}
