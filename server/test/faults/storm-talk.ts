// What the runner of a storm and its crowd tell each other.
export type Ticket = {
  principal: string
  stream: string
  slug: string
  cookie: string
  /** Null: none yet, the first is asked for. */
  pass: string | null
  /** The pass is over, and the phone does not know. */
  expired: boolean
}

/** How often everything happened; what begins with `error` should not have. */
export type Counters = Record<string, number>

export type Gather = {
  do: 'gather'
  url: string
  tickets: Ticket[]
  /** So many of the tickets say a line a second. */
  senders: number
  seed: number
  /** Phones that may be on their way in at once. */
  atOnce: number
  withinMs: number
}
export type ToCrowd =
  | Gather
  /** From here on everybody is expected to come back. */
  | { do: 'watch' }
  /** Report when everybody is back, or at the deadline with those who are. */
  | { do: 'await'; withinMs: number }
  /** Senders stop; report when the last line is acknowledged. */
  | { do: 'hush'; withinMs: number }
  /** Report when everybody has these positions of their rooms, or at the deadline. */
  | { do: 'settle'; seqs: Record<string, number>; withinMs: number }

/** `welcomedAt`: Unix ms, of each phone that is in, since `watch`. */
export type Arrivals = { welcomedAt: number[]; counters: Counters }
export type FromCrowd =
  | ({ did: 'gather' } & Arrivals)
  | { did: 'watch' }
  | ({ did: 'await' } & Arrivals)
  | {
      did: 'hush'
      /** How long each send took since `watch`, in ms; `acked` counts all. */
      acks: number[]
      acked: number
      unanswered: number
    }
  | { did: 'settle'; behind: number; counters: Counters }
