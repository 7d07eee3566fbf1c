// The picture's size and form out of an H.264 sequence parameter set (ITU-T H.264 7.3.2.1.1): FLV says neither.

/** `chroma` 1 is 4:2:0. */
export type PictureForm = { width: number; height: number; chroma: number; bitDepth: number }

/** Profiles that say their chroma format and bit depth. */
const HIGH_PROFILES = [100, 110, 122, 244, 44, 83, 86, 118, 128, 134, 135, 138, 139]

/** The first SPS of an avcC, or null when it cannot be read. */
export function formOf(avcC: Uint8Array): PictureForm | null {
  const length = ((avcC[6] ?? 0) << 8) | (avcC[7] ?? 0)
  const sps = avcC.subarray(8, 8 + length)
  if (((avcC[5] ?? 0) & 0x1f) === 0 || sps.byteLength < length || length < 5) return null
  try {
    return read(createBits(unescaped(sps.subarray(1))))
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function read(bits: Bits): PictureForm | null {
  const profile = bits.u(8)
  bits.u(16) // constraints, level
  bits.ue() // id
  let chroma = 1
  let bitDepth = 8
  if (HIGH_PROFILES.includes(profile)) {
    chroma = bits.ue()
    if (chroma === 3) bits.u(1)
    bitDepth = 8 + Math.max(bits.ue(), bits.ue())
    bits.u(1)
    if (bits.u(1))
      for (let i = 0; i < (chroma === 3 ? 12 : 8); i++) if (bits.u(1)) scalingList(bits, i < 6 ? 16 : 64)
  }
  bits.ue() // log2 of the most frame numbers
  const order = bits.ue()
  if (order === 0) bits.ue()
  if (order === 1) {
    bits.u(1)
    bits.se()
    bits.se()
    for (let left = Math.min(bits.ue(), 255); left > 0; left--) bits.se()
  }
  bits.ue() // reference frames
  bits.u(1)
  const columns = bits.ue() + 1
  const rows = bits.ue() + 1
  const whole = bits.u(1)
  if (!whole) bits.u(1)
  bits.u(1)
  const [left, right, top, bottom] = bits.u(1) ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0]
  const across = chroma === 1 || chroma === 2 ? 2 : 1
  const down = (chroma === 1 ? 2 : 1) * (2 - whole)
  const width = columns * 16 - across * (left + right)
  const height = rows * 16 * (2 - whole) - down * (top + bottom)
  const isSize = (value: number) => value >= 16 && value <= 8_192
  return isSize(width) && isSize(height) ? { width, height, chroma, bitDepth } : null
}

function scalingList(bits: Bits, size: number): void {
  let last = 8
  let next = 8
  for (let i = 0; i < size; i++) {
    if (next !== 0) next = (last + bits.se() + 256) % 256
    last = next === 0 ? last : next
  }
}

/** Without the bytes that keep a NAL unit from looking like a start code. */
function unescaped(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, i) => !(byte === 3 && i >= 2 && bytes[i - 1] === 0 && bytes[i - 2] === 0))
}

type Bits = ReturnType<typeof createBits>
/** Throws a RangeError beyond the end. */
function createBits(bytes: Uint8Array) {
  let at = 0
  function u(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++, at++) {
      const byte = bytes[at >> 3]
      if (byte === undefined) throw new RangeError('the SPS is too short')
      value = value * 2 + ((byte >> (7 - (at & 7))) & 1)
    }
    return value
  }
  function ue(): number {
    let zeros = 0
    while (u(1) === 0) if (++zeros > 31) throw new RangeError('no such number')
    return 2 ** zeros - 1 + u(zeros)
  }
  return {
    u,
    ue,
    se(): number {
      const value = ue()
      return value % 2 === 1 ? (value + 1) / 2 : -value / 2
    },
  }
}
