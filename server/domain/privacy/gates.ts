// Who passes which gate, and what those who do not are told on every way there is. Bans come before gates, and all other
// tables speak of people whom the gate lets in.
import type { GateKind } from '../../../shared/api/gates.ts'
import type { ErrorCode } from '../../../shared/protocol/index.ts'
import type { Row } from './principals.ts'

/** `Y` passes. `-` does not. `entered`: whoever gave this stream's passphrase or brought its link since it was changed.
 * `member`: members of the host. */
export type GateCell = 'Y' | '-' | 'entered' | 'member'

export type GateCode = Extract<
  ErrorCode,
  'passphrase_needed' | 'link_needed' | 'account_needed' | 'membership_needed'
>

type GateRow = {
  says: string
  /** Null: it keeps nobody out. */
  asks: GateCode | null
  /** What it is on the page of all streams. */
  listed: 'whole' | 'title' | 'not'
  cells: Row<GateCell>
}

/** The key of an overlay is the host's own and ends by itself: it is drawn into the picture that the gate protects. */
const OV = 'Y'
const TEAM = { M: 'Y', H: 'Y', BN: '-', OV } as const
const ALL = { AN: 'Y', G: 'Y', V: 'Y', OH: 'Y', ...TEAM } as const
const ENTERED = { AN: '-', G: 'entered', V: 'entered', OH: 'entered', ...TEAM } as const

export const GATES = {
  public: { says: 'everybody', asks: null, listed: 'whole', cells: ALL },
  unlisted: { says: 'everybody who has the address', asks: null, listed: 'not', cells: ALL },
  passphrase: {
    says: 'whoever gives the passphrase',
    asks: 'passphrase_needed',
    listed: 'title',
    cells: ENTERED,
  },
  // Nobody who finds it in a list could do anything about it.
  invite: { says: 'whoever brings the invite link', asks: 'link_needed', listed: 'not', cells: ENTERED },
  accounts: {
    says: 'whoever is signed in with an account',
    asks: 'account_needed',
    listed: 'title',
    cells: { AN: '-', G: '-', V: 'Y', OH: 'Y', ...TEAM },
  },
  members: {
    says: 'members of the host',
    asks: 'membership_needed',
    listed: 'title',
    cells: { AN: '-', G: 'member', V: 'member', OH: 'member', ...TEAM },
  },
} as const satisfies Record<GateKind, GateRow>

export const gateRow = (kind: GateKind): GateRow => GATES[kind]

/** `code`: the refusal says what the gate asks for. `4401`: the socket closes with it, and the pass that is asked for
 * then is refused with the code. `404`: as if it were not there. `stays`: the gate does not count. */
export const WAYS = {
  page: { says: 'the stream itself, over HTTP: its title, its host and what is asked', closed: 'code' },
  pass: { says: 'a pass for the sockets', closed: 'code' },
  socket: { says: 'the chat socket', closed: '4401' },
  push: { says: 'the picture, pushed', closed: '4401' },
  playlist: { says: 'the picture: playlists', closed: '404' },
  segment: { says: 'the picture: parts and segments', closed: '404' },
  history: { says: 'the room over HTTP', closed: 'code' },
  search: { says: 'search', closed: 'code' },
  recordings: { says: 'the list of recordings', closed: 'code' },
  replay: { says: 'chat beside a recording', closed: 'code' },
  ownData: { says: 'export of oneself', closed: 'stays' },
  overlay: { says: 'the overlay, for whoever has its key', closed: 'stays' },
} as const satisfies Record<string, { says: string; closed: 'code' | '4401' | '404' | 'stays' }>
export type WayId = keyof typeof WAYS
export const WAY_IDS = Object.keys(WAYS) as WayId[]
