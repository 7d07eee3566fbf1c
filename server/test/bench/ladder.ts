// `npx tsx server/test/bench/ladder.ts`: what the small picture of a show costs, in seconds of CPU of its ffmpeg for
// each second of the show. The source comes at its own pace, as a show does.
import { execFileSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { openFfmpeg } from '../../adapters/ffmpeg/index.ts'
import { createFlvReader, FLV_VIDEO, flvHeader, flvTag } from '../../video/ladder/flv.ts'
import { ffmpegsOf } from '../children.ts'
import { processSeconds } from './append-cpu.ts'

const SECONDS = 10
/** It may keep some pictures to itself while more are to come. */
const HELD = 5
const SOURCES = [
  { size: '1280x720', kbps: 2_500 },
  { size: '1920x1080', kbps: 4_500 },
]

/** Moving and noisy, so that neither side has it easy. */
function film(size: string, kbps: number): Uint8Array {
  const rate = `${kbps}k`
  return execFileSync(
    'ffmpeg',
    [
      ...['-hide_banner', '-loglevel', 'error', '-f', 'lavfi'],
      ...['-i', `testsrc2=size=${size}:rate=30,noise=alls=8:allf=t`, '-t', String(SECONDS)],
      ...['-c:v', 'libx264', '-preset', 'superfast', '-bf', '2', '-g', '30', '-sc_threshold', '0'],
      ...['-b:v', rate, '-maxrate', rate, '-bufsize', rate, '-pix_fmt', 'yuv420p', '-f', 'flv', 'pipe:1'],
    ],
    { maxBuffer: 64e6 },
  )
}

const ffmpeg = await openFfmpeg()
if (typeof ffmpeg === 'string') {
  console.log(ffmpeg)
  process.exit(1)
}
for (const { size, kbps } of SOURCES) {
  const tags = (createFlvReader()(film(size, kbps)) ?? []).filter(({ type }) => type === FLV_VIDEO)
  const read = createFlvReader()
  let [bytes, pictures] = [0, 0]
  const line = ffmpeg.transcoder.open(
    { width: 640, height: 360 },
    {
      bytes(given) {
        bytes += given.byteLength
        pictures += read(given)?.length ?? 0
      },
      closed: (says) => console.log(says),
    },
  )
  const pid = ffmpegsOf(process.pid)[0]!
  line.write(flvHeader())
  const from = Date.now()
  for (const tag of tags) {
    await pause(Math.max(0, from + tag.ts - Date.now()))
    line.write(flvTag(tag))
  }
  while (pictures < tags.length - HELD) await pause(100)
  const cpu = processSeconds(pid) / SECONDS
  const got = Math.round((bytes * 8) / SECONDS / 1_000)
  console.log(`${size} at 30 pictures a second, ${kbps} kbit/s: ${cpu.toFixed(2)} of a core, ${got} kbit/s`)
  line.close()
  while (ffmpegsOf(process.pid).length > 0) await pause(50)
}
ffmpeg.close()
