// Where a chat's connection is, as its reader sees it.
export type Status =
  | { at: 'connecting' }
  | { at: 'catching_up' }
  | { at: 'connected' }
  /** `retryAt` is on the client's clock; in the past while an attempt runs. */
  | { at: 'reconnecting'; retryAt: number }
  | { at: 'offline' }
  | { at: 'ended' | 'refused'; says: string }
  /** `until` on the client's clock; null: for good, or not known yet. Comes back by itself when it is over. */
  | { at: 'banned'; says: string; until: number | null; reason: string | null; known: boolean }
  /** This browser is somebody else now, by another page's doing. `goOn` names the way on. */
  | { at: 'replaced'; says: string; goOn: string }
  | { at: 'stopped' }

/** Nothing can be said here now. */
export const isOver = ({ at }: Status): boolean =>
  at === 'banned' || at === 'ended' || at === 'refused' || at === 'replaced'
