// What the database holds after a run: the order every client's history is held against.
import type { Scene } from './scene.ts'

export type TruthEntry = {
  log: 'room' | 'thread' | 'inbox'
  stream: string
  /** Whose thread; null elsewhere. */
  viewer: string | null
  epoch: string
  seq: number
  kind: string
  message: string | null
  cmid: string | null
  sender: string | null
  /** Null for what is not a message and for what was deleted. */
  text: string | null
  ver: number | null
}
export type Truth = {
  entries: TruthEntry[]
  tops: { log: string; stream: string; viewer: string | null; seq: number }[]
}

export async function readTruth({ admin }: Pick<Scene, 'admin'>): Promise<Truth> {
  const entries = await admin(`
    select l.kind as log, l.stream_id as stream, l.viewer_id as viewer, l.epoch, e.seq::int, e.kind,
      e.message_id as message, m.cmid, m.sender_id as sender, m.text, (e.data ->> 'ver')::int as ver
    from app.entry e join app.log l on l.id = e.log_id left join app.message m on m.id = e.message_id
    order by l.id, e.seq`)
  const tops = await admin(
    'select kind as log, stream_id as stream, viewer_id as viewer, last_seq::int as seq from app.log',
  )
  return { entries: entries as TruthEntry[], tops: tops as Truth['tops'] }
}
