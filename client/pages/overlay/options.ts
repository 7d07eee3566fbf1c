// What stands behind the ? of the overlay's address, set once in OBS: what makes no sense counts as not given.
export type Options = {
  /** Of the letters, in px. */
  size: number
  /** How long a message stays, in ms; null: until newer ones push it out. */
  fadeMs: number | null
  pin: boolean
  /** Says in one line what is wrong, for whoever sets it up. A viewer of the video must never read that. */
  debug: boolean
}

const SIZE = { least: 8, usual: 22, most: 120 }
const FADE_MOST_S = 3_600

export function optionsOf(search: string): Options {
  const given = new URLSearchParams(search)
  const number = (name: string) => {
    const text = given.get(name) ?? ''
    return /^\d{1,6}(?:\.\d+)?$/.test(text) ? Number(text) : null
  }
  const fade = number('fade')
  return {
    size: Math.min(SIZE.most, Math.max(SIZE.least, number('size') ?? SIZE.usual)),
    fadeMs: fade === null || fade === 0 ? null : Math.min(FADE_MOST_S, fade) * 1_000,
    pin: given.get('pin') !== '0',
    debug: given.get('debug') === '1',
  }
}
