// Webhooks of Mux: checked, kept once, and what they say told to the rooms. They come late, twice and in any order, so
// nothing here looks at when they came.
import { untold } from '../domain/hosted.ts'
import { readMuxEvent } from './mux-event.ts'
import type { MuxNotes, MuxRow, MuxSignature } from './mux-ports.ts'
import type { Log } from './ports.ts'
import type { VideoEvent } from './video-ports.ts'

export type MuxHooks = ReturnType<typeof createMuxHooks>

export function createMuxHooks(deps: {
  notes: Pick<MuxNotes, 'hear' | 'byLive'>
  signature: MuxSignature
  /** What the rooms have not been told. */
  tell: (row: MuxRow) => void
  log: Log
}) {
  const { notes, signature, tell, log } = deps
  return {
    /** `body` exactly as it came. False: nobody we know said this, and nothing has changed. Throws when it could not
     * be kept, so that it is sent again. */
    async receive(body: string, header: string | undefined): Promise<boolean> {
      if (header === undefined || !(await signature.holds(body, header))) return false
      const read = readMuxEvent(body)
      if (!read) return false
      const { webhook, fact } = read
      const fresh = await notes.hear(webhook, fact)
      log.info('mux webhook', { type: webhook.type, object: webhook.object, fresh })
      const live = fact && (fact.about === 'live' ? fact.live : fact.asset.live)
      if (live !== null) for (const row of await notes.byLive([live])) tell(row)
      return true
    },
  }
}

/** The rooms hear it like the states of our own video, behind one another; the database refuses what it has. */
export function createMuxVoice() {
  const listeners = new Set<(event: VideoEvent) => void>()
  return {
    tell(row: MuxRow): void {
      for (const state of untold(row, row.state))
        for (const listener of listeners) listener({ stream: row.stream, state, hosted: true })
    },
    onEvent(fn: (event: VideoEvent) => void): () => void {
      listeners.add(fn)
      return () => listeners.delete(fn)
    },
  }
}
export type MuxVoice = ReturnType<typeof createMuxVoice>
