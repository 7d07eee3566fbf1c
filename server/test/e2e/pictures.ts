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

export const secondsShown = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelector('video')?.currentTime ?? NaN)

/** Resolves when the picture stands still at a place that was sought, decoded. */
export const stands = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => {
    const video = document.querySelector('video')
    return video !== null && video.paused && !video.seeking && video.readyState >= 2
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
