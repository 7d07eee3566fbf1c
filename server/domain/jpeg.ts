// Whether bytes are a JPEG picture, as far as its outside tells: browsers are told that it is one and nothing else.

const START = [0xff, 0xd8, 0xff]
const END = [0xff, 0xd9]
/** Smaller ones have no room for a picture. */
const LEAST_BYTES = 100

export const isJpeg = (bytes: Uint8Array): boolean =>
  bytes.byteLength >= LEAST_BYTES &&
  START.every((byte, i) => bytes[i] === byte) &&
  END.every((byte, i) => bytes[bytes.byteLength - END.length + i] === byte)
