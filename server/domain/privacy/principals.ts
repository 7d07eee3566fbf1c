// The kinds of people (and one machine) that the privacy tables speak of, seen from one stream.

export const PRINCIPALS = {
  AN: 'no session: has no socket, asks over HTTP alone',
  G: 'guest: a random id in a signed cookie',
  V: 'viewer with an account',
  M: 'moderator of this stream, or of all streams of its host',
  H: 'host of this stream',
  OH: 'host of another stream: here a viewer like any other',
  BN: 'banned from this stream',
  OV: 'overlay: the picture source in the host’s streaming software, whoever opens it',
} as const

export type PrincipalKind = keyof typeof PRINCIPALS
export const PRINCIPAL_KINDS = Object.keys(PRINCIPALS) as PrincipalKind[]

/** One row of a table: a cell for each kind, none left out. */
export type Row<Cell> = Record<PrincipalKind, Cell>
