// The `/ingest` socket of a studio: a grant first, then media. One broken or hostile publisher costs its own
// connection alone.
import type { StreamId } from '../../shared/ids.ts'
import type { IngestHears } from '../../shared/media.ts'
import { LIMITS } from '../../shared/protocol/limits.ts'
import { fullBucket, take, type Rate } from '../domain/rate.ts'
import type { Clock, Endpoint, Log, Peer, SocketSession } from '../app/ports.ts'
import type { Grants } from '../app/video-ports.ts'
import type { Broadcast, OnAir, Publisher } from './broadcast.ts'
import type { Refusal } from './publication.ts'
import { parseSays } from './says.ts'

/** A key frame of 4K at its worst. */
const MAX_FRAME_BYTES = 2_000_000
/** We say little; who does not even read that is gone. */
const MAX_BUFFERED_BYTES = 65_536
/** Text: a burst of clock frames at the beginning, then one every 10 s. */
const TEXT_RATE: Rate = { burst: 30, everyMs: 500 }

/** Which of them the studio may try again after is its own to decide: it is told the reason before. */
const CLOSE_CODES = {
  grant: 4401,
  codec: 4400,
  malformed: 4400,
  timestamps: 4400,
  already_live: 4400,
  ended: 4404,
} as const satisfies Record<Refusal['reason'], number>

/** The stream of a permission, and whether nobody else publishes it. */
export type Admitted = { stream: StreamId | null; free: boolean }

export function createIngest(deps: {
  clock: Clock
  log: Log
  grants: Pick<Grants, 'redeem'>
  /** Asked before somebody publishes: `found` is the stream of a permission given here. Undefined when there is
   * nobody to ask. */
  before: ((grant: string, found: StreamId | null) => Promise<Admitted>) | undefined
  broadcastFor(stream: StreamId): Broadcast
}): Endpoint {
  return {
    path: '/ingest',
    maxFrameBytes: MAX_FRAME_BYTES,
    maxBufferedBytes: MAX_BUFFERED_BYTES,
    open: (peer) => createSession(deps, peer),
  }
}

function createSession(deps: Parameters<typeof createIngest>[0], peer: Peer): SocketSession {
  const { clock, log } = deps
  let onAir: OnAir | undefined
  let stream: StreamId | undefined
  let open = true
  let asked = false
  let bucket = fullBucket(TEXT_RATE, clock.now())
  const cancelHello = clock.after(LIMITS.helloMs, () =>
    refuse({ reason: 'grant', says: 'Nothing was published.' }),
  )

  const tell = (hears: IngestHears): void => void peer.send(JSON.stringify(hears))

  function refuse(refusal: Refusal): void {
    if (!open) return
    log.info('publisher refused', { stream, reason: refusal.reason })
    tell({ t: 'refused', ...refusal })
    peer.close(CLOSE_CODES[refusal.reason], refusal.reason)
    leave()
  }

  function leave(): void {
    open = false
    cancelHello()
    onAir?.leave()
  }

  const publisher: Publisher = { kind: 'browser', tell, refuse }
  const malformed = (says: string): void => refuse({ reason: 'malformed', says })

  function publish(given: unknown): void {
    cancelHello()
    asked = true
    const grant = typeof given === 'string' ? given : ''
    const found = deps.grants.redeem(grant)
    if (!deps.before) begin({ stream: found, free: true })
    else
      deps.before(grant, found).then(
        (admitted) => {
          if (open) begin(admitted)
        },
        (error: unknown) => {
          log.fault('/ingest publish', error)
          peer.close(4500)
          leave()
        },
      )
  }

  function begin({ stream: found, free }: Admitted): void {
    const started = found === null || !free ? null : deps.broadcastFor(found).publish(publisher)
    if (found === null)
      refuse({ reason: 'grant', says: 'The permission to publish was used or has expired.' })
    else if (!started)
      refuse({ reason: 'already_live', says: 'This stream is being published from somewhere else.' })
    else {
      stream = found
      onAir = started
      tell({ t: 'go', streamId: found, resumed: started.resumed })
      log.info('publisher', { stream, resumed: started.resumed })
    }
  }

  /** Text of the publisher there is. */
  function control(says: Record<string, unknown> | null, on: OnAir): void {
    const { sent } = says ?? {}
    if (says?.t === 'clock' && typeof sent === 'number' && Number.isFinite(sent)) {
      const server = clock.now()
      on.publication.clock(sent, server)
      tell({ t: 'clock', sent, server })
    } else if (says?.t === 'bye') {
      leave()
      peer.close(1000)
    } else malformed('A text frame could not be read.')
  }

  return {
    text(frame) {
      if (!open) return
      const taken = take(bucket, TEXT_RATE, clock.now())
      bucket = taken.bucket
      const says = parseSays(frame)
      if (taken.waitMs > 0) malformed('Too many text frames.')
      else if (onAir) control(says, onAir)
      else if (says?.t === 'publish' && !asked) publish(says.grant)
      else malformed('Publish first.')
    },
    binary(bytes) {
      if (!open) return
      if (!onAir) {
        malformed('Publish first.')
        return
      }
      const refusal = onAir.publication.frame(bytes, clock.now())
      if (refusal) refuse(refusal)
    },
    closed() {
      if (open) leave()
    },
  }
}
