// The packets of one show for whoever sends them on as they are: to another service, to another node. What is
// tapped is on the server's clock and was checked; whoever taps in the middle begins at a key frame.
import type { EncodedPacket, TrackConfig } from '../../shared/media.ts'

export type Tap = {
  /** Before the first packet of its track, and again when the encoder changes. */
  config(config: TrackConfig): void
  /** In the order they came: `ts` grows within a track. Must not throw and must not wait: what cannot be sent on in
   * time is the tap's to drop. */
  packet(packet: EncodedPacket): void
  /** The publisher is gone or another comes: configs and a key frame follow, if anything does. */
  pause(): void
  /** Nothing follows. */
  end(): void
}

export type Taps = Tap & {
  /** Returns how to leave; leaving is no `end`. */
  add(tap: Tap): () => void
}

type Tapped = { tap: Tap; flowing: boolean }
type Kind = EncodedPacket['track']

export function createTaps(): Taps {
  const all = new Set<Tapped>()
  let configs: Partial<Record<Kind, TrackConfig>> = {}

  function begin(one: Tapped): void {
    one.flowing = true
    for (const config of Object.values(configs)) one.tap.config(config)
  }

  return {
    add(tap) {
      const one: Tapped = { tap, flowing: false }
      all.add(one)
      return () => void all.delete(one)
    },
    config(config) {
      configs[config.kind] = config
      for (const { tap, flowing } of all) if (flowing) tap.config(config)
    },
    packet(packet) {
      // Sound alone can be begun anywhere; beside a picture it waits for one.
      const leads = packet.track === 'video' ? packet.key : configs.video === undefined
      for (const one of all) {
        if (!one.flowing && leads) begin(one)
        if (one.flowing) one.tap.packet(packet)
      }
    },
    pause() {
      configs = {}
      for (const one of all) {
        if (one.flowing) one.tap.pause()
        one.flowing = false
      }
    },
    end() {
      for (const { tap } of all) tap.end()
      all.clear()
    },
  }
}
