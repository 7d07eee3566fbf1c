// What each object is, in which logs it lies, and who reads what of it: live, at join, on resume, as a page, over HTTP
// and in plain SQL alike.
import type { LogName } from '../../../shared/protocol/index.ts'
import type { Row } from './principals.ts'

/** `Y` whole. `own`: the one whom it concerns (the viewer of the thread, the sender, the target) and nobody else.
 * `T` a tombstone: id and seq, no text. `T+` the tombstone, and the removed text beside it for as long as it is kept.
 * `own T` a tombstone for whom it concerns. `-` nothing: it answers like what does not exist. `never`: no such thing can
 * come to be, the tables have no place for it. */
export type ReadCell = 'Y' | 'own' | 'T' | 'T+' | 'own T' | '-' | 'never'

/** What a log holds of an object: all of it, a tombstone, or the text that a tombstone has lost. */
export type Part = 'whole' | 'tombstone' | 'kept text'

type Object_ = { says: string; lies: Partial<Record<LogName, Part>>; cells: Row<ReadCell> }

export const READ = {
  O1: {
    says: 'public message',
    lies: { room: 'whole' },
    cells: { AN: 'Y', G: 'Y', V: 'Y', M: 'Y', H: 'Y', OH: 'Y', BN: '-', OV: 'Y' },
  },
  O2: {
    says: 'private message, viewer to host',
    lies: { thread: 'whole', inbox: 'whole' },
    cells: { AN: '-', G: 'own', V: 'own', M: 'own', H: 'Y', OH: 'own', BN: '-', OV: '-' },
  },
  O3: {
    says: 'private message, host to viewer',
    lies: { thread: 'whole', inbox: 'whole' },
    cells: { AN: '-', G: 'own', V: 'own', M: 'own', H: 'Y', OH: 'own', BN: '-', OV: '-' },
  },
  O4: {
    says: 'pinned message',
    lies: { room: 'whole' },
    cells: { AN: 'Y', G: 'Y', V: 'Y', M: 'Y', H: 'Y', OH: 'Y', BN: '-', OV: 'Y' },
  },
  O5: {
    says: 'deleted public message',
    lies: { room: 'tombstone', backstage: 'kept text' },
    cells: { AN: 'T', G: 'T', V: 'T', M: 'T+', H: 'T+', OH: 'T', BN: '-', OV: 'T' },
  },
  O6: {
    says: 'deleted private message',
    lies: { thread: 'tombstone', inbox: 'tombstone' },
    cells: { AN: '-', G: 'own T', V: 'own T', M: 'own T', H: 'T', OH: 'own T', BN: '-', OV: '-' },
  },
  O7: {
    says: 'public message that is held',
    lies: { thread: 'whole', backstage: 'whole' },
    cells: { AN: '-', G: 'own', V: 'own', M: 'Y', H: 'Y', OH: 'own', BN: '-', OV: '-' },
  },
  O8: {
    says: 'private message that is held',
    lies: {},
    cells: {
      ...{ AN: 'never', G: 'never', V: 'never', M: 'never' },
      ...{ H: 'never', OH: 'never', BN: 'never', OV: 'never' },
    },
  },
  O9: {
    says: 'notice to all: rules, slow mode, state of the stream',
    lies: { room: 'whole' },
    cells: { AN: 'Y', G: 'Y', V: 'Y', M: 'Y', H: 'Y', OH: 'Y', BN: '-', OV: 'Y' },
  },
  O10: {
    says: 'notice to one person: held, timed out, banned',
    lies: { thread: 'whole' },
    cells: { AN: '-', G: 'own', V: 'own', M: 'own', H: 'Y', OH: 'own', BN: '-', OV: '-' },
  },
  O11: {
    says: 'report of a public message',
    lies: { backstage: 'whole' },
    cells: { AN: '-', G: '-', V: '-', M: 'Y', H: 'Y', OH: '-', BN: '-', OV: '-' },
  },
  O12: {
    says: 'note about a person',
    lies: { backstage: 'whole' },
    cells: { AN: '-', G: '-', V: '-', M: 'Y', H: 'Y', OH: '-', BN: '-', OV: '-' },
  },
  O13: {
    says: 'record of what moderators did',
    lies: { backstage: 'whole' },
    cells: { AN: '-', G: '-', V: '-', M: 'Y', H: 'Y', OH: '-', BN: '-', OV: '-' },
  },
} as const satisfies Record<string, Object_>

export type ObjectId = keyof typeof READ
export const OBJECT_IDS = Object.keys(READ) as ObjectId[]
export const object = (id: ObjectId): Object_ => READ[id]
