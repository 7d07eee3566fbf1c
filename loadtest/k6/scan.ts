// What a frame says without parsing it: with ten thousand deliveries a second, JSON.parse of each would make the
// load generator the thing that is measured.

const ROOM_ENTRIES = '{"t":"entries","log":"room"'
const SEQ = '"seq":'

export const isRoomEntries = (frame: string): boolean => frame.startsWith(ROOM_ENTRIES)
export const isPulse = (frame: string): boolean => frame.startsWith('{"t":"pulse"')

/** First and last seq of an `entries` frame. Quotes inside of texts are escaped, so `"seq":` is always a field. */
export function rangeOf(frame: string): { first: number; last: number } {
  return { first: after(frame, frame.indexOf(SEQ)), last: after(frame, frame.lastIndexOf(SEQ)) }
}

const after = (frame: string, at: number) => parseInt(frame.slice(at + SEQ.length, at + SEQ.length + 16), 10)
