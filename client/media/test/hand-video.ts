// A <video> and a MediaSource whose decoder is the test: it says what is buffered and where playback stands.
import { vi } from 'vitest'
import type { SourceClass } from '../player/screen.ts'

class HandBuffer extends EventTarget {
  updating = false
  timestampOffset = 0
  mode = ''
  appended = 0
  changes: string[] = []
  readonly buffered = { length: 0, start: () => 0, end: () => 0 }
  appendBuffer(): void {
    this.appended += 1
  }
  changeType(mime: string): void {
    this.changes.push(`${mime} at ${this.timestampOffset}`)
  }
  remove(): void {
    this.updating = true
  }
  /** One append has been decoded. */
  done(): void {
    this.updating = false
    this.dispatchEvent(new Event('updateend'))
  }
}

export class HandVideo extends EventTarget {
  src = ''
  currentTime = 0
  playbackRate = 1
  paused = true
  seeking = false
  ended = false
  muted = true
  disableRemotePlayback = false
  refuses: Error | null = null
  spans: [number, number][] = []
  get buffered(): TimeRanges {
    return {
      length: this.spans.length,
      start: (i) => this.spans[i]?.[0] ?? 0,
      end: (i) => this.spans[i]?.[1] ?? 0,
    }
  }
  play(): Promise<void> {
    if (this.refuses) return Promise.reject(this.refuses)
    this.paused = false
    return Promise.resolve()
  }
  pause(): void {
    this.paused = true
  }
  load(): void {
    this.spans = []
  }
  removeAttribute(): void {
    this.src = ''
  }
  say(type: string): void {
    this.dispatchEvent(new Event(type))
  }
}

/** Every source opened, in order; each is open at once unless `late`. */
export function handSources(video: HandVideo, { late = false } = {}) {
  const buffers: HandBuffer[] = []
  const sources: EventTarget[] = []
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:hand')
  class HandSource extends EventTarget {
    constructor() {
      super()
      sources.push(this)
      video.spans = []
      if (!late) queueMicrotask(() => this.dispatchEvent(new Event('sourceopen')))
    }
    static isTypeSupported(mime: string): boolean {
      return !mime.includes('hev1')
    }
    addSourceBuffer(): HandBuffer {
      const buffer = new HandBuffer()
      buffers.push(buffer)
      return buffer
    }
  }
  return {
    Source: HandSource as unknown as SourceClass,
    buffers,
    openLate: () => sources.at(-1)?.dispatchEvent(new Event('sourceopen')),
    last: (): HandBuffer => {
      const buffer = buffers.at(-1)
      if (!buffer) throw new Error('no source was opened')
      return buffer
    },
  }
}
