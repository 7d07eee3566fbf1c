// Two hours of a show in a minute: generated pictures and sound through everything from the publisher to the storage,
// on a clock that is turned by hand. What is left in memory must not grow with what was shown.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { settle } from '../clock.ts'
import { stretch } from '../media/packets.ts'
import { createHandStorage, createRecordingWorld } from '../media/recording.ts'

export type Hours = { minutes: number; 'memory MB': string; 'recorded MB': string }

/** A half hour fills the way back. 2.5 Mbit/s in pictures of 30 a second, with sound. */
const MARKS = [31, 60, 120]
const PICTURE_BYTES = 10_000

export async function measureHours(): Promise<Hours[]> {
  const storage = createHandStorage()
  let kept = 0
  storage.put = (_key, bytes) => Promise.resolve(void (kept += bytes.byteLength))
  const world = createRecordingWorld({ storage })
  const studio = world.world.studio('S')
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const megabytes = (bytes: number) => (bytes / 1_048_576).toFixed(1)
  const rows: Hours[] = []
  let minutes = 0
  for (const mark of MARKS) {
    for (; minutes < mark; minutes++)
      await studio.play(stretch(world.clock.now(), 60_000, { size: PICTURE_BYTES }))
    // What buffers held is given back behind the first collection.
    for (let i = 0; i < 3; i++) {
      collect()
      await settle()
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    rows.push({ minutes, 'memory MB': megabytes(heapUsed + arrayBuffers), 'recorded MB': megabytes(kept) })
  }
  return rows
}
