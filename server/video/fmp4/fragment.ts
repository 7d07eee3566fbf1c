// One fragment: moof + mdat. Sizes are known beforehand, so the whole fragment is one allocation and every
// payload is copied once.
import { createBoxWriter } from './writer.ts'

/** In ticks of the track's timescale. `offset`: how much later than `dts` it is shown. */
export type Sample = { dts: number; dur: number; offset?: number; key: boolean; bytes: Uint8Array }
/** Consecutive samples of one track: each `dts` is the one before plus its `dur`. */
export type Run = { trackId: number; samples: readonly Sample[] }

const MFHD = 16
const TFHD = 16
const TFDT = 20
const TRUN = 20
const PER_SAMPLE = 12
const HEADER = 8

const DEFAULT_BASE_IS_MOOF = 0x020000
/** Data offset, and duration, size and flags for each sample. */
const TRUN_FLAGS = 0x000701
/** And for each sample when it is shown: only where pictures are not in that order. */
export const WITH_OFFSETS = 0x000800
const PER_OFFSET = 4
const SYNC = 0x02000000
const DEPENDS_ON_OTHERS = 0x01010000

/** Runs without samples are left out. `sequence` is 1, 2, 3... over the whole stream. */
export function fragment(sequence: number, runs: readonly Run[]): Uint8Array<ArrayBuffer> {
  const present = runs.filter((run) => run.samples.length > 0)
  let moof = HEADER + MFHD
  let media = 0
  for (const { samples } of present) {
    moof += HEADER + TFHD + TFDT + TRUN + samples.length * sizeIn(samples)
    for (const sample of samples) media += sample.bytes.byteLength
  }
  const w = createBoxWriter(moof + HEADER + media)
  let offset = moof + HEADER
  w.box('moof', () => {
    w.fullBox('mfhd', 0, 0, () => w.u32(sequence))
    for (const { trackId, samples } of present) {
      w.box('traf', () => {
        w.fullBox('tfhd', 0, DEFAULT_BASE_IS_MOOF, () => w.u32(trackId))
        w.fullBox('tfdt', 1, 0, () => w.u64(samples[0]?.dts ?? 0))
        const offsets = reordered(samples)
        w.fullBox('trun', 0, offsets ? TRUN_FLAGS | WITH_OFFSETS : TRUN_FLAGS, () => {
          w.u32(samples.length)
          w.u32(offset)
          for (const { dur, offset: later = 0, key, bytes } of samples) {
            w.u32(dur)
            w.u32(bytes.byteLength)
            w.u32(key ? SYNC : DEPENDS_ON_OTHERS)
            if (offsets) w.u32(later)
            offset += bytes.byteLength
          }
        })
      })
    }
  })
  w.box('mdat', () => {
    for (const { samples } of present) for (const { bytes } of samples) w.bytes(bytes)
  })
  return w.done()
}

const reordered = (samples: readonly Sample[]): boolean => samples.some(({ offset = 0 }) => offset > 0)
const sizeIn = (samples: readonly Sample[]): number => PER_SAMPLE + (reordered(samples) ? PER_OFFSET : 0)
