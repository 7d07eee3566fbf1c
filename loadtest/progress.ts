// One line that is written over on a terminal; elsewhere a plain line every ten seconds.

export type Progress = { show(text: string): void; say(line: string): void; end(): void }
type Out = { isTTY?: boolean; columns?: number; write(text: string): unknown }

const PLAIN_EVERY_MS = 10_000

export function createProgress(out: Out, now: () => number): Progress {
  let shown = false
  let last = -Infinity
  const clear = () => {
    if (shown) out.write('\r\x1b[K')
    shown = false
  }
  return {
    show(text) {
      if (out.isTTY) {
        clear()
        out.write(text.slice(0, (out.columns ?? 80) - 1))
        shown = true
      } else if (now() - last >= PLAIN_EVERY_MS) {
        last = now()
        out.write(`${text}\n`)
      }
    },
    say(line) {
      clear()
      out.write(`${line}\n`)
    },
    end: clear,
  }
}
