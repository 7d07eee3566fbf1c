import { describe, expect, it } from 'vitest'
import type { EncodedPacket, TrackConfig } from '../../shared/media.ts'
import { createTaps, type Tap } from './taps.ts'

const bytes = new Uint8Array([1])
const video: TrackConfig = {
  kind: 'video',
  codec: 'avc1.42E01F',
  width: 640,
  height: 360,
  description: bytes,
}
const audio: TrackConfig = {
  kind: 'audio',
  codec: 'mp4a.40.2',
  sampleRate: 48_000,
  channels: 2,
  description: bytes,
}
const picture = (ts: number, key: boolean): EncodedPacket => ({ track: 'video', ts, dur: 33, key, bytes })
const sound = (ts: number): EncodedPacket => ({ track: 'audio', ts, dur: 21, key: true, bytes })

function hearing(): Tap & { heard: string[] } {
  const heard: string[] = []
  return {
    heard,
    config: ({ kind }) => heard.push(`config ${kind}`),
    packet: ({ track, ts, key }) => heard.push(`${track} ${ts}${key && track === 'video' ? ' key' : ''}`),
    pause: () => heard.push('pause'),
    end: () => heard.push('end'),
  }
}

describe('V8 whoever taps a show gets its packets as they are, from a key frame on', () => {
  it('gives who taps in the middle the configs and then the next key frame', () => {
    const taps = createTaps()
    taps.config(video)
    taps.config(audio)
    taps.packet(picture(0, true))
    const late = hearing()
    taps.add(late)
    taps.packet(sound(10))
    taps.packet(picture(33, false))
    taps.packet(picture(66, true))
    taps.packet(sound(70))
    expect(late.heard).toEqual(['config video', 'config audio', 'video 66 key', 'audio 70'])
  })

  it('begins anywhere in a show without a picture', () => {
    const taps = createTaps()
    taps.config(audio)
    const tap = hearing()
    taps.add(tap)
    taps.packet(sound(0))
    expect(tap.heard).toEqual(['config audio', 'audio 0'])
  })

  it('begins anew, with the configs of then, after the publisher was gone', () => {
    const taps = createTaps()
    const tap = hearing()
    taps.add(tap)
    taps.config(video)
    taps.packet(picture(0, true))
    taps.pause()
    taps.config(video)
    taps.packet(picture(900, false))
    taps.packet(picture(933, true))
    expect(tap.heard).toEqual(['config video', 'video 0 key', 'pause', 'config video', 'video 933 key'])
  })

  it('tells a change of the encoder before the packets it is for', () => {
    const taps = createTaps()
    const tap = hearing()
    taps.add(tap)
    taps.config(video)
    taps.packet(picture(0, true))
    taps.config({ ...video, width: 320 })
    taps.packet(picture(33, true))
    expect(tap.heard).toEqual(['config video', 'video 0 key', 'config video', 'video 33 key'])
  })

  it('gives nothing to who has left, and an end to who has not', () => {
    const taps = createTaps()
    const [gone, there] = [hearing(), hearing()]
    const leave = taps.add(gone)
    taps.add(there)
    leave()
    taps.end()
    expect(gone.heard).toEqual([])
    expect(there.heard).toEqual(['end'])
  })
})
