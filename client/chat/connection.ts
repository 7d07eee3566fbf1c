// The chat socket as one visible state: gets a pass, says hello, keeps every log gap-free, comes back after
// everything that can be come back from. Knows nothing of what entries mean.
import type { Pass } from '../../shared/api/streams.ts'
import { adviceFor, CLOSES, retryHint } from '../../shared/protocol/close.ts'
import type { Request } from '../../shared/protocol/commands.ts'
import type { Cursor, Entry, LogName } from '../../shared/protocol/events.ts'
import type { Err, Frame, Ok, Page, Pulse, Snapshot, Welcome } from '../../shared/protocol/frames.ts'
import { LIMITS } from '../../shared/protocol/limits.ts'
import type { Denial } from '../api.ts'
import { PassRefused, type PassSource } from '../pass.ts'
import { backoffMs } from './backoff.ts'
import { comesLater, createBan } from './ban.ts'
import { parseFrame } from './frames.ts'
import { succession, type Holder } from './holder.ts'
import { createRenewal } from './renewal.ts'
import { createRepair } from './repair.ts'
import { createSequence, type Sequence } from './sequence.ts'
import type { Status } from './status.ts'
import type { Clock, Random, Signals, Socket } from './surroundings.ts'

export type ConnectionDeps = {
  open: () => Socket
  passes: PassSource
  clock: Clock
  random: Random
  signals: Signals
  onStatus: (status: Status) => void
  onWelcome: (welcome: Welcome) => void
  onEntries: (log: LogName, entries: Entry[]) => void
  onSnapshot: (snapshot: Snapshot) => void
  onPulse: (pulse: Pulse) => void
  onReply: (reply: Ok | Err | Page) => void
}

export type Connection = ReturnType<typeof createConnection>

const HEALTHY_MS = 30_000
/** From dialling to `welcome`. */
const WELCOME_MS = 15_000
/** A check of a quiet line waits this long for any frame. */
const PROBE_MS = 3_000
/** Heard from this recently: no need to ask. */
const FRESH_MS = 5_000
/** A browser that says offline may be wrong (a stage on the local network): try now and then anyway. */
const OFFLINE_RETRY_MS = 20_000

