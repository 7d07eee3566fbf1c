import { describe } from 'vitest'
import { createHandClock } from '../../test/clock.ts'
import { recordingsContract } from '../../test/contracts/recordings.ts'
import { createMemoryRecordings } from './recordings.ts'

describe('recordings in memory', () => {
  recordingsContract(() => {
    const clock = createHandClock(Date.now())
    const rows = createMemoryRecordings(clock, (stream) => (stream === 'stream' ? 'host' : null))
    return Promise.resolve({
      ...{ rows, host: 'host', stream: 'stream' },
      pass(ms: number) {
        clock.step(ms)
        return Promise.resolve()
      },
      erase() {
        rows.erase('stream')
        return Promise.resolve()
      },
    })
  })
})
