// One chat socket from its first frame to its close. The state holds only what that state can have; after every
// await the state is looked at again, because sockets close while we wait.
import { CLOSES, ERRORS, LIMITS, deny, parseCommand } from '../../shared/protocol/index.ts'
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { CloseCode, Denial, Err, Frame, Hello, Parsed, Request } from '../../shared/protocol/index.ts'
import { fullBucket, take } from '../domain/rate.ts'
import type { Commands } from '../app/commands/index.ts'
import type { Answer, Caller } from '../app/commands/handler.ts'
import type { Log, Peer, SocketSession } from '../app/ports.ts'
import type { Buckets } from './buckets.ts'
import { encodeWelcome } from './encoded.ts'
import { admit, readPass, takeSeat, welcome } from './join.ts'
import type { JoinDeps, Seat } from './join.ts'
import type { ChatLimits } from './limits.ts'
import type { SlowReaders } from './slow-readers.ts'
import type { Snapshots } from './snapshots.ts'
import type { Socket, Sockets } from './sockets.ts'
import { createTurns } from './turns.ts'

type State =
  | { at: 'awaiting_hello'; cancel: () => void }
  | { at: 'joining' }
  | {
      at: 'joined'
      caller: Caller
      audience: boolean
      seat: Seat
      cancelExpiry: () => void
      stopSnapshots?: () => void
    }
  | { at: 'closed' }

export type SessionDeps = JoinDeps & {
  commands: Commands
  sockets: Sockets
  slowReaders: SlowReaders
  snapshots: Snapshots
  limits: ChatLimits
  /** Sends by person and stream, public and private apart, reactions. */
  rates: Record<'say' | 'whisper' | 'react', Buckets>
  log: Log
}

/** A ninth tab does not get better by trying at once. */
const CROWDED_RETRY_MS = 30_000
const FLOOD_RETRY_MS = 5_000
/** A full queue means the database is slow: come back when it may have drained. */
const QUEUE_RETRY_MS = 1_000

