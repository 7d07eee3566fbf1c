// What can be told of codecs and packets by their bytes. A publisher is not trusted: what a player would choke
// on stops here, and key frames are those that are, not those that are said to be.
import type { EncodedPacket, TrackConfig } from '../../shared/media.ts'

const MOST_DESCRIPTION_BYTES = 1_024
/** The ES descriptor has one byte for its length; real ones have 2 to 16. */
const MOST_ASC_BYTES = 64
/** Two channels of the largest AAC frame are 1,536 bytes. */
const MOST_AAC_BYTES = 8_192

const SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
]

/** What is wrong with it, or null. */
export function configFault(config: TrackConfig): string | null {
  if (config.kind === 'video') {
    if (!/^avc1\.[0-9a-fA-F]{6}$/.test(config.codec)) return 'Video must be H.264 (avc1).'
    return isAvcC(config.description) ? null : 'The H.264 description (avcC) is broken.'
  }
  if (config.codec !== 'mp4a.40.2') return 'Audio must be AAC-LC (mp4a.40.2).'
  return isAacLc(config.description, config.sampleRate)
    ? null
    : 'The AAC description (AudioSpecificConfig) does not say what the config says.'
}

/** ISO/IEC 14496-15 5.3.3.1: version, profile, four-byte NAL lengths, then at least one SPS and one PPS. */
function isAvcC(bytes: Uint8Array): boolean {
  if (bytes.byteLength < 7 || bytes.byteLength > MOST_DESCRIPTION_BYTES) return false
  if (bytes[0] !== 1 || ((bytes[4] ?? 0) & 3) !== 3) return false
  let at = 5
  for (const mask of [0x1f, 0xff]) {
    const count = (bytes[at++] ?? 0) & mask
    if (count === 0) return false
    for (let i = 0; i < count; i++) {
      at += 2 + (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0))
      if (at > bytes.byteLength) return false
    }
  }
  return true
}

/** ISO/IEC 14496-3 1.6.2.1: five bits of object type, four of rate index. The channels are not compared: encoders
 * differ in what they call them, and players read them here. A wrong rate would be a wrong pace. */
function isAacLc(bytes: Uint8Array, sampleRate: number): boolean {
  const [a, b] = bytes
  if (a === undefined || b === undefined || bytes.byteLength > MOST_ASC_BYTES) return false
  return a >> 3 === 2 && SAMPLE_RATES[((a & 7) << 1) | (b >> 7)] === sampleRate
}

/** Longer than any encoder looks ahead. */
const MOST_OFFSET_MS = 2_000

/** The packet with `key` as its bytes say, or null for garbage. */
export function inspect(packet: EncodedPacket): EncodedPacket | null {
  if (packet.track === 'audio') {
    const { bytes } = packet
    const adts = bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xf0) === 0xf0
    return adts || bytes.byteLength > MOST_AAC_BYTES ? null : { ...packet, key: true }
  }
  const picture = (packet.offset ?? 0) > MOST_OFFSET_MS ? null : pictureIn(packet.bytes)
  return picture === null ? null : { ...packet, key: picture === 'key' }
}

const SLICE = 1
const IDR_SLICE = 5

/** Walks the NAL units by their four-byte lengths; they must fill the packet and hold a picture. */
function pictureIn(bytes: Uint8Array): 'key' | 'delta' | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let found: 'key' | 'delta' | null = null
  let at = 0
  while (at + 5 <= bytes.byteLength) {
    const length = view.getUint32(at)
    const header = view.getUint8(at + 4)
    if (length === 0 || header >= 0x80) return null
    const type = header & 0x1f
    if (type === IDR_SLICE) found = 'key'
    else if (type === SLICE) found ??= 'delta'
    at += 4 + length
  }
  return at === bytes.byteLength ? found : null
}
