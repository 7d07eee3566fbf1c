// Standard output for log lines. Nothing here waits for its reader: a pipe that nobody empties must not stop the
// service, nor keep the process from ending.
import SonicBoom from 'sonic-boom'

const HELD_CHARS = 1024 * 1024
/** At the end of the process. */
const PATIENCE_MS = 1_000

export type Stdout = {
  write(line: string): void
  /** Resolves when all lines have left, or after a second. */
  flushed(): Promise<void>
}

/** Beyond a megabyte that nobody takes, lines are dropped; `dropped` hears how many when it flows again. */
export function openStdout(dropped: (lines: number) => void): Stdout {
  const stream = new SonicBoom({ fd: 1, sync: false, maxLength: HELD_CHARS })
  let missing = 0
  stream.on('drop', () => (missing += 1))
  stream.on('drain', () => {
    const lines = missing
    missing = 0
    if (lines > 0) dropped(lines)
  })
  // Whoever read this has gone. There is nowhere left to say so.
  stream.on('error', () => undefined)
  return {
    write: (line) => void stream.write(line),
    flushed: () =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, PATIENCE_MS)
        stream.flush(() => {
          clearTimeout(timer)
          resolve()
        })
      }),
  }
}