export function openSession(deps: SessionDeps, peer: Peer): SocketSession {
  const { clock, limits, log, slowReaders, sockets } = deps
  let state: State = { at: 'awaiting_hello', cancel: clock.after(LIMITS.helloMs, () => close(4401)) }
  let socket: Socket | null = null
  let bucket = fullBucket(limits.commands, clock.now())
  let refusals = 0
  let run: Commands['run'] = (...asked) => deps.commands.run(...asked)
  const turns = createTurns<Request, { re: string; answer: Answer; fault?: string }>({
    queue: limits.queue,
    shares: ({ t }) => t === 'say' || t === 'whisper',
    open: () => is('joined'),
    perform,
    answered,
    failed: (error) => log.fault('session', error),
  })

  /** Read through a call: after an await the state may be any other. */
  const is = (at: State['at']): boolean => state.at === at

  function end(slow: boolean) {
    const before = state
    if (before.at === 'closed') return
    state = { at: 'closed' }
    turns.clear()
    if (socket) sockets.leave(socket)
    if (socket && slow) tellSlow(socket)
    if (before.at === 'awaiting_hello') before.cancel()
    if (before.at !== 'joined') return
    before.cancelExpiry()
    before.stopSnapshots?.()
    if (before.audience) deps.pulse.leave(before.caller.stream.id, before.caller.id)
    before.seat.leave()
  }

  /** C14: one line for one close. */
  function tellSlow({ principal, stream }: Socket) {
    const closes = slowReaders.closed(principal, stream, clock.now())
    log.warn('chat.slow_reader', { stream, principal, closes })
  }

  function close(code: CloseCode, retryInMs?: number) {
    if (is('closed')) return
    end(code === 4408)
    const hint = retryInMs === undefined ? '' : ` retry_in_ms=${retryInMs}`
    peer.close(code, CLOSES[code].says + hint)
  }

  const send = (frame: Frame) => deliver(frame.t === 'welcome' ? encodeWelcome(frame) : JSON.stringify(frame))

  function deliver(frame: string | Uint8Array) {
    if (is('closed')) return
    if (!peer.send(frame, 'text')) close(4408) // C7
  }

  function refuse(denial: Denial, re?: string, fault?: string) {
    const { code, field, retryAfterMs, reason } = denial
    const frame: Err = {
      t: 'err',
      ...(re === undefined ? {} : { re }),
      code,
      says: ERRORS[code].says,
      ...(field === undefined ? {} : { field }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(reason === undefined ? {} : { reason }),
      ...(fault === undefined ? {} : { fault }),
    }
    send(frame)
  }

  async function join(hello: Hello): Promise<void> {
    const claims = await readPass(deps, hello.pass)
    if (!is('joining')) return
    if (!claims) {
      close(4401)
      return
    }
    let session = claims.session
    let seen = -1
    const { principal, stream } = claims
    // Known before its rights are looked up: what is revoked in between finds it.
    const mine = { principal, stream, session: () => session, seen: () => seen, close }
    if (!sockets.take(mine)) {
      close(4429, CROWDED_RETRY_MS)
      return
    }
    socket = mine
    const who = await admit(deps, claims)
    if (!is('joining')) return
    if (typeof who === 'number') {
      close(who)
      return
    }
    seen = who.seen
    const seat = await takeSeat(deps, who, hello.cursors, () => close(4409))
    if (!is('joining')) {
      seat.leave()
      return
    }
    const caller: Caller = {
      id: claims.principal,
      role: who.role,
      stream: who.stream,
      held: (from, to) => seat.room.following.track.held(from, to),
      shown: () => seat.side.end(),
      renewed(fresh) {
        if (state.at !== 'joined') return
        session = fresh.session
        state.cancelExpiry()
        state = { ...state, cancelExpiry: expireAt(fresh.expiresAt) }
      },
    }
    // The host is not its own audience, and an overlay nobody.
    const audience = who.person !== null && who.role !== 'host'
    state = { at: 'joined', caller, audience, seat, cancelExpiry: expireAt(claims.expiresAt) }
    if (who.person === null) run = deps.overlay.run // before a command can begin
    if (audience) deps.pulse.arrive(claims.stream, caller.id)
    const { id } = who.stream
    const snapshots = slowReaders.wantsSnapshots(claims.principal, id, clock.now())
    // In one turn: nothing can be published between the welcome's position and the subscription.
    send(welcome(deps, who, seat, hello.cursors, claims.expiresAt, snapshots))
    for (const following of seat.following)
      if (following !== seat.room.following) peer.subscribe(following.track.channel.seat().topic)
    if (snapshots) showSnapshots(id, claims.principal, seat)
    else seat.listen(peer)
    turns.begin()
  }

  /** C15: what the room's topic would bring, once a second, until the reader has kept up for a while. */
  function showSnapshots(stream: StreamId, principal: PrincipalId, seat: Seat) {
    if (state.at !== 'joined') return
    const stopSnapshots = deps.snapshots.serve({
      stream,
      side: seat.side,
      buffered: () => peer.buffered(),
      listen: () => seat.listen(peer),
      send: deliver,
      keptUp: () => slowReaders.forgive(principal, stream),
    })
    state = { ...state, stopSnapshots }
  }

  const expireAt = (at: number): (() => void) => clock.after(Math.max(0, at - clock.now()), () => close(4401))

  function receive(parsed: Parsed) {
    if (state.at === 'awaiting_hello') {
      if (parsed.ok && parsed.command.t === 'hello') begin(parsed.command, state.cancel)
      else close(4400) // C1
    } else if (!parsed.ok) {
      if (parsed.json) refuse({ code: 'bad_request', field: parsed.field }, parsed.id)
      else close(4400)
    } else if (parsed.command.t === 'hello') {
      close(4400)
    } else if (!turns.take(parsed.command)) {
      refuse({ code: 'overloaded', retryAfterMs: QUEUE_RETRY_MS }, parsed.command.id)
    }
  }

  function begin(hello: Hello, cancelDeadline: () => void) {
    cancelDeadline()
    state = { at: 'joining' }
    join(hello).catch((error: unknown) => {
      log.fault('join', error)
      close(4500)
    })
  }

  /** Never rejects. Messages reach the lane in this turn, so that they keep their order there (L3). */
  async function perform(command: Request): Promise<{ re: string; answer: Answer; fault?: string }> {
    const re = command.id
    if (state.at !== 'joined') return { re, answer: deny('unavailable') }
    const { caller, seat } = state
    const wait = pace(command, caller)
    if (wait > 0) return { re, answer: deny('rate_limited', { retryAfterMs: wait }) }
    try {
      return { re, answer: await run(caller, command, seat.room.facts()) }
    } catch (error) {
      return { re, ...faultOf(error) }
    }
  }

  function answered(answers: readonly { re: string; answer: Answer; fault?: string }[]) {
    peer.cork(() => {
      for (const { re, answer, fault } of answers)
        if (answer.ok) send(answer.value)
        else refuse(answer.denial, re, fault)
    })
    if (answers.some(({ answer }) => !answer.ok && answer.denial.code === 'banned')) close(4403) // P7
  }

  function pace({ t }: Request, { id, stream }: Caller): number {
    return t === 'say' || t === 'whisper' || t === 'react'
      ? deps.rates[t].take(`${stream.id}:${id}`, clock.now())
      : 0
  }

  /** A fault at this door: ours when the program itself is wrong, else something behind a port is away. */
  function faultOf(error: unknown): { answer: Answer; fault: string } {
    const fault = log.fault('command', error)
    const ours = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
    return {
      fault,
      answer: ours ? deny('internal') : deny('unavailable', { retryAfterMs: QUEUE_RETRY_MS }),
    }
  }

  return {
    text(frame) {
      if (is('closed')) return
      const taken = take(bucket, limits.commands, clock.now())
      bucket = taken.bucket
      const parsed = parseCommand(frame)
      if (taken.waitMs > 0) {
        tooFast(taken.waitMs, parsed.ok && 'id' in parsed.command ? parsed.command.id : undefined)
      } else {
        refusals = 0
        receive(parsed)
      }
    },
    binary: () => close(4400),
    closed: (why) => end(why === 'slow'),
  }

  /** C8: first in words, then by closing. */
  function tooFast(retryAfterMs: number, re?: string) {
    if (++refusals > limits.refusals) close(4429, FLOOD_RETRY_MS)
    else refuse({ code: 'rate_limited', retryAfterMs }, re)
  }
}
