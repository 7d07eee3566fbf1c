// The init segment: what a player must know before the first fragment. One avc1 and/or one mp4a track.
import type { AudioConfig, TrackConfig, VideoConfig } from '../../../shared/media.ts'
import { createBoxWriter, type BoxWriter } from './writer.ts'

export const TRACK_ID = { video: 1, audio: 2 } as const
const VIDEO_TIMESCALE = 90_000
const MOVIE_TIMESCALE = 1_000
const ENABLED_IN_MOVIE = 3
const UND = 0x55c4 // language "und" in packed ISO 639-2
const MATRIX_ONE = 0x10000
const MATRIX_W = 0x40000000
/** All boxes of two tracks without their codec descriptions are about 1.1 KB. */
const BOXES_BYTES = 2_048

/** Audio counts samples, so that an AAC frame is exactly 1024 ticks. */
export function timescaleOf(config: TrackConfig): number {
  return config.kind === 'video' ? VIDEO_TIMESCALE : config.sampleRate
}

/** RFC 6381, from the avcC itself: encoders round the profile they were asked for. */
export function codecsOf(configs: readonly TrackConfig[]): string {
  return configs
    .map((config) => {
      if (config.kind === 'audio') return config.codec
      const profile = config.description.subarray(1, 4)
      return `avc1.${Array.from(profile, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
    })
    .join(',')
}

export function initSegment(configs: readonly TrackConfig[]): Uint8Array<ArrayBuffer> {
  const descriptions = configs.reduce((sum, config) => sum + config.description.byteLength, 0)
  const w = createBoxWriter(BOXES_BYTES + descriptions)
  w.box('ftyp', () => {
    w.ascii('iso6')
    w.u32(1)
    w.ascii('iso6cmfcmp41')
  })
  w.box('moov', () => {
    w.fullBox('mvhd', 0, 0, () => {
      w.zeros(8) // creation, modification
      w.u32(MOVIE_TIMESCALE)
      w.u32(0) // duration: unknown, it lives in the fragments
      w.u32(0x10000) // rate 1.0
      w.u16(0x100) // volume 1.0
      w.zeros(10)
      matrix(w)
      w.zeros(24)
      w.u32(TRACK_ID.audio + 1) // next track id
    })
    for (const config of configs) trak(w, config)
    w.box('mvex', () => {
      for (const config of configs) {
        w.fullBox('trex', 0, 0, () => {
          w.u32(TRACK_ID[config.kind])
          w.u32(1) // sample description
          w.zeros(12) // defaults: every fragment says its own
        })
      }
    })
  })
  return w.done().slice()
}

function matrix(w: BoxWriter): void {
  w.u32(MATRIX_ONE)
  w.zeros(12)
  w.u32(MATRIX_ONE)
  w.zeros(12)
  w.u32(MATRIX_W)
}

function trak(w: BoxWriter, config: TrackConfig): void {
  const video = config.kind === 'video'
  w.box('trak', () => {
    w.fullBox('tkhd', 0, ENABLED_IN_MOVIE, () => {
      w.zeros(8)
      w.u32(TRACK_ID[config.kind])
      w.zeros(4 + 4 + 8) // reserved, duration, reserved
      w.zeros(4) // layer, alternate group
      w.u16(video ? 0 : 0x100)
      w.zeros(2)
      matrix(w)
      w.u32(video ? config.width * 0x10000 : 0)
      w.u32(video ? config.height * 0x10000 : 0)
    })
    w.box('mdia', () => {
      w.fullBox('mdhd', 0, 0, () => {
        w.zeros(8)
        w.u32(timescaleOf(config))
        w.u32(0)
        w.u16(UND)
        w.zeros(2)
      })
      w.fullBox('hdlr', 0, 0, () => {
        w.zeros(4)
        w.ascii(video ? 'vide' : 'soun')
        w.zeros(12)
        w.ascii(video ? 'video\0' : 'audio\0')
      })
      w.box('minf', () => {
        if (video) w.fullBox('vmhd', 0, 1, () => w.zeros(8))
        else w.fullBox('smhd', 0, 0, () => w.zeros(4))
        w.box('dinf', () =>
          w.fullBox('dref', 0, 0, () => {
            w.u32(1)
            w.fullBox('url ', 0, 1, () => undefined) // 1: the media is in this file
          }),
        )
        stbl(w, config)
      })
    })
  })
}

/** The sample table is empty but for the description: samples are in the fragments. */
function stbl(w: BoxWriter, config: TrackConfig): void {
  w.box('stbl', () => {
    w.fullBox('stsd', 0, 0, () => {
      w.u32(1)
      if (config.kind === 'video') avc1(w, config)
      else mp4a(w, config)
    })
    w.fullBox('stts', 0, 0, () => w.u32(0))
    w.fullBox('stsc', 0, 0, () => w.u32(0))
    w.fullBox('stsz', 0, 0, () => w.zeros(8))
    w.fullBox('stco', 0, 0, () => w.u32(0))
  })
}

function avc1(w: BoxWriter, config: VideoConfig): void {
  w.box('avc1', () => {
    w.zeros(6)
    w.u16(1) // data reference
    w.zeros(16)
    w.u16(config.width)
    w.u16(config.height)
    w.u32(0x480000) // 72 dpi
    w.u32(0x480000)
    w.zeros(4)
    w.u16(1) // frames per sample
    w.zeros(32) // compressor name
    w.u16(24) // depth
    w.u16(0xffff)
    w.box('avcC', () => w.bytes(config.description))
  })
}

function mp4a(w: BoxWriter, config: AudioConfig): void {
  w.box('mp4a', () => {
    w.zeros(6)
    w.u16(1) // data reference
    w.zeros(8)
    w.u16(config.channels)
    w.u16(16) // bits
    w.zeros(4)
    // 16.16 cannot hold 88.2 or 96 kHz: 0 then, and the AudioSpecificConfig says it
    w.u32(config.sampleRate < 0x10000 ? config.sampleRate * 0x10000 : 0)
    esds(w, config.description)
  })
}

/** MPEG-4 ES descriptor around the AudioSpecificConfig. Lengths are one byte: ingest holds it to 64 bytes. */
function esds(w: BoxWriter, asc: Uint8Array): void {
  const specific = 2 + asc.byteLength
  const decoder = 13 + specific
  w.fullBox('esds', 0, 0, () => {
    w.u8(3) // ES descriptor
    w.u8(3 + 2 + decoder + 3)
    w.u16(TRACK_ID.audio)
    w.u8(0)
    w.u8(4) // decoder config descriptor
    w.u8(decoder)
    w.u8(0x40) // MPEG-4 audio
    w.u8(0x15) // audio stream
    w.zeros(3 + 4 + 4) // buffer size, max and average bitrate: unknown
    w.u8(5) // decoder specific info
    w.u8(asc.byteLength)
    w.bytes(asc)
    w.u8(6) // SL config descriptor
    w.u8(1)
    w.u8(2)
  })
}
