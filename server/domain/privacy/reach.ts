// What else takes things out of the logs: search, exports and the replay beside a recording. Cells as in read.ts, with
// the table's own meaning of `own`: what the person wrote or was written, and the reports it made.
import { OBJECT_IDS } from './read.ts'
import type { ObjectId, ReadCell } from './read.ts'
import type { Row } from './principals.ts'

type Cell = Exclude<ReadCell, 'never'>
const row = (AN: Cell, G: Cell, V: Cell, M: Cell, H: Cell, OH: Cell, BN: Cell, OV: Cell): Row<Cell> => ({
  ...{ AN, G, V, M, H, OH, BN, OV },
})
const NOBODY = row('-', '-', '-', '-', '-', '-', '-', '-')
const EVERYBODY = row('Y', 'Y', 'Y', 'Y', 'Y', 'Y', '-', '-')
const OWN_AND_HOST = row('-', 'own', 'own', 'own', 'Y', 'own', '-', '-')
const HOST = row('-', '-', '-', '-', 'Y', '-', '-', '-')
const TEAM = row('-', '-', '-', 'Y', 'Y', '-', '-', '-')
/** As the subject of the data, also after a ban. */
const OWN = row('-', 'own', 'own', 'own', 'own', 'own', 'own', '-')
const OWN_TOMBSTONES = row('-', 'own T', 'own T', 'own T', 'own T', 'own T', 'own T', '-')
/** What viewers wrote to a host is in the private file of the stream, behind a fresh login. */
const OWN_OF_VIEWERS = row('-', 'own', 'own', 'own', '-', 'own', 'own', '-')
const HOST_TOMBSTONES = row('-', '-', '-', '-', 'T', '-', '-', '-')

type Reach = { says: string; objects: Partial<Record<ObjectId, Row<Cell>>> }

export const REACH = {
  search: {
    says: 'search in the messages of one stream',
    objects: {
      O1: row('-', 'Y', 'Y', 'Y', 'Y', 'Y', '-', '-'),
      O2: OWN_AND_HOST,
      O3: OWN_AND_HOST,
      O5: TEAM,
      O7: TEAM,
    },
  },
  exportPublic: {
    says: 'export of a stream, the public file (after a fresh login)',
    objects: { O1: HOST, O4: HOST, O5: HOST_TOMBSTONES, O9: HOST },
  },
  exportPrivate: {
    says: 'export of a stream, the private file (after a fresh login)',
    objects: { O2: HOST, O3: HOST, O6: HOST_TOMBSTONES },
  },
  exportAudit: {
    says: 'export of a stream, the audit file (after a fresh login)',
    objects: { O5: HOST, O7: HOST, O11: HOST, O12: HOST, O13: HOST },
  },
  exportMine: {
    says: 'export of oneself, from the account page',
    objects: {
      ...{ O1: OWN, O2: OWN_OF_VIEWERS, O3: OWN, O5: OWN_TOMBSTONES, O6: OWN_TOMBSTONES },
      ...{ O7: OWN, O10: OWN, O11: OWN },
    },
  },
  replay: {
    says: 'chat beside a recording; public things alone, for the host too: it may be shared or filmed',
    objects: { O1: EVERYBODY, O4: EVERYBODY, O9: EVERYBODY },
  },
} as const satisfies Record<string, Reach>

export type ReachId = keyof typeof REACH
export const REACH_IDS = Object.keys(REACH) as ReachId[]
export const reach = (id: ReachId): Reach => REACH[id]

/** Every object has a row, also those that the table leaves out. */
export const reachRows = (id: ReachId): [ObjectId, Row<Cell>][] =>
  OBJECT_IDS.map((each) => [each, reach(id).objects[each] ?? NOBODY])
