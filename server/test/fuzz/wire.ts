// What a node may put on a line, frame by frame: nothing of anybody else's (P1), each log from its welcome on
// without a hole or a repetition (C2, C3, C10), no text beside or after its delete (L6), no close without a cause.
// Judged as it is sent, since a client repairs much of what a node does wrong.
import { CLOSES } from '../../../shared/protocol/index.ts'
import type { Entry, Frame, Hello, LogName, LogWelcome, Welcome } from '../../../shared/protocol/index.ts'
import type { World } from './world.ts'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g
const SECRET = /secret of (\w+)/g
/** Numbering never changes here, everybody behaves, and every stream is there. */
const UNCAUSED: readonly number[] = [4400, 4404, 4409, 4413, 4429]

export function createWire(world: World, who: { name: string; host: boolean }) {
  const logs = new Map<LogName, { seq: number; gone: Set<string> }>()
  let hello: Hello | null = null
  const wrong = (what: string) => world.wrongs.push(`to ${who.name}: ${what}`)

  function secrets(frame: string): void {
    for (const [, owner] of frame.matchAll(SECRET))
      if (owner !== who.name) wrong(`P1 a text of ${String(owner)}: ${frame}`)
    for (const [id] of frame.matchAll(UUID)) {
      const owner = world.secrets.get(id) ?? who.name
      if (owner !== who.name) wrong(`P1 an id of ${owner}: ${frame}`)
    }
  }

  function take(name: LogName, entries: readonly Entry[]): void {
    const log = logs.get(name)
    if (!log) {
      wrong(`C2 entries of ${name} before the welcome`)
      return
    }
    for (const { seq, event } of entries) {
      if (seq !== ++log.seq) wrong(`C10 ${name} ${seq} where ${log.seq} was due`)
      log.seq = seq
      if (event.type === 'deleted') log.gone.add(event.target)
    }
    for (const { seq, event } of entries) {
      if (!('message' in event)) continue
      const { message } = event
      for (const { id, text } of [message, ...(message.replyTo ? [message.replyTo] : [])])
        if (text !== null && log.gone.has(id)) wrong(`L6 ${name} ${seq} says "${text}", which is deleted`)
    }
  }

  function welcomed(frame: Welcome): void {
    for (const part of frame.logs) {
      const { log, seq, recovered, entries } = part
      const cursor = hello?.cursors?.find((each) => each.log === log)
      const first = entries[0]?.seq ?? seq + 1
      logs.set(log, { seq: recovered ? (cursor?.seq ?? -1) : first - 1, gone: new Set() })
      take(log, entries)
      if (logs.get(log)?.seq !== seq)
        wrong(`C2 a welcome to ${log} ${seq} ends at ${String(logs.get(log)?.seq)}`)
      if (!recovered) excused(part, cursor?.seq)
    }
  }

  /** A snapshot must have a reason, and a true one. */
  function excused({ log, seq, reason }: LogWelcome, from?: number): void {
    const far = from !== undefined && seq - from > (log === 'thread' ? 100 : 500)
    if (from === undefined ? reason !== 'new' : !far || reason === 'new' || reason === 'epoch')
      wrong(`C3 ${log} at ${seq}: not continued from ${String(from)}, ${String(reason)}`)
  }

  return {
    asked(text: string) {
      const command = JSON.parse(text) as Hello | { t: '' }
      if (command.t === 'hello') hello = command
    },
    sent(raw: string) {
      if (!who.host) secrets(raw)
      const frame = JSON.parse(raw) as Frame
      if (frame.t === 'welcome') welcomed(frame)
      if (frame.t === 'entries') take(frame.log, frame.entries)
      if (frame.t === 'pos' && frame.seq !== logs.get(frame.log)?.seq)
        wrong(
          `C10 ${frame.log} is said to be at ${frame.seq}, its entries to ${String(logs.get(frame.log)?.seq)}`,
        )
    },
    closed(code: number) {
      if (UNCAUSED.includes(code)) wrong(`closed with ${code} ${CLOSES[code as keyof typeof CLOSES].says}`)
    },
  }
}
