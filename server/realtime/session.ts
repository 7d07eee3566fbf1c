// One chat socket from its first frame to its close. After every await the state is looked at again, because sockets
// close while we wait.
import { CLOSES, LIMITS, deny, parseCommand } from '../../shared/protocol/index.ts'
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { CloseCode, Denial, Frame, Hello, Parsed, Request, Role } from '../../shared/protocol/index.ts'
import { fullBucket, take } from '../domain/rate.ts'
import type { Bucket } from '../domain/rate.ts'
import type { Commands } from '../app/commands/index.ts'
import type { Caller } from '../app/commands/handler.ts'
import type { Log, Peer, SocketSession } from '../app/ports.ts'
import type { Buckets } from './buckets.ts'
import type { Deadlines, Due } from './deadlines.ts'
import { encodeWelcome } from './encoded.ts'
import { admit, readPass, takeSeat, welcome } from './join.ts'
import type { Admitted, Claims, JoinDeps } from './join.ts'
import type { ChatLimits } from './limits.ts'
import { faultOf, QUEUE_RETRY_MS, refusalOf } from './replies.ts'
import type { Replied } from './replies.ts'
import type { Guest } from './rooms.ts'
import type { Seat } from './seat.ts'
import type { SlowReaders } from './slow-readers.ts'
import type { Snapshots } from './snapshots.ts'
import type { Socket, Sockets } from './sockets.ts'
import { createTurns } from './turns.ts'
import type { BegunTurns } from './turns.ts'

