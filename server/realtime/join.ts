// `hello` to `welcome`: who is it, may they, and where does each of their logs stand. Rights are looked up
// again every time: neither a pass nor a position is one (C4).
import { logsFor } from '../domain/log.ts'
import type { LogKey } from '../domain/log.ts'
import { LIMITS } from '../../shared/protocol/index.ts'
import type { CloseCode, Hello, Role, Welcome } from '../../shared/protocol/index.ts'
import type { Clock, PassClaims, Principal, Stream, Streams, Tokens } from '../app/ports.ts'
import type { Admissions } from './admissions.ts'
import type { Following, Hub } from './hub.ts'
import type { OverlaySeats } from './overlay.ts'
import type { Pulse } from './pulse.ts'
import { resume } from './resume.ts'
import type { Guest, Rooms } from './rooms.ts'
import { Seat } from './seat.ts'
import type { Side } from './sides.ts'
import type { Track } from './track.ts'
import type { Turnstile } from './turnstile.ts'

export type JoinDeps = {
  tokens: Pick<Tokens, 'readPass'>
  admission: Admissions
  streams: Pick<Streams, 'byId'>
  overlay: OverlaySeats
  hub: Hub
  rooms: Rooms
  pulse: Pulse
  clock: Clock
  /** Before a welcome is made: many become due at once. */
  turnstile: Pick<Turnstile, 'pass'>
}
/** `as` which of the two kinds of pass it was. */
export type Claims = PassClaims & { as: 'person' | 'overlay' }
/** `person` is null for an overlay. `seen`: the newest revocation that is in this already. */
export type Admitted = { person: Principal | null; stream: Stream; role: Role; seen: number }
export type Cursors = Hello['cursors']
export async function readPass({ tokens, overlay, clock }: JoinDeps, pass: string): Promise<Claims | null> {
  const claims = await tokens.readPass(pass)
  if (claims) return claims.expiresAt > clock.now() ? { ...claims, as: 'person' } : null
  const keyed = await overlay.read(pass)
  return keyed && { ...keyed, as: 'overlay' }
}

/** The person behind a good pass, or the code to close with. */
export async function admit(deps: JoinDeps, claims: Claims): Promise<Admitted | CloseCode> {
  if (claims.as === 'overlay') return deps.overlay.admit(claims)
  const [{ person, role, banned, refused, seen }, stream] = await Promise.all([
    deps.admission(claims),
    deps.streams.byId(claims.stream),
  ])
  if (person?.id !== claims.principal) return 4401
  if (!stream) return 4404
  if (banned) return 4403 // P7
  // P40: a new pass is refused with what the gate asks for.
  if (refused !== null) return 4401
  // The same text, but in the place where the pass has it: it is kept once for each viewer.
  return { person: { ...person, id: claims.principal }, stream, role, seen }
}

/** Opens the person's logs. Live entries collect behind them from here on: reading first would leave a window
 * (C2). */
export async function takeSeat(deps: JoinDeps, who: Admitted, cursors: Cursors, guest: Guest): Promise<Seat> {
  const { hub, rooms } = deps
  const { stream, person, role } = who
  const own = person ? logsFor(role, stream.id, person.id).filter(({ kind }) => kind !== 'room') : []
  const [entered, ...opened] = await Promise.allSettled([
    rooms.enter(stream, guest),
    ...own.map((log) => hub.follow(log, readerOf(log, who), guest)),
  ] as const)
  const followings = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  try {
    for (const result of [entered, ...opened]) if (result.status === 'rejected') throw result.reason
    if (entered.status === 'rejected') throw entered.reason
    const room = entered.value
    const seat = new Seat(room, room.side(role), followings, guest)
    await catchUp(seat.following, cursors, (track) => (track === room.following.track ? seat.side : null))
    const wait = deps.turnstile.pass()
    if (wait) await wait
    return seat
  } catch (error) {
    if (entered.status === 'fulfilled') entered.value.leave(guest)
    for (const following of followings) following.release()
    throw error
  }
}

/** Whom a private log is read as: its owner. The backstage belongs to several, and who opens it first may be a
 * moderator no longer while others go on listening: it is read as the host, whom the stream itself names. */
const readerOf = (log: LogKey, { person, stream }: Admitted) =>
  log.kind === 'backstage' ? stream.host.id : (person?.id ?? null)

/** A client may have seen more than this node has: another node was ahead of it, or of its fan-out. Or more than its
 * side has been shown here, as a moderator until just now: then it waits the rest of the delay. */
async function catchUp(
  following: readonly Following[],
  cursors: Cursors,
  sideOf: (track: Track) => Side | null,
): Promise<void> {
  const behind = following.filter(({ track }) => {
    const cursor = cursorOf(cursors, track)
    return cursor?.epoch === track.epoch && cursor.seq > (sideOf(track)?.known() ?? track.seq())
  })
  const caughtUp = behind.map(async (log) => {
    const { track } = log
    const seq = cursorOf(cursors, track)?.seq ?? 0
    await log.catchUp(seq)
    if (seq <= track.seq()) await sideOf(track)?.reached(seq)
  })
  if (caughtUp.length > 0) await Promise.all(caughtUp)
}

/** Nobody: there is no id to take it for a person by. */
const OVERLAY: Welcome['you'] = { id: '', name: 'Overlay', role: 'overlay', guest: true }

const cursorOf = (cursors: Cursors, track: Track) => cursors?.find(({ log }) => log === track.log.kind)

/** Who has been told more already than the seats that are free now: those are brought up first. */
function settle({ side, room, following }: Seat, cursors: Cursors): void {
  for (const { track } of following) {
    const cursor = cursorOf(cursors, track)
    // Most threads are empty, and nobody was told more of one than nothing.
    if (cursor?.epoch !== track.epoch || cursor.seq === 0) continue
    const at = track === room.following.track ? side : track.channel
    if (cursor.seq > at.seat().seq) at.settle()
  }
}

/** Where everything stands at this very moment. The caller subscribes to the topics in the same turn; with
 * `snapshots` to all but the room's (C15). */
export function welcome(
  deps: JoinDeps,
  who: Admitted,
  seat: Seat,
  cursors: Cursors,
  passExpiresAt: number,
  snapshots: boolean,
): Welcome {
  const { person, stream, role } = who
  const { pin, slowSeconds, rules, state } = seat.side.facts()
  settle(seat, cursors)
  return {
    t: 'welcome',
    you: person ? { id: person.id, name: person.name, role, guest: person.kind === 'guest' } : OVERLAY,
    stream: { slug: stream.slug, title: stream.title, state, host: stream.host },
    logs: seat.following.map(({ track }) => ({
      log: track.log.kind,
      ...resume(
        cursorOf(cursors, track),
        track === seat.room.following.track ? seat.side.view() : track.view(),
        snapshots && track.log.kind === 'room' ? LIMITS.snapshotEntries : undefined,
      ),
    })),
    pin,
    slowSeconds,
    rules,
    pulse: deps.pulse.current(stream.id),
    passExpiresAt,
    now: deps.clock.now(),
    ...(snapshots ? { snapshots } : {}),
  }
}
