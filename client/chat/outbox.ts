// What this person wrote and the room does not show yet. Each lane goes out one by one, in order, under ids that
// stay the same however often it is sent, so that nothing is lost and nothing is said twice.
import type { Cmid, Epoch, MessageId, PrincipalId } from '../../shared/ids.ts'
import type { Request } from '../../shared/protocol/commands.ts'
import { ERRORS, type ErrorCode } from '../../shared/protocol/errors.ts'
import type { Quote } from '../../shared/protocol/events.ts'
import type { Err, Ok } from '../../shared/protocol/frames.ts'
import { LIMITS } from '../../shared/protocol/limits.ts'
import { backoffMs } from './backoff.ts'
import type { Clock, Random } from './surroundings.ts'
import type { Person } from './threads.ts'
import type { Unsent } from './unsent.ts'

/** The server counts public and private sends apart, so a slow room never holds up a word to the host. */
export type Lane = 'public' | 'private'

export type Draft = {
  lane: Lane
  text: string
  /** The host names whose thread; a viewer writes to the host alone. */
  to?: Person
  replyTo?: Pick<Quote, 'id' | 'name'>
}

export type Delivery =
  | { is: 'sending' }
  /** There is no line: it goes out when there is one. */
  | { is: 'held' }
  /** The server asked for patience; goes out by itself at `until` (client clock). */
  | { is: 'waiting'; until: number; code: ErrorCode }
  /** `review`: it waits for host or moderators, and `seq` is where this person's own thread says so. */
  | { is: 'sent'; seq: number; epoch: Epoch | undefined; review: boolean }
  | { is: 'refused'; code: ErrorCode; says: string }

export type Outgoing = Draft & {
  cmid: Cmid
  /** Client clock. */
  at: number
  /** Newest seq of its log when it was written: an entry up to here cannot be this message. */
  after: number
  /** The same of the person's own thread, where a public message shows that waits for review. */
  afterOwn?: number
  tries: number
  delivery: Delivery
  /** An attempt ended without a word of what became of it: the log may have it already. */
  unsure?: boolean
}

export type Outbox = ReturnType<typeof createOutbox>

const QUEUE = 50
const INTERNAL_TRIES = 3
/** These make the composer wait as well: one message queues, the rest stays in the writer's hands. */
const PACED: readonly ErrorCode[] = ['slow_mode', 'rate_limited', 'duplicate']

