// How much one publisher sends: what the studio is told, and the bound that keeps it from eating the node.

export type Meter = {
  /** Counts one frame of the wire; false once it is more than a publisher may send. */
  add(bytes: number, picture: boolean, now: number): boolean
  /** Since the last reading. */
  read(now: number): { kbps: number; fps: number }
}

/** Averaged over this: a line that stalled may catch up. */
const WINDOW_S = 5
/** 120 pictures and 94 AAC frames at most make sense. */
const MOST_FRAMES_PER_S = 400

export function createMeter(maxBitsPerSecond: number, now: number): Meter {
  let bytes = leaky(maxBitsPerSecond / 8, now)
  let frames = leaky(MOST_FRAMES_PER_S, now)
  let since = { at: now, bytes: 0, pictures: 0 }
  return {
    add(size, picture, at) {
      bytes = poured(bytes, size, at)
      frames = poured(frames, 1, at)
      since.bytes += size
      if (picture) since.pictures += 1
      return bytes.level <= bytes.perSecond * WINDOW_S && frames.level <= frames.perSecond * WINDOW_S
    },
    read(at) {
      const seconds = Math.max(0.001, (at - since.at) / 1000)
      const kbps = Math.round((since.bytes * 8) / 1000 / seconds)
      const fps = Math.round((since.pictures / seconds) * 10) / 10
      since = { at, bytes: 0, pictures: 0 }
      return { kbps, fps }
    },
  }
}

type Leaky = { perSecond: number; level: number; at: number }
const leaky = (perSecond: number, at: number): Leaky => ({ perSecond, level: 0, at })

function poured({ perSecond, level, at }: Leaky, amount: number, now: number): Leaky {
  const left = Math.max(0, level - (Math.max(0, now - at) * perSecond) / 1000)
  return { perSecond, level: left + amount, at: now }
}
