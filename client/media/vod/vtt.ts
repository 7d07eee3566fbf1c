// The strip of small pictures that comes with a recording, as WebVTT. Only what such a file holds is understood:
// times, an address, and which part of the picture is meant. Pure.
export type Thumb = {
  /** Seconds of what plays. */
  from: number
  to: number
  url: string
  /** The part of the picture, in its own pixels; null: all of it. */
  part: { x: number; y: number; width: number; height: number } | null
}

const TIMES = /^((?:\d+:)?\d{1,2}:\d{2}\.\d{3})\s+-->\s+((?:\d+:)?\d{1,2}:\d{2}\.\d{3})/
const PART = /^xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/

/** `base`: where the file came from; its addresses are relative to that. What is no cue is passed over. */
export function thumbsOf(text: string, base: string): Thumb[] {
  return text
    .replaceAll('\r\n', '\n')
    .split(/\n{2,}/)
    .flatMap((block) => cueOf(block.split('\n'), base))
}

function cueOf(lines: readonly string[], base: string): Thumb[] {
  const at = lines.findIndex((line) => TIMES.test(line))
  const [, from = '', to = ''] = TIMES.exec(lines[at] ?? '') ?? []
  const address = lines[at + 1]?.trim() ?? ''
  if (at < 0 || address === '') return []
  try {
    const url = new URL(address, base)
    const part = PART.exec(url.hash.slice(1))
    url.hash = ''
    const [x = 0, y = 0, width = 0, height = 0] = part?.slice(1).map(Number) ?? []
    return [
      {
        from: secondsOf(from),
        to: secondsOf(to),
        url: url.href,
        part: part && width > 0 && height > 0 ? { x, y, width, height } : null,
      },
    ]
  } catch {
    return []
  }
}

const secondsOf = (text: string): number => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)

/** The picture for this second: the last that began before it. */
export const thumbAt = (thumbs: readonly Thumb[], seconds: number): Thumb | undefined =>
  thumbs.findLast(({ from }) => from <= seconds) ?? thumbs[0]
