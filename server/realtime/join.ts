// `hello` to `welcome`: who is it, may they, and where does each of their logs stand. Rights are looked up
// again every time: neither a pass nor a position is one (C4).
import { logsFor } from '../domain/log.ts'
import { LIMITS } from '../../shared/protocol/index.ts'
import type { CloseCode, Hello, Role, Welcome } from '../../shared/protocol/index.ts'
import type { Clock, PassClaims, Principal, Stream, Streams, Tokens } from '../app/ports.ts'
import type { Admissions } from './admissions.ts'
import type { Following, Hub } from './hub.ts'
import type { Pulse } from './pulse.ts'
import { resume } from './resume.ts'
import type { Room, Rooms } from './rooms.ts'
import type { Track } from './track.ts'

export type JoinDeps = {
  tokens: Pick<Tokens, 'readPass'>
  admission: Admissions
  streams: Pick<Streams, 'byId'>
  hub: Hub
  rooms: Rooms
  pulse: Pulse
  clock: Clock
}
/** `seen`: the newest revocation that is in this already. */
export type Admitted = { person: Principal; stream: Stream; role: Role; seen: number }
export type Cursors = Hello['cursors']
export type Seat = { room: Room; following: Following[]; leave(): void }

export async function readPass({ tokens, clock }: JoinDeps, pass: string): Promise<PassClaims | null> {
  const claims = await tokens.readPass(pass)
  return claims && claims.expiresAt > clock.now() ? claims : null
}

/** The person behind a good pass, or the code to close with. */
export async function admit(deps: JoinDeps, claims: PassClaims): Promise<Admitted | CloseCode> {
  const [{ person, role, banned, seen }, stream] = await Promise.all([
    deps.admission(claims),
    deps.streams.byId(claims.stream),
  ])
  if (person?.id !== claims.principal) return 4401
  if (!stream) return 4404
  if (banned) return 4403 // P7
  return { person, stream, role, seen }
}

/** Opens the person's logs. Live entries collect behind them from here on: reading first would leave a window
 * (C2). `lost` is called once when a position can no longer be continued. */
export async function takeSeat(
  deps: JoinDeps,
  who: Admitted,
  cursors: Cursors,
  lost: () => void,
): Promise<Seat> {
  const { hub, rooms } = deps
  const { stream, person, role } = who
  const own = logsFor(role, stream.id, person.id).filter(({ kind }) => kind !== 'room')
  const [entered, ...opened] = await Promise.allSettled([
    rooms.enter(stream.id, lost),
    ...own.map((log) => hub.follow(log, person.id, { lost })),
  ] as const)
  const followings = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const leave = () => {
    if (entered.status === 'fulfilled') entered.value.leave()
    for (const following of followings) following.release()
  }
  try {
    for (const result of [entered, ...opened]) if (result.status === 'rejected') throw result.reason
    if (entered.status === 'rejected') throw entered.reason
    const { room } = entered.value
    const following = [room.following, ...followings]
    await catchUp(following, cursors)
    return { room, following, leave }
  } catch (error) {
    leave()
    throw error
  }
}

/** A client may have seen more than this node has: another node was ahead of it, or of its fan-out. */
async function catchUp(following: readonly Following[], cursors: Cursors): Promise<void> {
  const behind = following.map(async (log) => {
    const cursor = cursorOf(cursors, log.track)
    const { epoch, channel } = log.track
    if (cursor?.epoch === epoch && cursor.seq > channel.seat().seq) await log.catchUp(cursor.seq)
  })
  await Promise.all(behind)
}

const cursorOf = (cursors: Cursors, track: Track) => cursors?.find(({ log }) => log === track.log.kind)

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
  const { pin, slowSeconds, rules, state } = seat.room.facts()
  return {
    t: 'welcome',
    you: { id: person.id, name: person.name, role, guest: person.kind === 'guest' },
    stream: { slug: stream.slug, title: stream.title, state, host: stream.host },
    logs: seat.following.map(({ track }) => ({
      log: track.log.kind,
      ...resume(
        cursorOf(cursors, track),
        track.view(),
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
