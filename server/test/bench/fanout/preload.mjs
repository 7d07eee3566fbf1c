// Loaded into every Node server that bench:fanout measures: says over a unix socket how long the event loop was blocked
// and what the heap holds. The socket does not keep the server alive.
import { connect } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

const RESOLUTION_MS = 1

if (isMainThread && process.env.BENCH_SOCKET) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  const bench = connect(process.env.BENCH_SOCKET)
  bench.unref()
  bench.on('error', () => undefined)
  bench.on('data', (asked) => {
    bench.write(`${JSON.stringify(answers[asked.toString()]())}\n`)
  })

  const answers = {
    // Waking up a thousand times a second costs more than an idle server does: not while CPU is measured.
    watch() {
      delays.reset()
      delays.enable()
      return {}
    },
    loop() {
      delays.disable()
      // A timer of 1 ms that fires on time counts as 1 ms.
      const ms = (ns) => Math.max(0, ns / 1e6 - RESOLUTION_MS)
      return { maxMs: ms(delays.max), p99Ms: ms(delays.percentile(99)) }
    },
    heap() {
      setFlagsFromString('--expose-gc')
      runInNewContext('gc')()
      const { heapUsed, external } = process.memoryUsage()
      return { bytes: heapUsed + external }
    },
  }
}
