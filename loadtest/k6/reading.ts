// What one viewer reads: its place in every log of its own, what it was shown that it must not be, and how long each
// entry was on its way.
import type { Cursor, LogName } from '../../shared/protocol/events.ts'
import type { Entries, Frame, Welcome } from '../../shared/protocol/frames.ts'
import type { Entry } from '../../shared/protocol/events.ts'
import { isPulse, isRoomEntries } from './scan.ts'
import { createTrack, type Track } from './track.ts'
import type { ViewerDeps } from './viewer.ts'

export type Reading = {
  /** True when there is nothing more to do about this frame. */
  took(frame: string, at: number): boolean
  rare(frame: Frame, at: number): void
  welcome(frame: Welcome, again: boolean): void
  cursors(): Cursor[]
  position(): number
}

type Deps = Pick<ViewerDeps, 'seat' | 'meter' | 'marks' | 'look' | 'inspects' | 'thorough' | 'leads'>

export function createReading({ seat, meter, marks, look, inspects, thorough, leads }: Deps): Reading {
  const tracks = new Map<LogName, Track>()
  const epochs = new Map<LogName, string>()
  const isViewer = seat.index >= 0
  let reactsAtFirst: number | null = null

  const trackOf = (log: LogName): Track => {
    const known = tracks.get(log)
    if (known) return known
    const fresh = createTrack()
    tracks.set(log, fresh)
    return fresh
  }

  /** How many of them are new: the last ones. */
  function advance(log: LogName, first: number, last: number): number {
    const { fresh, missed, doubled } = trackOf(log).take(first, last)
    if (missed > 0) meter.error(`missed in ${log}`, missed)
    if (doubled > 0) meter.error(`doubled in ${log}`, doubled)
    if (log === 'room') {
      meter.top(last)
      if (isViewer) meter.delivered(fresh)
    }
    return fresh
  }

  function inspect(frame: string): void {
    if (!inspects || !isViewer) return
    meter.total.framesInspected++
    const foreign = marks.foreignIn(frame, seat.index)
    if (foreign > 0) meter.total.foreign += 1
  }

  /** Private entries are few: each is looked at whole. */
  function readPrivate(log: LogName, entries: readonly Entry[], at: number | null): void {
    const [first, last] = [entries[0], entries.at(-1)]
    if (!first || !last) return
    const fresh = advance(log, first.seq, last.seq)
    for (const { event } of entries.slice(entries.length - fresh)) {
      if (event.type !== 'whispered') continue
      if (event.message.author.id === seat.principal) continue
      meter.total.whispersRead++
      const stamp = marks.stampOf(event.message.text ?? '')
      if (stamp !== null && at !== null) meter.took(at - stamp)
    }
  }

  function totalOf(reactions: Record<string, number>): number {
    return Object.values(reactions).reduce((sum, count) => sum + count, 0)
  }

  function told(reactions: Record<string, number>): void {
    reactsAtFirst ??= totalOf(reactions)
    meter.total.reactsTold = Math.max(meter.total.reactsTold, totalOf(reactions) - reactsAtFirst)
  }

  return {
    took(frame, at) {
      inspect(frame)
      if (isPulse(frame)) return !leads
      if (!isRoomEntries(frame)) return false
      const { first, last, stamps, bent } = look(frame, thorough)
      if (bent) meter.error('bent frame')
      const fresh = advance('room', first, last)
      if (isViewer)
        for (let n = stamps.length - fresh; n < stamps.length; n++) {
          const stamp = stamps[n]
          if (stamp) meter.took(at - stamp)
        }
      return true
    },
    rare(frame, at) {
      if (frame.t === 'entries') readPrivate(frame.log, (frame satisfies Entries).entries, at)
      else if (frame.t === 'pulse') told(frame.reactions)
      else if (frame.t === 'pos' && frame.log === 'room') meter.top(frame.seq)
      else if (frame.t === 'snapshot') {
        meter.error('read too slowly: snapshot')
        trackOf('room').jump(frame.seq)
        meter.top(frame.seq)
      }
    },
    welcome(frame, again) {
      for (const { log, epoch, seq, recovered, entries } of frame.logs) {
        epochs.set(log, epoch)
        const track = trackOf(log)
        if (!again) {
          track.begin(seq)
          if (log === 'room' && isViewer) meter.total.began += seq
        } else if (recovered) {
          const first = entries[0]?.seq ?? seq + 1
          if (log === 'room') advance('room', first, seq)
          else readPrivate(log, entries, null)
          if (entries.length !== seq - first + 1 || track.position() < seq)
            meter.error(`resume left a hole in ${log}`)
        } else track.jump(seq)
        if (log === 'room') {
          meter.top(seq)
          if (again && isViewer) meter.total[recovered ? 'resumed' : 'replaced']++
        }
      }
      if (leads) told(frame.pulse.reactions)
    },
    cursors: () =>
      [...tracks].map(([log, track]) => ({ log, epoch: epochs.get(log) ?? '', seq: track.position() })),
    position: () => tracks.get('room')?.position() ?? -1,
  }
}
