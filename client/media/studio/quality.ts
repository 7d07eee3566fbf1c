// What the host can choose, and how the bitrate follows the line. Pure.
export const QUALITIES = {
  '480p': { width: 854, height: 480, fps: 30, kbps: 1_200 },
  '720p': { width: 1280, height: 720, fps: 30, kbps: 2_500 },
  '1080p': { width: 1920, height: 1080, fps: 30, kbps: 4_500 },
} as const
export type QualityName = keyof typeof QUALITIES
export const QUALITY_NAMES = Object.keys(QUALITIES) as QualityName[]

/** The size to scale a picture to, or null to encode it as it comes: scaling costs a weak device more than it
 * saves. Screens have any size, and some cameras give more than was asked. No camera has a mode of 480 lines
 * this wide: the browser only says so, and hands out larger frames. */
export function boxOf(
  { width = 0, height = 0 }: { width?: number; height?: number },
  source: 'camera' | 'screen',
  quality: QualityName,
): { width: number; height: number } | null {
  const { width: long, height: short } = QUALITIES[quality]
  const fits = width % 2 === 0 && height % 2 === 0 && width * height <= long * short
  if (source === 'camera' && fits && quality !== '480p') return null
  // A phone held upright keeps its shape.
  return source === 'camera' && height > width
    ? { width: short, height: long }
    : { width: long, height: short }
}

/** `cutAt`: the last change for the worse; `troubleAt`: the last congestion, or the last step up. */
export type Ladder = { kbps: number; most: number; cutAt: number; troubleAt: number }

/** Below this 720p is mud, and a line that cannot carry it cannot carry a stream. */
const FLOOR_KBPS = 350
/** One burst in this time is a hiccup, two are a line too narrow. */
const PERSISTS_MS = 10_000
/** A new bitrate needs this long to show in the socket's queue. */
const SETTLE_MS = 3_000
const CALM_MS = 15_000

export const newLadder = (kbps: number): Ladder => ({
  kbps,
  most: kbps,
  cutAt: -Infinity,
  troubleAt: -Infinity,
})

export function congested(ladder: Ladder, now: number): Ladder {
  const again = now - ladder.troubleAt < PERSISTS_MS
  if (!again || now - ladder.cutAt < SETTLE_MS) return { ...ladder, troubleAt: now }
  const kbps = Math.max(FLOOR_KBPS, Math.round(ladder.kbps * 0.7))
  return { ...ladder, kbps, cutAt: now, troubleAt: now }
}

/** Asked now and then; each calm stretch earns one small step back up. */
export function calm(ladder: Ladder, now: number): Ladder {
  if (ladder.kbps >= ladder.most || now - ladder.troubleAt < CALM_MS) return ladder
  return { ...ladder, kbps: Math.min(ladder.most, Math.round(ladder.kbps * 1.2)), troubleAt: now }
}

/** Below this share of its bitrate a quality looks worse than the next smaller one does with the same bits. */
const LEAST_SHARE = 0.55
/** A larger one is gone back to with room to spare: each change of size costs viewers a blink. */
const BACK_SHARE = 0.75

/** What to send: the largest quality, up to the chosen one, that this bitrate suits. `now`: what is sent. */
export function suited(chosen: QualityName, kbps: number, now: QualityName): QualityName {
  const rank = (name: QualityName): number => QUALITY_NAMES.indexOf(name)
  const fits = QUALITY_NAMES.filter((name) => {
    const share = rank(name) > rank(now) ? BACK_SHARE : LEAST_SHARE
    return rank(name) <= rank(chosen) && kbps >= share * QUALITIES[name].kbps
  })
  return fits.at(-1) ?? '480p'
}

/** The small picture beside the main one, for slow connections. */
export const LOW = { width: 640, height: 360, kbps: 500 } as const

/** Its size beside a main picture of this size, in the same shape; null: it would not be smaller. */
export function lowOf({ width, height }: { width: number; height: number }): {
  width: number
  height: number
} | null {
  if (Math.min(width, height) <= LOW.height) return null
  const scale = Math.min(LOW.width / Math.max(width, height), LOW.height / Math.min(width, height))
  // The encoder takes even sizes only.
  const even = (length: number): number => 2 * Math.round((length * scale) / 2)
  return { width: even(width), height: even(height) }
}
