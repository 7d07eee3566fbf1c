// Makes pictures smaller with the ffmpeg of this machine: one process for each show, FLV in and FLV out.
import { execFile, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import type { Transcoder } from '../../app/video-ports.ts'

const PROBE_MS = 10_000
const MOST_SAID = 300
/** Since then frames are passed on by another name of the option. */
const FPS_MODE_SINCE = 5.1
/** Bits a second, on average and at most: what a slow line carries. */
const [BITS, MOST_BITS] = ['500k', '600k']

export type Ffmpeg = { transcoder: Transcoder; close(): void }

/** Words instead of it: why this machine has none that will do. */
export async function openFfmpeg(command = 'ffmpeg'): Promise<Ffmpeg | string> {
  const said = await probe(command)
  if (said === null) return 'no ffmpeg on this machine'
  if (!said.includes('Encoder libx264 ')) return 'the ffmpeg on this machine cannot encode H.264 (libx264)'
  const version = Number(/ffmpeg version n?(\d+\.\d+)/.exec(said)?.[1] ?? Infinity)
  return createFfmpeg(command, version < FPS_MODE_SINCE ? '-vsync' : '-fps_mode')
}

/** Version and encoder, as ffmpeg tells them; null when it does not run. */
const probe = (command: string): Promise<string | null> =>
  new Promise((done) => {
    const args = ['-nostdin', '-h', 'encoder=libx264']
    execFile(command, args, { env: env(), timeout: PROBE_MS, killSignal: 'SIGKILL' }, (error, out, err) =>
      done(error && typeof error.code !== 'number' ? null : err + out),
    )
  })

/** Nothing of what this server knows: its own environment holds keys. */
const env = () => ({ PATH: process.env['PATH'], LANG: 'C' })

/** Times and key frames are those of the source. Above 40 pictures a second every other one is left out. */
function argumentsFor({ width, height }: { width: number; height: number }, passing: string): string[] {
  const thinned = "select='isnan(prev_selected_t)+key+gte(t-prev_selected_t,0.025)'"
  return [
    ...['-hide_banner', '-loglevel', 'error'],
    // It shall not look ahead for what the configuration says already. `nobuffer` would throw the first picture away.
    ...['-probesize', '32768', '-analyzeduration', '0', '-threads', '1', '-f', 'flv', '-i', 'pipe:0'],
    ...['-an', '-copyts', passing, 'passthrough', '-enc_time_base', '1:1000'],
    ...['-filter_threads', '1', '-vf', `${thinned},scale=${width}:${height}:flags=bilinear`],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-threads', '1'],
    ...['-profile:v', 'main', '-pix_fmt', 'yuv420p', '-bf', '0', '-sc_threshold', '0'],
    ...['-b:v', BITS, '-maxrate', MOST_BITS, '-bufsize', MOST_BITS],
    // `-g`: none of its own between those of the source.
    ...['-force_key_frames', 'source', '-forced-idr', '1', '-g', '9999'],
    ...['-flush_packets', '1', '-flvflags', 'no_duration_filesize', '-f', 'flv', 'pipe:1'],
  ]
}

function createFfmpeg(command: string, passing: string): Ffmpeg {
  const running = new Set<() => void>()
  const killAll = () => {
    for (const kill of running) kill()
  }
  // A process that is left behind would end with its input; a server that exits in order leaves none.
  process.on('exit', killAll)

  const transcoder: Transcoder = {
    open(size, tell) {
      const child = spawn(command, argumentsFor(size, passing), {
        env: env(),
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      let said = ''
      let over = false
      // Nothing in it is worth waiting for, and one that hangs hears nothing else.
      const kill = () => void child.kill('SIGKILL')
      const closed = (says: string) => {
        running.delete(kill)
        if (over) return
        over = true
        tell.closed(says)
      }
      running.add(kill)
      child.on('error', (error: NodeJS.ErrnoException) =>
        closed(`ffmpeg cannot be started (${error.code ?? 'unknown'})`),
      )
      // Before its threads begin, which inherit it: the show comes first.
      if (child.pid !== undefined) lower(child.pid)
      child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-MOST_SAID)))
      child.stdout.on('data', (bytes: Buffer) => {
        if (!over) tell.bytes(bytes)
      })
      // A process that is gone takes nothing more; `close` says the rest.
      child.stdin.on('error', () => undefined)
      child.on('close', (code, signal) => {
        const last = said.trim().split('\n').at(-1) ?? ''
        closed(`ffmpeg ended (${signal ?? code ?? 'unknown'})${last === '' ? '' : `: ${last}`}`)
      })
      return {
        write(bytes) {
          if (!over && child.stdin.writable) child.stdin.write(bytes)
        },
        buffered: () => child.stdin.writableLength,
        close() {
          over = true
          kill()
        },
      }
    },
  }
  return {
    transcoder,
    close() {
      process.off('exit', killAll)
      killAll()
    },
  }
}

function lower(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Gone already, or not allowed to: then it runs like everybody.
  }
}
