// The colour of a name.
const HUES = 6

/** The same colour for the same person on every screen; the name says who, the colour only helps to follow. */
export function hue(id: string): number {
  let sum = 0
  for (let at = 0; at < id.length; at++) sum = (sum * 31 + id.charCodeAt(at)) >>> 0
  return sum % HUES
}
