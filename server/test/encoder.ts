// An encoder that is not ours: ffmpeg, which calls as OBS does.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export type Encoder = {
  process: ChildProcess
  said(): string
  ended: Promise<number | null>
  stop(): Promise<void>
}

/** Two B-frames between others, as OBS does unless it is told otherwise. `more` comes before the output. */
export function encode(url: string, more: readonly string[] = []): Encoder {
  const process = spawn(
    'ffmpeg',
    [
      ...['-hide_banner', '-loglevel', 'error', '-re'],
      ...['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30', '-f', 'lavfi', '-i', 'sine=frequency=440'],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '30', '-keyint_min', '30'],
      ...['-pix_fmt', 'yuv420p', '-c:a', 'aac', '-ar', '48000', ...more, '-f', 'flv', url],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const said: string[] = []
  process.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const ended = once(process, 'exit').then(([code]) => code as number | null)
  return {
    process,
    said: () => said.join(''),
    ended,
    async stop() {
      process.kill('SIGTERM')
      await ended
    },
  }
}