export type SessionDeps = JoinDeps & {
  commands: Commands
  sockets: Sockets
  deadlines: Deadlines
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

type State = 'awaiting_hello' | 'joining' | 'joined' | 'closed'

export const openSession = (deps: SessionDeps, peer: Peer): SocketSession => new Session(deps, peer)

/** A class, because there is one per viewer, and most never say a word: its closures alone took 3 KB. What is for
 * commands is made with the first of them. */
class Session implements SocketSession, Socket, Guest, Due {
  readonly #deps: SessionDeps
  readonly #peer: Peer
  #state: State = 'awaiting_hello'
  /** Of the hello, then of the pass. */
  #deadline: number
  // Once the pass was read; as a socket it is held by `sockets` from then on.
  principal: PrincipalId = ''
  stream: StreamId = ''
  #session = ''
  #seen = -1
  #held = false
  // Once joined.
  #seat: Seat | null = null
  #role: Role = 'viewer'
  #person = false
  #stopSnapshots: (() => void) | null = null
  // For commands.
  #bucket: Bucket | null = null
  #refusals = 0
  #turns: BegunTurns<Request> | null = null
  #caller: Caller | null = null

  constructor(deps: SessionDeps, peer: Peer) {
    this.#deps = deps
    this.#peer = peer
    this.#deadline = deps.deadlines.add(this, LIMITS.helloMs)
  }

  /** Read through a call: after an await the state may be any other. */
  #is(state: State): boolean {
    return this.#state === state
  }

  // ---- as a socket of its person --------------------------------------------------------------------------

  session(): string {
    return this.#session
  }
  seen(): number {
    return this.#seen
  }
  close(code: CloseCode, retryInMs?: number): void {
    if (this.#is('closed')) return
    this.#end(code === 4408)
    const hint = retryInMs === undefined ? '' : ` retry_in_ms=${retryInMs}`
    this.#peer.close(code, CLOSES[code].says + hint)
  }
  /** No hello came, or the pass ran out. */
  due(): void {
    this.close(4401)
  }
  /** A position cannot be continued. */
  lost(): void {
    this.close(4409)
  }

  #end(slow: boolean): void {
    if (this.#is('closed')) return
    const { sockets, deadlines, pulse } = this.#deps
    const joined = this.#is('joined')
    this.#state = 'closed'
    deadlines.cancel(this, this.#deadline)
    this.#turns?.clear()
    if (this.#held) sockets.leave(this)
    if (this.#held && slow) this.#tellSlow()
    if (!joined) return
    this.#stopSnapshots?.()
    if (this.#isAudience()) pulse.leave(this.stream, this.principal)
    this.#seat?.leave()
  }

  /** C14: one line for one close. */
  #tellSlow(): void {
    const { slowReaders, clock, log } = this.#deps
    const { principal, stream } = this
    const closes = slowReaders.closed(principal, stream, clock.now())
    log.warn('chat.slow_reader', { stream, principal, closes })
  }

  /** The host is not its own audience, and an overlay nobody. */
  #isAudience(): boolean {
    return this.#person && this.#role !== 'host'
  }

  // ---- out ------------------------------------------------------------------------------------------------

  #send(frame: Frame): void {
    this.#deliver(frame.t === 'welcome' ? encodeWelcome(frame) : JSON.stringify(frame))
  }

  #deliver(frame: string | Uint8Array): void {
    if (this.#is('closed')) return
    if (!this.#peer.send(frame, 'text')) this.close(4408) // C7
  }

  #refuse(denial: Denial, re?: string, fault?: string): void {
    this.#send(refusalOf(denial, re, fault))
  }

  // ---- hello to welcome -----------------------------------------------------------------------------------

  #begin(hello: Hello): void {
    const { deadlines, log } = this.#deps
    deadlines.cancel(this, this.#deadline)
    this.#state = 'joining'
    this.#join(hello).catch((error: unknown) => {
      log.fault('join', error)
      this.close(4500)
    })
  }

  async #join(hello: Hello): Promise<void> {
    const deps = this.#deps
    const claims = await readPass(deps, hello.pass)
    if (!this.#is('joining')) return
    if (!claims) {
      this.close(4401)
      return
    }
    // Known before its rights are looked up: what is revoked in between finds it.
    this.principal = claims.principal
    this.stream = claims.stream
    this.#session = claims.session
    if (!deps.sockets.take(this)) {
      this.close(4429, CROWDED_RETRY_MS)
      return
    }
    this.#held = true
    const who = await admit(deps, claims)
    if (!this.#is('joining')) return
    if (typeof who === 'number') {
      this.close(who)
      return
    }
    this.#seen = who.seen
    const seat = await takeSeat(deps, who, hello.cursors, this)
    if (this.#is('joining')) this.#sit(hello, claims, who, seat)
    else seat.leave()
  }

  #sit(hello: Hello, claims: Claims, who: Admitted, seat: Seat): void {
    const { pulse, slowReaders, clock } = this.#deps
    this.#seat = seat
    this.#role = who.role
    this.#person = who.person !== null
    this.#state = 'joined'
    this.#expireAt(claims.expiresAt)
    if (this.#isAudience()) pulse.arrive(this.stream, this.principal)
    const snapshots = slowReaders.wantsSnapshots(this.principal, this.stream, clock.now())
    // In one turn: nothing can be published between the welcome's position and the subscription.
    this.#send(welcome(this.#deps, who, seat, hello.cursors, claims.expiresAt, snapshots))
    if (!this.#is('joined')) return
    seat.listenAside(this.#peer)
    if (snapshots) this.#showSnapshots(seat)
    else seat.listen(this.#peer)
    this.#turns?.begin()
  }

  /** C15: what the room's topic would bring, once a second, until the reader has kept up for a while. */
  #showSnapshots(seat: Seat): void {
    const { snapshots, slowReaders } = this.#deps
    this.#stopSnapshots = snapshots.serve({
      stream: this.stream,
      side: seat.side,
      buffered: () => this.#peer.buffered(),
      listen: () => seat.listen(this.#peer),
      send: (frame) => this.#deliver(frame),
      keptUp: () => slowReaders.forgive(this.principal, this.stream),
    })
  }

  #expireAt(at: number): void {
    const { deadlines, clock } = this.#deps
    this.#deadline = deadlines.add(this, Math.max(0, at - clock.now()))
  }

  // ---- in -------------------------------------------------------------------------------------------------

  text(frame: string): void {
    if (this.#is('closed')) return
    const { limits, clock } = this.#deps
    const now = clock.now()
    const taken = take(this.#bucket ?? fullBucket(limits.commands, now), limits.commands, now)
    const parsed = parseCommand(frame)
    // Most send nothing but this, so nothing is kept of it; a second one closes the socket.
    const first = this.#is('awaiting_hello')
    if (!first) this.#bucket = taken.bucket
    if (taken.waitMs > 0) {
      this.#tooFast(taken.waitMs, parsed.ok && 'id' in parsed.command ? parsed.command.id : undefined)
    } else {
      this.#refusals = 0
      this.#receive(parsed)
    }
  }
  binary(): void {
    this.close(4400)
  }
  closed(why?: 'slow'): void {
    this.#end(why === 'slow')
  }

  /** C8: first in words, then by closing. */
  #tooFast(retryAfterMs: number, re?: string): void {
    this.#refusals += 1
    if (this.#refusals > this.#deps.limits.refusals) this.close(4429, FLOOD_RETRY_MS)
    else this.#refuse({ code: 'rate_limited', retryAfterMs }, re)
  }

  #receive(parsed: Parsed): void {
    if (this.#is('awaiting_hello')) {
      if (parsed.ok && parsed.command.t === 'hello') this.#begin(parsed.command)
      else this.close(4400) // C1
    } else if (!parsed.ok) {
      if (parsed.json) this.#refuse({ code: 'bad_request', field: parsed.field }, parsed.id)
      else this.close(4400)
    } else if (parsed.command.t === 'hello') {
      this.close(4400)
    } else if (!(this.#turns ??= this.#openTurns()).take(parsed.command)) {
      this.#refuse({ code: 'overloaded', retryAfterMs: QUEUE_RETRY_MS }, parsed.command.id)
    }
  }

  #openTurns(): BegunTurns<Request> {
    const { limits, log } = this.#deps
    return createTurns<Request, Replied>({
      queue: limits.queue,
      shares: ({ t }) => t === 'say' || t === 'whisper',
      open: () => this.#is('joined'),
      perform: (command) => this.#perform(command),
      answered: (answers) => this.#answered(answers),
      failed: (error) => log.fault('session', error),
    })
  }

  #callerAt(seat: Seat): Caller {
    return {
      id: this.principal,
      role: this.#role,
      stream: { id: this.stream },
      held: (from, to) => seat.room.following.track.held(from, to),
      shown: () => seat.side.end(),
      renewed: (fresh) => {
        if (!this.#is('joined')) return
        this.#session = fresh.session
        this.#deps.deadlines.cancel(this, this.#deadline)
        this.#expireAt(fresh.expiresAt)
      },
    }
  }

  /** Never rejects. Messages reach the lane in this turn, so that they keep their order there (L3). */
  async #perform(command: Request): Promise<Replied> {
    const re = command.id
    const seat = this.#seat
    if (!seat || !this.#is('joined')) return { re, answer: deny('unavailable') }
    const wait = this.#pace(command)
    if (wait > 0) return { re, answer: deny('rate_limited', { retryAfterMs: wait }) }
    const caller = (this.#caller ??= this.#callerAt(seat))
    const { overlay, commands, log } = this.#deps
    try {
      const answer = this.#person
        ? commands.run(caller, command, seat.room.facts())
        : overlay.run(caller, command)
      return { re, answer: await answer }
    } catch (error) {
      return { re, ...faultOf(error, log) }
    }
  }

  #answered(answers: readonly Replied[]): void {
    this.#peer.cork(() => {
      for (const { re, answer, fault } of answers)
        if (answer.ok) this.#send(answer.value)
        else this.#refuse(answer.denial, re, fault)
    })
    if (answers.some(({ answer }) => !answer.ok && answer.denial.code === 'banned')) this.close(4403) // P7
  }

  #pace({ t }: Request): number {
    const { rates, clock } = this.#deps
    return t === 'say' || t === 'whisper' || t === 'react'
      ? rates[t].take(`${this.stream}:${this.principal}`, clock.now())
      : 0
  }
}
