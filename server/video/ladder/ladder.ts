// Decides which shows of this node get small pictures made here: those whose publisher sends none of its own, as long
// as there is room. The show itself never waits for any of it.
import type { StreamId } from '../../../shared/ids.ts'
import type { EncodedPacket, VideoConfig } from '../../../shared/media.ts'
import type { Clock, Log } from '../../app/ports.ts'
import type { Show, Transcoder } from '../../app/video-ports.ts'
import type { LowSource } from '../low.ts'
import { createRung, type Rung } from './rung.ts'
import { lowSizeOf } from './size.ts'

/** A studio's second encoder begins a little after its first. */
const OWN_MS = 3_000

export type Ladder = { show(show: Show, low: LowSource): void; close(): void }

/** `most`: how many shows at once. */
export function createLadder(deps: {
  transcoder: Transcoder
  most: number
  /** Whether another service makes all sizes of a show. */
  isElsewhere(stream: StreamId): Promise<boolean>
  clock: Clock
  log: Log
}): Ladder {
  const { clock, log, most } = deps
  /** Those for which a transcoder runs or is about to. */
  const climbing = new Set<Rung>()
  let closed = false

  function show({ stream, taps }: Show, low: LowSource): void {
    let config: VideoConfig | undefined
    /** Since when the publisher sends no small pictures; undefined: nobody publishes. */
    let aloneSince: number | undefined
    let toldFull = false
    /** Not known yet, and a show that has failed, are no reason to begin. */
    let may = false

    /** The publisher that left had them: nobody waits for the one that comes back. */
    let wasOn = false

    const rung = createRung(deps, {
      config: low.config,
      packet(packet) {
        const says = low.packet(packet)
        if (says === null) return
        stop()
        // What the publisher began itself in the meantime is no failure.
        if (low.wanted()) giveUp(says)
      },
      failed: giveUp,
    })
    function giveUp(says: string): void {
      log.warn('ladder', { stream, says })
      climbing.delete(rung)
      may = false
      low.end()
    }
    function stop(): void {
      if (!climbing.delete(rung)) return
      rung.pause()
      log.info('ladder', { stream, state: 'stopped' })
    }

    function begin(source: VideoConfig): void {
      if (climbing.size >= most) {
        if (!toldFull) log.warn('ladder', { stream, says: 'No room for another show (LADDER_STREAMS).' })
        toldFull = true
        return
      }
      climbing.add(rung)
      rung.config(source)
      log.info('ladder', { stream, state: 'started' })
    }

    function look(packet: EncodedPacket, source: VideoConfig): void {
      const now = clock.now()
      if (!low.wanted()) {
        aloneSince = now
        wasOn = false
        stop()
        return
      }
      aloneSince ??= now
      if (closed || !may || !packet.key || climbing.has(rung)) return
      if (!wasOn && now - aloneSince < OWN_MS) return
      if (lowSizeOf(source)) begin(source)
    }

    taps.add({
      config(given) {
        if (given.kind !== 'video') return
        config = given
        if (!climbing.has(rung)) return
        if (lowSizeOf(given)) rung.config(given)
        else {
          stop()
          low.end()
        }
      },
      packet(packet) {
        if (packet.track !== 'video' || !config) return
        look(packet, config)
        if (climbing.has(rung)) rung.packet(packet)
      },
      pause() {
        config = undefined
        aloneSince = undefined
        wasOn = climbing.has(rung)
        stop()
      },
      end() {
        stop()
        rung.close()
      },
    })
    deps.isElsewhere(stream).then(
      (elsewhere) => (may = !elsewhere),
      (error: unknown) => log.fault('ladder', error),
    )
  }

  return {
    show,
    close() {
      closed = true
      for (const rung of climbing) rung.close()
      climbing.clear()
    },
  }
}
