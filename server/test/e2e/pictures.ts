// What a page that plays a playlist shows, found without the player's own arithmetic: the position of its <video>,
// and the times that the playlist itself gives.
import type { Page } from 'playwright-core'

export type Filmed = { start: number; duration: number; at: number }

/** Segments of a playlist, on the timeline of a player that starts at 0. */
export function filmedIn(playlist: string): Filmed[] {
  let start = 0
  let at = NaN
  const filmed: Filmed[] = []
  for (const line of playlist.split('\n')) {
    if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) at = Date.parse(line.slice(25))
    const duration = Number(/^#EXTINF:([\d.]+)/.exec(line)?.[1] ?? NaN)
    if (Number.isNaN(duration)) continue
    filmed.push({ start, duration, at })
    start += duration
    at += duration * 1000
  }
  return filmed
}

/** When the picture at this second was filmed, Unix ms. */
export function dateAt(filmed: readonly Filmed[], seconds: number): number {
  const segment = filmed.findLast(({ start }) => start <= seconds) ?? filmed[0]
  if (!segment) throw new Error('the playlist is empty')
  return segment.at + (seconds - segment.start) * 1000
}

/** The second that shows a moment; of one that was not filmed, the first after it. */
export function secondAt(filmed: readonly Filmed[], moment: number): number {
  const segment = filmed.findLast(({ at }) => at <= moment)
  if (!segment) return 0
  return segment.start + Math.min(segment.duration, (moment - segment.at) / 1000)
}

/** Where something is missing: the second at which the picture after it begins. */
export const dropsIn = (filmed: readonly Filmed[]): number[] =>
  filmed.flatMap(({ start, at }) => (at - dateAt(filmed, start - 0.001) > 500 ? [start] : []))

/** A segment may play for two frames more than its playlist says: what was said in them belongs to its last picture. */
const FRAMES_MS = 67

/** How many of `said` (Unix ms, in order) were there by a picture that is shown within `near` seconds of this one.
 * Near in pictures, not in moments: two clocks that differ by a frame are on two sides of a drop, and differ by all of
 * it in moments. What was said in the drop comes at once. */
export function countsNear(
  filmed: readonly Filmed[],
  said: readonly number[],
  seconds: number,
  near: number,
): number[] {
  const steps = Array.from({ length: 201 }, (_, i) => seconds + near * (i / 100 - 1))
  const counts = steps
    .flatMap((at) => [dateAt(filmed, at), dateAt(filmed, at) + FRAMES_MS])
    .map((moment) => said.filter((when) => when <= moment).length)
  return [...new Set(counts)]
}

export const secondsShown = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelector('video')?.currentTime ?? NaN)

/** Resolves when the picture stands still at a place that was sought, decoded; or where there is none: where a line broke
 * the sound may end before the picture, and a player that does not play waits at such a hole, or a few frames before. */
export const stands = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => {
    const video = document.querySelector('video')
    if (!video?.paused) return false
    const { buffered, currentTime: at } = video
    const ranges = Array.from(
      { length: buffered.length },
      (_, i) => [buffered.start(i), buffered.end(i)] as const,
    )
    const inHole =
      ranges.some(([, end]) => end <= at + 0.1 && end > at - 3) && ranges.some(([start]) => start > at)
    return (
      (!video.seeking && video.readyState >= 2) ||
      (inHole && !ranges.some(([start, end]) => start <= at && at < end - 0.1))
    )
  })

/** Collects the second at which each line of the chat came; read with `arrivals`. */
export const watchLines = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const seen: Record<string, number> = {}
    Object.assign(globalThis, { seen })
    const look = (): void => {
      const seconds = document.querySelector('video')?.currentTime ?? NaN
      for (const line of document.querySelectorAll('.chat-lines .chat-text'))
        seen[line.textContent] ??= seconds
    }
    look()
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true })
  })

export const arrivals = (page: Page): Promise<Record<string, number>> =>
  page.evaluate(() => (globalThis as unknown as { seen: Record<string, number> }).seen)
