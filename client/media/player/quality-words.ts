// What the menu of picture sizes says.
import type { Choice, Heights, Quality } from './chooser.ts'

export type Labels = { now: string; items: { choice: Choice; says: string }[] }

const withSize = (name: string, height: number | undefined): string => (height ? `${name} ${height}p` : name)
const nameOf = ({ playing }: Quality): string => (playing === 'low' ? 'Low' : 'High')

/** `named`: sizes that a playlist told, for what was not shown yet. */
export function labelsOf(quality: Quality, named: Heights): Labels {
  const { heights, shown, choice } = quality
  const now = shown ? `${shown}p` : nameOf(quality)
  return {
    now,
    items: [
      { choice: 'auto', says: choice === 'auto' ? `Auto (${now})` : 'Auto' },
      { choice: 'main', says: withSize('High', heights.main ?? named.main) },
      { choice: 'low', says: withSize('Low', heights.low ?? named.low) },
    ],
  }
}

/** The name of the button. */
export function spoken(quality: Quality): string {
  const now = quality.shown ? `${quality.shown}p` : nameOf(quality)
  const chosen = quality.choice === 'auto' ? `Auto (${now})` : now
  return `Quality: ${chosen}${quality.slow ? ', slow connection' : ''}`
}

/** The playlist that names the sizes, beside one that was handed out while there was one size. */
export const masterOf = (playlist: string): string => playlist.replace(/\/live\.m3u8$/, '/master.m3u8')

/** The smallest and the largest picture that a master playlist names; nothing of any other playlist. */
export function masterHeights(text: string): Heights {
  const sides = [...text.matchAll(/^#EXT-X-STREAM-INF:.*?\bRESOLUTION=(\d+)x(\d+)/gm)]
    .map(([, width, height]) => Math.min(Number(width), Number(height)))
    .sort((a, b) => a - b)
  const [low] = sides
  const main = sides.at(-1)
  return low === undefined || main === undefined ? {} : { main, low }
}