export function createConnection(deps: ConnectionDeps) {
  const { clock, random, signals } = deps
  let status: Status = { at: 'stopped' }
  let socket: Socket | null = null
  /** Raised whenever a socket or an attempt is given up, so that what it still answers is ignored. */
  let generation = 0
  let welcomed = false
  let attempt = 0
  /** Who this page is, since its first welcome. Nobody else speaks from it unless asked to. */
  let self: Holder | null = null
  let successor: Holder | null = null
  let lastHeard = 0
  /** Server clock minus ours. */
  let skew = 0
  const sequences = new Map<LogName, Sequence>()
  /** The server spares this line: the room comes as snapshots, and its holes are not ours to fill. */
  let spared = false
  /** Timers of the present attempt or socket; all cancelled when it goes. */
  let timers: (() => void)[] = []
  let stopListening: (() => void) | null = null

  const repair = createRepair({ clock, random, send, lost: () => drop() })
  const renewal = createRenewal({ clock, random, later, fresh: withFreshPass, send, skew: () => skew })
  const ban = createBan({
    clock,
    become,
    later,
    ask(refused) {
      abandon()
      withFreshPass(({ pass }) => open(pass), refused)
    },
    backoff: (hintMs) => backoffMs(attempt++, random, hintMs),
    otherwise: passRefused,
  })

  function become(next: Status): void {
    status = next
    deps.onStatus(next)
  }

  function later(ms: number, fn: () => void): void {
    timers.push(clock.after(ms, fn))
  }

  function send(request: Request): boolean {
    if (!socket || !welcomed) return false
    socket.send(JSON.stringify(request))
    return true
  }

  /** Forgets the socket without waiting for its close: on a dead line that can take minutes. */
  function abandon(): void {
    generation++
    for (const cancel of timers) cancel()
    timers = []
    repair.reset()
    welcomed = false
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
      socket = null
    }
  }

  function drop(hintMs?: number): void {
    abandon()
    if (!signals.online()) {
      become({ at: 'offline' })
      later(OFFLINE_RETRY_MS, dial)
    } else {
      const wait = backoffMs(attempt++, random, hintMs)
      become({ at: 'reconnecting', retryAt: clock.now() + wait })
      later(wait, dial)
    }
  }

  function giveUp(at: 'ended' | 'refused', says: string): void {
    abandon()
    become({ at, says })
  }

  function replaced(before: Holder, now: Holder): void {
    abandon()
    successor = now
    become({ at: 'replaced', ...succession(before, now) })
  }

  function dial(): void {
    abandon()
    if (status.at !== 'connecting' && status.at !== 'offline')
      become({ at: 'reconnecting', retryAt: clock.now() })
    withPass(({ pass }) => open(pass), passRefused)
  }

  /** An answer that comes after its attempt was given up is dropped. */
  function withPass(then: (pass: Pass) => void, otherwise: (denial: Denial | undefined) => void): void {
    const mine = generation
    deps.passes.get().then(
      (pass) => {
        if (mine !== generation) return
        if (self && self.id !== pass.person.id) replaced(self, pass.person)
        else then(pass)
      },
      (error: unknown) => {
        if (mine === generation) otherwise(error instanceof PassRefused ? error.denial : undefined)
      },
    )
  }

  function withFreshPass(then: (pass: Pass) => void, otherwise: (denial: Denial | undefined) => void): void {
    deps.passes.drop()
    withPass(then, otherwise)
  }

  function open(pass: string): void {
    const opened = attemptOpen()
    if (!opened) {
      drop()
      return
    }
    socket = opened
    later(WELCOME_MS, () => drop())
    opened.onopen = () => {
      if (sequences.size > 0) become({ at: 'catching_up' })
      opened.send(JSON.stringify({ t: 'hello', pass, cursors: cursors() }))
    }
    opened.onmessage = ({ data }) => {
      const frame = typeof data === 'string' ? parseFrame(data) : undefined
      if (frame) received(frame)
      else drop()
    }
    opened.onclose = ({ code, reason }) => closed(code, reason)
  }

  /** A browser throws here when a policy forbids the address. */
  function attemptOpen(): Socket | undefined {
    try {
      return deps.open()
    } catch {
      return undefined
    }
  }

  function passRefused(denial: Denial | undefined): void {
    if (!denial) drop()
    else if (comesLater(denial)) drop(denial.retryAfterMs)
    else if (denial.code === 'banned') {
      abandon()
      ban.stands(denial)
    } else giveUp(denial.code === 'stream_ended' ? 'ended' : 'refused', denial.says)
  }

  function cursors(): Cursor[] {
    return [...sequences].map(([log, { epoch, seq }]) => ({ log, epoch, seq: seq() }))
  }

  function closed(code: number, reason: string): void {
    const advice = adviceFor(code)
    if (advice === 'with_new_pass') deps.passes.drop()
    if (advice !== 'no') drop(retryHint(reason))
    else if (code === 4403) {
      abandon()
      ban.stands(null)
    } else giveUp('refused', code in CLOSES ? CLOSES[code as keyof typeof CLOSES].says : reason)
  }

  function received(frame: Frame): void {
    lastHeard = clock.now()
    if (welcomed && status.at === 'offline') become({ at: 'connected' })
    switch (frame.t) {
      case 'welcome':
        greeted(frame)
        break
      case 'entries':
        entered(frame.log, frame.epoch, (sequence) => sequence.take(frame.entries))
        break
      case 'pos':
        entered(frame.log, frame.epoch, (sequence) => sequence.heard(frame.seq))
        break
      case 'page': {
        const log = repair.answered(frame.re)
        if (log) entered(log, undefined, (sequence) => sequence.take(frame.entries))
        else deps.onReply(frame)
        break
      }
      case 'snapshot':
        showed(frame)
        break
      case 'pulse':
        deps.onPulse({ viewers: frame.viewers, reactions: frame.reactions })
        break
      case 'err':
        // A read that fills a hole and was refused: the line is given up when its patience ends.
        if (frame.re === undefined || !repair.answered(frame.re)) deps.onReply(frame)
        break
      case 'ok':
        deps.onReply(frame)
    }
  }

  function greeted(welcome: Welcome): void {
    skew = welcome.now - clock.now()
    self = welcome.you
    sequences.clear()
    for (const { log, epoch, seq } of welcome.logs) sequences.set(log, createSequence(epoch, seq))
    for (const cancel of timers) cancel()
    timers = []
    welcomed = true
    ban.over()
    spared = welcome.snapshots === true
    later(HEALTHY_MS, () => (attempt = 0))
    later(LIMITS.silenceMs, listen)
    renewal.before(welcome.passExpiresAt)
    deps.onWelcome(welcome)
    become({ at: 'connected' })
  }

  function showed(snapshot: Snapshot): void {
    if (!sequences.has('room')) return
    sequences.set('room', createSequence(snapshot.epoch, snapshot.seq))
    spared = snapshot.live !== true
    deps.onSnapshot(snapshot)
  }

  function entered(log: LogName, epoch: string | undefined, step: (sequence: Sequence) => Entry[]): void {
    const sequence = sequences.get(log)
    if (!sequence || (spared && log === 'room')) return
    const ready = epoch === undefined || epoch === sequence.epoch ? step(sequence) : undefined
    // Another numbering, or far too much out of order: only a resume can say what is true now.
    if (!ready || sequence.overflowing()) {
      drop()
      return
    }
    repair.look(log, sequence, ready.length > 0)
    if (ready.length > 0) deps.onEntries(log, ready)
  }

  function listen(): void {
    const quiet = clock.now() - lastHeard
    if (quiet >= LIMITS.silenceMs) drop()
    else later(LIMITS.silenceMs - quiet, listen)
  }

  /** Is the line alive? Asked when the page is looked at again or the network changes: timers slept meanwhile. */
  function check(pressed = false): void {
    if (status.at === 'banned') ban.look(pressed)
    const trying = status.at === 'reconnecting' || status.at === 'offline'
    const quiet = clock.now() - lastHeard
    if (trying && !socket) dial()
    else if (!welcomed) return
    else if (quiet >= LIMITS.silenceMs) drop()
    else if (quiet >= FRESH_MS || trying) probe()
  }

  function probe(): void {
    const at = Math.max(1, sequences.get('room')?.seq() ?? 1)
    const asked = lastHeard
    send({ t: 'read', id: random.uuid(), log: 'room', from: at, to: at })
    later(PROBE_MS, () => {
      if (lastHeard === asked) drop()
    })
  }

  /** Starts over with a new pass: the person has a new name, or asks to try again. */
  function restart(): void {
    deps.passes.drop()
    attempt = 0
    dial()
  }

  return {
    start(): void {
      stopListening ??= signals.subscribe((signal) => {
        if (signal === 'online') attempt = 0
        if (signal === 'offline' && (status.at === 'connected' || status.at === 'reconnecting'))
          become({ at: 'offline' })
        check()
      })
      become({ at: 'connecting' })
      dial()
    },
    stop(): void {
      stopListening?.()
      stopListening = null
      abandon()
      become({ at: 'stopped' })
    },
    restart,
    /** After `replaced`: as the one whom this browser is now, unless that changed once more. */
    goOn(): void {
      if (status.at !== 'replaced') return
      self = successor
      // The place in the former person's own log means nothing in another's.
      for (const log of [...sequences.keys()]) if (log !== 'room') sequences.delete(log)
      restart()
    },
    check,
    /** False when there is no line: nothing was sent. */
    send,
  }
}
