// Addresses at Mux that play for some minutes: signed here, with our key, without asking.
import type { Mux } from '@mux/mux-node'
import type { MuxAddresses, MuxSigner } from '../../app/mux-ports.ts'
import type { Clock } from '../../app/ports.ts'

/** Long enough for a player to come back for the next in time, also out of a tab that slept through one turn. */
const SIGNED_SECONDS = 600
/** Addresses say nothing about who asked: whoever may watch within a minute gets the same ones. A page is asked for by
 * every viewer once a minute, and a signature takes a millisecond. */
const SHARED_MS = 60_000

export function createMuxSigner({ jwt }: Pick<Mux, 'jwt'>, clock: Clock): MuxSigner {
  const shared = new Map<string, { at: number; made: Promise<MuxAddresses> }>()

  async function signNow(playback: string, now: number): Promise<MuxAddresses> {
    const expiration = `${SIGNED_SECONDS}s`
    const [video, poster, storyboard] = await Promise.all([
      jwt.signPlaybackId(playback, { type: 'video', expiration }),
      jwt.signPlaybackId(playback, { type: 'thumbnail', expiration }),
      jwt.signPlaybackId(playback, { type: 'storyboard', expiration }),
    ])
    return {
      hls: `https://stream.mux.com/${playback}.m3u8?token=${video}`,
      poster: `https://image.mux.com/${playback}/thumbnail.jpg?token=${poster}`,
      thumbnails: `https://image.mux.com/${playback}/storyboard.vtt?token=${storyboard}`,
      // Rounded down like the token's own.
      expiresAt: (Math.floor(now / 1_000) + SIGNED_SECONDS) * 1_000,
    }
  }

  return {
    sign(playback) {
      const now = clock.now()
      const known = shared.get(playback)
      if (known && now - known.at < SHARED_MS) return known.made
      for (const [id, { at }] of shared) if (now - at >= SHARED_MS) shared.delete(id)
      const made = signNow(playback, now)
      shared.set(playback, { at: now, made })
      made.catch(() => shared.delete(playback))
      return made
    },
  }
}
