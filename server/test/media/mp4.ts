// A reader of fragmented MP4 for tests: written apart from the writer, so that the two can disagree.

export type Box = { type: string; bytes: Uint8Array }
export type MediaTrack = {
  id: number
  kind: 'video' | 'audio'
  timescale: number
  width: number
  height: number
  channels: number
  sampleRate: number
  /** avcC, or the AudioSpecificConfig. */
  description: Uint8Array
}
/** `offset` only where the file has any. */
export type MediaSample = { dts: number; dur: number; offset?: number; key: boolean; bytes: Uint8Array }
export type MediaRun = { trackId: number; samples: MediaSample[] }
export type MediaFragment = { sequence: number; runs: MediaRun[] }

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const u32 = (bytes: Uint8Array, at: number) => view(bytes).getUint32(at)

export function boxes(bytes: Uint8Array): Box[] {
  const found: Box[] = []
  for (let at = 0; at < bytes.byteLength;) {
    const size = u32(bytes, at)
    if (size < 8 || at + size > bytes.byteLength) throw new Error(`a box of ${size} bytes at ${at}`)
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    found.push({ type, bytes: bytes.subarray(at + 8, at + size) })
    at += size
  }
  return found
}

export function find(bytes: Uint8Array, ...path: string[]): Uint8Array {
  const [first, ...rest] = path
  if (first === undefined) return bytes
  const box = boxes(bytes).find(({ type }) => type === first)
  if (!box) throw new Error(`no ${first}`)
  return find(box.bytes, ...rest)
}

export function parseInit(bytes: Uint8Array): MediaTrack[] {
  return boxes(find(bytes, 'moov'))
    .filter(({ type }) => type === 'trak')
    .map(({ bytes: trak }) => {
      const handler = String.fromCharCode(...find(trak, 'mdia', 'hdlr').subarray(8, 12))
      const kind = handler === 'vide' ? 'video' : 'audio'
      const [entry] = boxes(find(trak, 'mdia', 'minf', 'stbl', 'stsd').subarray(8))
      if (!entry) throw new Error('no sample entry')
      const at = view(entry.bytes)
      const video = kind === 'video'
      return {
        id: u32(find(trak, 'tkhd'), 12),
        kind,
        timescale: u32(find(trak, 'mdia', 'mdhd'), 12),
        width: video ? at.getUint16(24) : 0,
        height: video ? at.getUint16(26) : 0,
        channels: video ? 0 : at.getUint16(16),
        sampleRate: video ? 0 : at.getUint16(24),
        description: video
          ? find(entry.bytes.subarray(78), 'avcC')
          : asc(find(entry.bytes.subarray(28), 'esds')),
      }
    })
}

/** The decoder specific info (tag 5) inside the ES and decoder config descriptors. Lengths are one to four bytes. */
function asc(esds: Uint8Array): Uint8Array {
  const read = (bytes: Uint8Array): { tag: number; body: Uint8Array } => {
    let at = 1
    let length = 0
    for (;;) {
      const byte = bytes[at++]!
      length = length * 128 + (byte & 127)
      if (byte < 128) return { tag: bytes[0]!, body: bytes.subarray(at, at + length) }
    }
  }
  const es = read(esds.subarray(4))
  const decoder = read(es.body.subarray(3))
  const specific = read(decoder.body.subarray(13))
  if (es.tag !== 3 || decoder.tag !== 4 || specific.tag !== 5) throw new Error('esds tags')
  return specific.body
}

/** All fragments of one or more chunks, parts or segments put together. */
export function parseFragments(bytes: Uint8Array): MediaFragment[] {
  const fragments: MediaFragment[] = []
  let offset = 0
  for (const { type, bytes: body } of boxes(bytes)) {
    if (type === 'moof') {
      const start = offset
      const runs = boxes(body)
        .filter((box) => box.type === 'traf')
        .map(({ bytes: traf }) => parseRun(traf, bytes, start))
      fragments.push({ sequence: u32(find(body, 'mfhd'), 4), runs })
    }
    offset += body.byteLength + 8
  }
  return fragments
}

function parseRun(traf: Uint8Array, file: Uint8Array, moofAt: number): MediaRun {
  const tfhd = find(traf, 'tfhd')
  const flags = u32(tfhd, 0) & 0xffffff
  let at = 8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0)
  const optional = (bit: number) => {
    if (!(flags & bit)) return 0
    at += 4
    return u32(tfhd, at - 4)
  }
  const [defaultDur, defaultSize, defaultFlags] = [optional(8), optional(16), optional(32)]
  const tfdt = find(traf, 'tfdt')
  let dts = tfdt[0] === 1 ? Number(view(tfdt).getBigUint64(4)) : u32(tfdt, 4)
  const samples: MediaSample[] = []
  for (const { type, bytes: trun } of boxes(traf)) {
    if (type !== 'trun') continue
    const has = u32(trun, 0) & 0xffffff
    let pos = 8
    const next = (bit: number, otherwise: number) => {
      if (!(has & bit)) return otherwise
      pos += 4
      return u32(trun, pos - 4)
    }
    let data = moofAt + next(1, 0)
    const firstFlags = next(4, defaultFlags)
    const count = u32(trun, 4)
    for (let i = 0; i < count; i++) {
      const dur = next(0x100, defaultDur)
      const size = next(0x200, defaultSize)
      const sampleFlags = next(0x400, i === 0 ? firstFlags : defaultFlags)
      const offset = has & 0x800 ? { offset: next(0x800, 0) } : {}
      const key = (sampleFlags & 0x10000) === 0
      samples.push({ dts, dur, ...offset, key, bytes: file.subarray(data, data + size) })
      data += size
      dts += dur
    }
  }
  return { trackId: u32(tfhd, 4), samples }
}
