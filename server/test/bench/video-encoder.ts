// An encoder such as OBS: ffmpeg, which is given pictures with the clock in them as a camera would and pushes them
// over RTMP.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { paintClock } from './clock-code.ts'

const [WIDTH, HEIGHT, FPS] = [1280, 720, 30]

export const noFfmpeg =
  spawnSync('ffmpeg', ['-version']).status === 0 ? null : 'no ffmpeg (apt-get install ffmpeg)'

export type Encoder = { stop(): Promise<void> }

/** Pushes until it is stopped. `target`: server and key as one address. */
export function pushRtmp(target: string): Encoder {
  const picture = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${WIDTH}x${HEIGHT}`, '-r', String(FPS)]
  // Without -re the tone is made as fast as it can be, and runs hours ahead of the picture.
  const sound = ['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000']
  const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p']
  const rate = ['-b:v', '2500k', '-maxrate', '2500k', '-bufsize', '1250k', '-g', String(FPS)]
  const child = spawn(
    'ffmpeg',
    [
      ...['-hide_banner', '-loglevel', 'error', '-use_wallclock_as_timestamps', '1'],
      ...[...picture, '-i', 'pipe:0', ...sound, ...encode, ...rate],
      ...['-c:a', 'aac', '-b:a', '96k', '-flush_packets', '1', '-shortest', '-f', 'flv', target],
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  )
  const ended = once(child, 'exit')
  // It says itself, on stderr, why it went.
  child.stdin.on('error', () => undefined)
  let n = 0
  const film = setInterval(() => {
    // A camera drops what nobody takes.
    if (child.stdin.writableNeedDrain) return
    const frame = moving(n++)
    paintClock(frame, WIDTH, Date.now())
    child.stdin.write(frame)
  }, 1000 / FPS)
  return {
    async stop() {
      clearInterval(film)
      // A signal alone is not seen while it waits for the next picture.
      child.stdin.end()
      await ended
    },
  }
}

/** Stripes that wander keep the encoder at its bitrate. */
function moving(n: number): Uint8Array {
  const frame = new Uint8Array(WIDTH * HEIGHT)
  for (let y = 0; y < HEIGHT; y++) frame.fill(((y * 7 + n * 5) ^ (n * 3)) & 255, y * WIDTH, (y + 1) * WIDTH)
  return frame
}
