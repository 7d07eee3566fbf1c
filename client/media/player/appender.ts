// Feeds one SourceBuffer: in order, one operation at a time, with a bounded back buffer. Whatever the buffer
// refuses for good is told once through `broken`; the owner then starts over.

export type MediaBuffer = Pick<
  SourceBuffer,
  | 'updating'
  | 'buffered'
  | 'timestampOffset'
  | 'appendBuffer'
  | 'remove'
  | 'changeType'
  | 'addEventListener'
  | 'removeEventListener'
>
export type Appender = {
  /** The init segment that arrives next is `mime`; everything after it is shifted by `offset` seconds. */
  generation(mime: string, offset: number): void
  push(bytes: ArrayBuffer): void
  stop(): void
}
type Job = { mime: string; offset: number } | { bytes: ArrayBuffer }

/** Seconds kept behind the position, and what a trim leaves: not trimming every chunk saves work. */
const KEEP_BEHIND = 20
const TRIM_TO = 10

export function createAppender(deps: {
  buffer: MediaBuffer
  position(): number
  /** `drained`: nothing waits to be appended. */
  appended(drained: boolean): void
  broken(error: unknown): void
}): Appender {
  const { buffer } = deps
  const jobs: Job[] = []
  let stopped = false

  function fail(error: unknown): void {
    if (stopped) return
    stop()
    deps.broken(error)
  }

  function removeBehind(keep: number): boolean {
    if (buffer.buffered.length === 0) return false
    const start = buffer.buffered.start(0)
    const end = deps.position() - keep
    if (end - start < 1) return false
    buffer.remove(start, end)
    return true
  }

  function pump(): void {
    try {
      while (!stopped && !buffer.updating) {
        const first = jobs[0]
        if (!first) return
        if ('mime' in first) {
          buffer.changeType(first.mime)
          buffer.timestampOffset = first.offset
        } else if (deps.position() - firstStart() > KEEP_BEHIND && removeBehind(TRIM_TO)) return
        else append(first.bytes)
        jobs.shift()
      }
    } catch (error) {
      if (isQuota(error) && removeBehind(1)) return
      fail(error)
    }
  }

  const firstStart = (): number => (buffer.buffered.length > 0 ? buffer.buffered.start(0) : Infinity)
  const append = (bytes: ArrayBuffer): void => buffer.appendBuffer(bytes)

  function updated(): void {
    if (stopped) return
    pump()
    deps.appended(!buffer.updating && jobs.length === 0)
  }
  const errored = (): void => fail(new Error('the media buffer refused a chunk'))

  function stop(): void {
    stopped = true
    jobs.length = 0
    buffer.removeEventListener('updateend', updated)
    buffer.removeEventListener('error', errored)
  }

  buffer.addEventListener('updateend', updated)
  buffer.addEventListener('error', errored)
  return {
    generation(mime, offset) {
      jobs.push({ mime, offset })
      pump()
    },
    push(bytes) {
      jobs.push({ bytes })
      pump()
    },
    stop,
  }
}

/** The job that hit the quota stays queued: it is tried again when the removal has ended. */
const isQuota = (error: unknown): boolean => error instanceof Error && error.name === 'QuotaExceededError'
