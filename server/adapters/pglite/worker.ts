// The worker thread of the embedded engine: queries run here and never hold up the event loop of the server.
import { parentPort, workerData } from 'node:worker_threads'
import { openEngine } from './engine.ts'

export type WorkerData = { folder: string; socket: string }
export type WorkerAsk = 'confine' | 'close'
export type WorkerAnswer =
  { type: 'ready' } | { type: 'confined' } | { type: 'closed' } | { type: 'failed'; reason: string }

const { folder, socket } = workerData as WorkerData
const answer = (message: WorkerAnswer) => parentPort?.postMessage(message)
const failed = (error: unknown) =>
  answer({ type: 'failed', reason: error instanceof Error ? error.message : String(error) })

try {
  const engine = await openEngine(folder, socket, failed)
  parentPort?.on('message', (ask: WorkerAsk) => {
    const done =
      ask === 'confine'
        ? engine.confine().then(() => answer({ type: 'confined' }))
        : engine.close().then(() => {
            answer({ type: 'closed' })
            parentPort?.close()
          })
    done.catch(failed)
  })
  answer({ type: 'ready' })
} catch (error) {
  failed(error)
}