export function createOutbox(deps: {
  clock: Clock
  random: Random
  unsent: Unsent
  send: (request: Request) => boolean
  /** A send had no outcome in time: is the line alive? */
  doubt: () => void
  /** Newest seq that this client has of the log where a lane lands. */
  position: (lane: Lane) => number
  /** Which numbering that is. */
  epoch: (lane: Lane) => Epoch | undefined
  onChange: (items: readonly Outgoing[]) => void
}) {
  const { clock, random, unsent } = deps
  let items: readonly Outgoing[] = []
  let person: PrincipalId | null = null
  let ready = false
  let slowMs = 0
  let nextPublicAt = 0
  const flight: Record<Lane, { cmid: Cmid; cancel: () => void } | null> = { public: null, private: null }
  const alarms: Record<Lane, () => void> = { public: () => undefined, private: () => undefined }

  function replace(next: readonly Outgoing[]): void {
    items = next
    deps.onChange(items)
  }

  function deliver(cmid: Cmid, delivery: Delivery): void {
    replace(items.map((item) => (item.cmid === cmid ? { ...item, delivery } : item)))
  }

  function doubt(cmid: Cmid | undefined): void {
    if (cmid !== undefined)
      replace(items.map((item) => (item.cmid === cmid ? { ...item, unsure: true } : item)))
  }

  function land(lane: Lane): void {
    flight[lane]?.cancel()
    flight[lane] = null
  }

  const open = (lane: Lane) => items.filter((item) => item.lane === lane && isOpen(item))

  /** Sends the head of a lane, if there is a line and nothing under way. */
  function pump(lane: Lane): void {
    alarms[lane]()
    const head = open(lane)[0]
    if (!head || !ready || flight[lane]) return
    const until = head.delivery.is === 'waiting' ? head.delivery.until : lane === 'public' ? nextPublicAt : 0
    if (until > clock.now()) {
      if (head.delivery.is !== 'waiting') deliver(head.cmid, { is: 'waiting', until, code: 'slow_mode' })
      alarms[lane] = clock.after(until - clock.now(), () => pump(lane))
      return
    }
    replace(
      items.map((item) =>
        item.lane === lane && isOpen(item)
          ? { ...item, delivery: { is: 'sending' }, tries: item.tries + (item === head ? 1 : 0) }
          : item,
      ),
    )
    // Whoever opens this page again must know that it went out.
    if (head.tries === 0) unsent.put(person, { ...head, tries: 1 })
    if (!deps.send(requestOf(head))) return
    const cancel = clock.after(LIMITS.outcomeMs, () => {
      land(lane)
      doubt(head.cmid)
      deps.doubt()
      pump(lane)
    })
    flight[lane] = { cmid: head.cmid, cancel }
  }

  const isShown = (lane: Lane, seq: number) => seq <= deps.position(lane)

  function done(item: Outgoing, { seq = 0, held }: Ok): void {
    unsent.remove(item.cmid)
    if (item.lane === 'public') nextPublicAt = clock.now() + slowMs
    const review = held === true
    const place = review ? 'private' : item.lane
    const seen = isShown(place, seq)
    const others = items
      .filter((other) => !seen || other.cmid !== item.cmid)
      .map((other) => (other.lane === item.lane ? behind(other, seq, review) : other))
    replace(others)
    if (!seen) deliver(item.cmid, { is: 'sent', seq, epoch: deps.epoch(place), review })
  }

  function failed(item: Outgoing, err: Err): void {
    if (UNKNOWN.includes(err.code)) doubt(item.cmid)
    const later = ERRORS[err.code].retry === 'later'
    if (later && (err.code !== 'internal' || item.tries < INTERNAL_TRIES)) {
      const wait = err.retryAfterMs ?? 1_000 + backoffMs(item.tries, random)
      deliver(item.cmid, { is: 'waiting', until: clock.now() + wait, code: err.code })
    } else {
      const refused = { is: 'refused', code: err.code, says: err.says } as const
      deliver(item.cmid, refused)
      unsent.put(person, { ...item, delivery: refused })
    }
  }

  return {
    /** False when the message must stay in the composer: one is waiting its turn already, or too many are held. */
    post(draft: Draft): boolean {
      const waiting = open(draft.lane)
      if (waiting.length >= QUEUE || waiting.some(({ delivery }) => isPaced(delivery))) return false
      const at = Math.max(clock.now(), (items.at(-1)?.at ?? 0) + 1)
      const delivery: Delivery = ready ? { is: 'sending' } : { is: 'held' }
      const after = deps.position(draft.lane)
      const { replyTo } = draft
      // Not the words it answers: they may be deleted while this one waits, here and in storage (L6).
      const quote = replyTo ? { replyTo: { id: replyTo.id, name: replyTo.name } } : {}
      const afterOwn = deps.position('private')
      const item: Outgoing = {
        ...draft,
        ...quote,
        cmid: random.uuid(),
        at,
        after,
        afterOwn,
        tries: 0,
        delivery,
      }
      replace([...items, item])
      unsent.put(person, item)
      pump(draft.lane)
      return true
    },

    /** There is a line, for this person. A `sent` one that the welcome does not have yet comes later: the room may
     * be shown with a delay. Under another numbering nobody can say that any more. */
    connected(you: PrincipalId): void {
      ready = true
      let mine = items.filter(
        (item) =>
          item.delivery.is !== 'sent' ||
          (item.delivery.epoch === deps.epoch(placeOf(item)) &&
            !isShown(placeOf(item), item.delivery.seq) &&
            person === you),
      )
      if (person === null) {
        const known = new Set(mine.map(({ cmid }) => cmid))
        for (const item of mine) unsent.put(you, item)
        mine = [...unsent.load(you).filter(({ cmid }) => !known.has(cmid)), ...mine]
      } else if (person !== you) {
        // Another person's words are never sent in this one's name.
        for (const item of mine) unsent.remove(item.cmid)
        const refused: Delivery = { is: 'refused', code: 'not_allowed', says: CHANGED }
        mine = mine.map((item) => ({ ...item, delivery: refused }))
      }
      person = you
      replace(mine)
      for (const lane of LANES) {
        land(lane)
        pump(lane)
      }
    },

    disconnected(): void {
      ready = false
      for (const lane of LANES) {
        doubt(flight[lane]?.cmid)
        land(lane)
        alarms[lane]()
      }
      const held = items.some(({ delivery }) => delivery.is === 'sending')
      if (held)
        replace(
          items.map((item) =>
            item.delivery.is === 'sending' ? { ...item, delivery: { is: 'held' as const } } : item,
          ),
        )
    },

    /** What became of it, when the reply was for one of ours. Replies count whatever became of the line
     * meanwhile. */
    replied(reply: Ok | Err): Outgoing | undefined {
      const item = items.find(({ cmid }) => cmid === reply.re)
      if (!item) return undefined
      if (flight[item.lane]?.cmid === item.cmid) land(item.lane)
      if (reply.t === 'ok') done(item, reply)
      else failed(item, reply)
      pump(item.lane)
      return items.find(({ cmid }) => cmid === item.cmid) ?? item
    },

    /** Something came: what stands in a log now leaves. */
    shown(): void {
      const left = items.filter(
        (item) => item.delivery.is !== 'sent' || !isShown(placeOf(item), item.delivery.seq),
      )
      if (left.length < items.length) replace(left)
    },

    /** Slow mode as it applies to this person; a shorter one releases what waits for the longer. */
    slow(seconds: number): void {
      if (seconds * 1_000 === slowMs) return
      nextPublicAt += seconds * 1_000 - slowMs
      slowMs = seconds * 1_000
      const head = open('public')[0]
      if (head?.delivery.is === 'waiting' && head.delivery.code === 'slow_mode') {
        const until = Math.min(head.delivery.until, Math.max(nextPublicAt, clock.now()))
        deliver(head.cmid, { ...head.delivery, until })
        pump('public')
      }
    },

    /** Client clock; in the past when a public message may go now. */
    nextPublicAt: () => nextPublicAt,

    /** Whatever was refused with this code is sent again under the same id: a refusal kept nothing. */
    again(code: ErrorCode): void {
      const isMeant = ({ delivery }: Outgoing) => delivery.is === 'refused' && delivery.code === code
      if (!items.some(isMeant)) return
      const delivery: Delivery = ready ? { is: 'sending' } : { is: 'held' }
      replace(items.map((item) => (isMeant(item) ? { ...item, delivery, tries: 0 } : item)))
      for (const lane of LANES) pump(lane)
    },

    /** Gives a text back to its writer, if `canTakeBack`. */
    takeBack(cmid: Cmid): Outgoing | undefined {
      const item = items.find((one) => one.cmid === cmid)
      if (!item || !canTakeBack(item)) return undefined
      unsent.remove(cmid)
      replace(items.filter((one) => one !== item))
      pump(item.lane)
      return item
    },
  }
}

