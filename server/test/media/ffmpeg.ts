// The independent witness: real H.264 and AAC from ffmpeg, and its opinion of what we make of them. Tests only;
// the server never runs it.
import { execFileSync, spawnSync } from 'node:child_process'
import type { EncodedPacket, TrackConfig } from '../../../shared/media.ts'
import { parseFragments, parseInit } from './mp4.ts'

export const hasFfmpeg = spawnSync('ffprobe', ['-version']).status === 0
export const NO_FFMPEG = 'ffmpeg is not installed'

export type Footage = { configs: TrackConfig[]; packets: EncodedPacket[] }
export type FootageWish = {
  seconds?: number
  size?: string
  fps?: number
  /** Pictures from key frame to key frame. */
  group?: number
  sampleRate?: number
  channels?: 1 | 2
  /** Of the picture; left out: as it comes. */
  kbps?: number
}

/** A moving test picture with a tone, as packets from time 0, in the order of their timestamps. */
export function makeFootage(wish: FootageWish = {}): Footage {
  const {
    seconds = 4,
    size = '320x180',
    fps = 30,
    group = 30,
    sampleRate = 48_000,
    channels = 2,
    kbps,
  } = wish
  const rate = kbps === undefined ? [] : ['-b:v', `${kbps}k`, '-maxrate', `${kbps}k`, '-bufsize', `${kbps}k`]
  const mp4 = execFileSync(
    'ffmpeg',
    [
      ...['-hide_banner', '-loglevel', 'error'],
      ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${fps}`],
      ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=${sampleRate}`],
      ...['-t', String(seconds), '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency'],
      ...rate,
      ...['-pix_fmt', 'yuv420p', '-g', String(group), '-keyint_min', String(group), '-sc_threshold', '0'],
      ...['-c:a', 'aac', '-ac', String(channels)],
      ...['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-f', 'mp4', 'pipe:1'],
    ],
    { maxBuffer: 64e6 },
  )
  const tracks = parseInit(mp4)
  const configs = tracks.map(
    ({ kind, width, height, sampleRate: rate, channels: count, description }): TrackConfig =>
      kind === 'video'
        ? { kind, codec: 'avc1.42c01f', width, height, description }
        : { kind, codec: 'mp4a.40.2', sampleRate: rate, channels: count, description },
  )
  const counts = { video: 0, audio: 0 }
  const durs = { video: 1000 / fps, audio: 1_024_000 / sampleRate }
  const packets = parseFragments(mp4).flatMap(({ runs }) =>
    runs.flatMap(({ trackId, samples }) => {
      const { kind: track } = tracks.find(({ id }) => id === trackId)!
      // Counted, not read: ffmpeg begins one track a frame later than the other, an encoder in a browser does not.
      return samples.map(({ key, bytes }): EncodedPacket => {
        const dur = durs[track]
        return { track, ts: counts[track]++ * dur, dur, key, bytes }
      })
    }),
  )
  // The sound of the last picture ends a little after it.
  const within = packets.filter(({ ts }) => ts < seconds * 1000)
  return { configs, packets: within.sort((a, b) => a.ts - b.ts) }
}

/** Decodes every frame of a file or playlist and returns what ffmpeg has to complain of: nothing, when all is well. */
export function complaints(input: string): string {
  const hls = input.endsWith('.m3u8') ? ['-allowed_extensions', 'ALL'] : []
  const { stderr } = spawnSync(
    'ffmpeg',
    ['-hide_banner', '-loglevel', 'warning', ...hls, '-xerror', '-i', input, '-f', 'null', '-'],
    { encoding: 'utf8' },
  )
  return stderr
}

export type Probe = {
  streams: {
    /** Not there for data. */
    codec_name?: string
    width?: number
    height?: number
    has_b_frames?: number
    sample_rate?: string
    nb_read_packets: string
  }[]
}
export function probe(input: string): Probe {
  const hls = input.endsWith('.m3u8') ? ['-allowed_extensions', 'ALL'] : []
  const out = execFileSync(
    'ffprobe',
    ['-v', 'error', ...hls, '-count_packets', '-show_streams', '-of', 'json', input],
    { encoding: 'utf8' },
  )
  return JSON.parse(out) as Probe
}
