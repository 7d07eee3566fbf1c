// What k6 is told to do, and the line of figures that each of its virtual users prints once a second.
import type { Sparse } from './histogram.ts'

export const SCENARIOS = ['chat', 'private', 'reconnect-storm', 'reactions', 'go-live', 'soak'] as const
export type ScenarioName = (typeof SCENARIOS)[number]

/** One viewer, or the host (`index` -1), as it was minted. */
export type Seat = {
  index: number
  url: string
  name: string
  principal: string
  cookie: string
  pass: string
}

export type Plan = {
  scenario: ScenarioName
  slug: string
  /** See marks.ts. */
  mark: string
  /** Viewers; each virtual user of k6 holds the sockets of some of them. */
  viewers: number
  vus: number
  /** Messages (or reactions) per second, all viewers together. */
  rate: number
  /** Viewers arrive over `rampMs`; `talkFromMs` to `talkToMs` is what is measured. All since the start. */
  rampMs: number
  talkFromMs: number
  talkToMs: number
  /** When everybody but those who talk is cut at once. */
  cutsAtMs: number[]
  host: Seat | null
}

/** Since the start, of one virtual user. */
export type Totals = {
  /** Viewers of this virtual user, and how many were ever welcomed. */
  viewers: number
  joined: number
  /** Attempts to open a socket, commands sent, and commands that took effect. */
  connects: number
  sent: number
  acked: number
  /** By what went wrong: codes of refusals, `closed 4408`, `gap`, `doubled`, `no_answer`, ... */
  errors: Record<string, number>
  /** Room entries: sum of what the viewers saw, of where they began, and the highest seq known here. */
  seen: number
  began: number
  top: number
  /** Returns that continued the log, and those that were given its newest entries instead. */
  resumed: number
  replaced: number
  /** Private messages that were acknowledged, that reached the one they were for, and that others were shown. */
  whispers: number
  whispersRead: number
  foreign: number
  framesInspected: number
  /** Reactions that were acknowledged; the total that the room was told last, less what it began with. */
  reacts: number
  reactsTold: number
}

export type VuLine = {
  vu: number
  /** Unix ms. */
  at: number
  /** Viewers in the room now. */
  open: number
  /** Since the last line. */
  deliveries: number
  latency: Sparse
  acks: Sparse
  joins: Sparse
  resumes: Sparse
  /** How late this virtual user's own timers ran, at most: it, not the server, was behind. */
  lagMs: number
  total: Totals
  last?: boolean
}

export const LINE_MARK = '@stagedoor '