const LANES: readonly Lane[] = ['public', 'private']
const CHANGED = 'You are somebody else now. Send it again if you still want to.'

/** After these a commit may have happened all the same. */
const UNKNOWN: readonly ErrorCode[] = ['unavailable', 'internal']

/** Refused, or waiting and certainly not said yet: what is in doubt would be said twice, once under each id. */
export const canTakeBack = ({ delivery, unsure }: Outgoing): boolean =>
  delivery.is === 'refused' || (delivery.is === 'waiting' && unsure !== true)

/** In which log it shows: what waits for review stands in the person's own. */
const placeOf = ({ lane, delivery }: Outgoing): Lane =>
  delivery.is === 'sent' && delivery.review ? 'private' : lane

/** An entry up to `seq` is another message, not this one. */
const behind = (item: Outgoing, seq: number, own: boolean): Outgoing =>
  own
    ? { ...item, afterOwn: Math.max(item.afterOwn ?? 0, seq) }
    : { ...item, after: Math.max(item.after, seq) }

const isOpen = ({ delivery }: Outgoing) => delivery.is !== 'sent' && delivery.is !== 'refused'
export const isPaced = (delivery: Delivery) => delivery.is === 'waiting' && PACED.includes(delivery.code)

function requestOf({ lane, cmid, text, to, replyTo }: Outgoing): Request {
  const quote = replyTo ? { replyTo: replyTo.id satisfies MessageId } : {}
  if (lane === 'public') return { t: 'say', id: cmid, text, ...quote }
  return { t: 'whisper', id: cmid, text, ...(to ? { to: to.id } : {}), ...quote }
}
