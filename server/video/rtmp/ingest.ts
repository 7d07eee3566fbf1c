// Encoders that publish over RTMP: each connection is a session that is let in by its key and then is a publisher
// like a studio. One broken or hostile connection costs itself alone.
import type { StreamId } from '../../../shared/ids.ts'
import { LIMITS } from '../../../shared/protocol/limits.ts'
import type { Clock, Log, Random } from '../../app/ports.ts'
import type { ByteLine, ByteSession, IngestKeys, Refusals } from '../../app/video-ports.ts'
import type { Broadcast, OnAir, Publisher } from '../broadcast.ts'
import type { Revoked } from '../push.ts'
import { createRtmpSession, type RtmpEvent } from './session.ts'
import { createTagReader, type Tag } from './tags.ts'
import { createUnwrap } from './unwrap.ts'

/** Makes a handshake of 1536 bytes. */
const NOISE_BYTES = 1_146
/** We say little; who does not even read that is gone. */
const MOST_BUFFERED_BYTES = 65_536

export type RtmpIngest = {
  open(line: ByteLine): ByteSession
  /** Lets nobody go on: the node leaves. */
  close(): void
}

type Deps = {
  clock: Clock
  random: Pick<Random, 'token'>
  log: Log
  keys: IngestKeys
  refusals: Refusals
  revocations: Revoked
  /** Whether no other node has its publisher. Never rejects. */
  admit(stream: StreamId): Promise<boolean>
  broadcastFor(stream: StreamId): Broadcast
}

/** What others may do with a connection that came with a key. */
type Guest = { stream: StreamId; revoked(): void; ask(): void; close(): void }

export function createRtmpIngest(deps: Deps): RtmpIngest {
  const guests = new Set<Guest>()
  const deafen = deps.revocations.listen({
    // A new key revokes what stands in for the former one: the id of its stream.
    revoked({ principal }) {
      for (const guest of [...guests]) if (guest.stream === principal) guest.revoked()
    },
    missed() {
      for (const guest of [...guests]) guest.ask()
    },
  })
  return {
    open: (line) => createConnection(deps, line, guests),
    close() {
      deafen()
      for (const guest of [...guests]) guest.close()
    },
  }
}

function createConnection(deps: Deps, line: ByteLine, guests: Set<Guest>): ByteSession {
  const { clock, log, keys } = deps
  const session = createRtmpSession(deps.random.token(NOISE_BYTES))
  const tags = createTagReader()
  const unwrap = createUnwrap()
  let guest: Guest | undefined
  let onAir: OnAir | undefined
  let open = true
  /** What came behind a key that is being looked at. */
  let waiting: RtmpEvent[] | undefined
  let cancelDeadline = clock.after(LIMITS.helloMs, leave)

  function leave(): void {
    if (!open) return
    open = false
    cancelDeadline()
    if (guest) guests.delete(guest)
    onAir?.leave()
    line.close()
  }

  /** Told to the encoder, and to the host when it is known whose stream it was. */
  function refuse(reason: string, says: string): void {
    if (!open) return
    log.info('encoder refused', { stream: guest?.stream, address: line.address, reason })
    if (guest) deps.refusals.note(guest.stream, says)
    line.write(session.refuse(says, onAir !== undefined))
    leave()
  }

  const publisher: Publisher = {
    kind: 'rtmp',
    tell: () => undefined,
    refuse: ({ reason, says }) => refuse(reason, says),
  }

  function publish(name: string): void {
    cancelDeadline()
    const key = name.split('?')[0] ?? ''
    const stream = keys.streamOf(key)
    if (stream === null) {
      refuse('key', 'This is no stream key. Copy it from the studio.')
      return
    }
    let resets = 0
    const mine: Guest = {
      stream,
      revoked() {
        if (onAir) refuse('key', 'The stream key was reset. Copy the new one from the studio.')
        else resets += 1
      },
      ask: begun,
      close: leave,
    }
    guest = mine
    guests.add(mine)
    waiting = []
    line.pause()

    /** Again when it ended meanwhile: it may have been read before that. */
    async function ask(): Promise<void> {
      let looked: number
      do {
        looked = resets
        const found = await keys.check(key, line.address)
        if (!found.ok) refuse('key', found.says)
      } while (looked !== resets && open)
      const free = !open || onAir !== undefined || (await deps.admit(mine.stream))
      if (open) begin(mine.stream, free)
    }
    function begun(): void {
      ask().catch((error: unknown) => {
        log.fault('stream key', error)
        refuse('unavailable', 'The server cannot look at stream keys right now. Try again in a moment.')
      })
    }
    begun()
  }

  function begin(stream: StreamId, free: boolean): void {
    if (onAir) return
    const started = free ? deps.broadcastFor(stream).publish(publisher) : null
    if (!started) {
      refuse('already_live', 'This stream is being published from somewhere else.')
      return
    }
    onAir = started
    log.info('publisher', { stream, resumed: started.resumed, by: 'rtmp' })
    line.write(session.accept())
    const events = waiting ?? []
    waiting = undefined
    line.resume()
    events.forEach(handle)
  }

  function media(tag: Tag, size: number): void {
    if (!tag || !onAir) return
    if (tag.type === 'refused') {
      refuse('codec', tag.says)
      return
    }
    const refusal = onAir.publication.media(tag, size, clock.now())
    if (refusal) refuse(refusal.reason, refusal.says)
  }

  function handle(event: RtmpEvent): void {
    if (!open) return
    switch (event.type) {
      case 'send':
        line.write(event.bytes)
        if (line.buffered() > MOST_BUFFERED_BYTES) leave()
        return
      case 'greeted':
        cancelDeadline()
        cancelDeadline = clock.after(LIMITS.helloMs, leave)
        return
      case 'publish':
        publish(event.name)
        return
      case 'video':
        media(tags.video(event.payload, unwrap(event.ts)), event.payload.byteLength)
        return
      case 'audio':
        media(tags.audio(event.payload, unwrap(event.ts)), event.payload.byteLength)
        return
      case 'unpublish':
        leave()
        return
      case 'broken':
        // Nobody's stream, and perhaps not even our protocol: there is nobody to tell.
        if (guest) refuse('malformed', event.says)
        else leave()
    }
  }

  return {
    bytes(bytes) {
      if (!open) return
      for (const event of session.push(bytes)) {
        if (waiting) waiting.push(event)
        else handle(event)
      }
    },
    closed() {
      leave()
    },
  }
}
