// The embedded database, seen from the main thread: a folder, a worker, and what `pg` needs to reach it.
import { Worker } from 'node:worker_threads'
import { openFolder, type Folder } from './folder.ts'
import type { WorkerAnswer, WorkerAsk, WorkerData } from './worker.ts'

export type Embedded = {
  /** For a pool of one. Never two at once: the engine has a single session. */
  connection: { host: string; port: number; user: string; database: string; max: 1 }
  /** After the migrations and before the server's pool: the session becomes the role that owns nothing. */
  confine(): Promise<void>
  /** After the pool has ended. */
  close(): Promise<void>
}

export type EmbeddedOptions = {
  dataDir: string
  /** The built `worker.js`, or `worker.ts` under tsx. */
  worker: URL
  /** The engine broke, or its thread ended unasked. It does not come back: end the process. */
  onFailure: (error: Error) => void
}

/** Opens `<dataDir>/pglite`, creating it on the first start. Throws one clear line when the folder is in use or
 * cannot be written. */
export async function openEmbedded({ dataDir, worker, onFailure }: EmbeddedOptions): Promise<Embedded> {
  const folder = await openFolder(dataDir)
  const thread = startThread(worker, folder)
  try {
    await thread.reply('ready')
  } catch (error) {
    await folder.unlock()
    throw error
  }
  thread.watch(onFailure)
  return {
    connection: { host: folder.run, port: 5432, user: 'postgres', database: 'postgres', max: 1 },
    confine: () => thread.ask('confine', 'confined'),
    async close() {
      await thread.ask('close', 'closed').finally(folder.unlock)
    },
  }
}

function startThread(url: URL, { database, socket }: Folder) {
  const workerData: WorkerData = { folder: database, socket }
  const worker = url.pathname.endsWith('.ts')
    ? new Worker(fromSource(url), { workerData, eval: true, name: 'pglite' })
    : new Worker(url, { workerData, name: 'pglite' })
  let closing = false
  let ended: number | undefined
  worker.on('exit', (code) => (ended = code))

  const reply = (type: WorkerAnswer['type']) =>
    new Promise<void>((done, fail) => {
      const settle = (error?: Error) => {
        worker.off('message', onMessage).off('error', settle).off('exit', onExit)
        if (error) fail(new Error(`embedded database: ${error.message}`, { cause: error }))
        else done()
      }
      const onMessage = (message: WorkerAnswer) => {
        if (message.type === 'failed') settle(new Error(message.reason))
        else if (message.type === type) settle()
      }
      const onExit = (code: number) => settle(new Error(`the worker ended with ${code}`))
      worker.on('message', onMessage).on('error', settle).on('exit', onExit)
      // It will not end a second time.
      if (ended !== undefined) onExit(ended)
    })

  return {
    reply,
    ask(ask: WorkerAsk, type: WorkerAnswer['type']): Promise<void> {
      closing ||= ask === 'close'
      const answered = reply(type)
      worker.postMessage(ask)
      return answered
    },
    watch(onFailure: (error: Error) => void) {
      worker.on('message', (message: WorkerAnswer) => {
        if (message.type === 'failed') onFailure(new Error(`embedded database: ${message.reason}`))
      })
      worker.on('error', onFailure)
      worker.on('exit', (code) => {
        if (!closing) onFailure(new Error(`embedded database: the worker ended with ${code}`))
      })
    },
  }
}

/** Node strips no types, and the loader of the development tools does not reach into threads by itself. */
const fromSource = (url: URL) =>
  `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(url.href)}) })`
