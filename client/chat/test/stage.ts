// A server small enough to reason about: one stream, its logs, and as many sockets as dial in. It parses commands
// with the real schema, so a client that says something malformed fails here as it would there.
import { parseCommand, type Command } from '../../../shared/protocol/commands.ts'
import type { ErrorCode } from '../../../shared/protocol/errors.ts'
import type { Author, Entry, LogName, Notice, StreamEvent } from '../../../shared/protocol/events.ts'
import type { Frame, LogWelcome, Welcome } from '../../../shared/protocol/frames.ts'
import { LIMITS } from '../../../shared/protocol/limits.ts'
import { OPEN_RULES } from '../../../shared/protocol/rules.ts'
import type { Pass } from '../../../shared/api/streams.ts'
import type { Answer } from '../../api.ts'
import type { Socket } from '../surroundings.ts'
import { handSocket, type HandSocket } from './hand.ts'

/** Ids as the protocol wants them. */
export function uuidOf(count: number): string {
  return `10000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`
}

export const HOST: Author = { id: uuidOf(0xada), name: 'Ada', role: 'host' }
export const VIEWER: Author = { id: uuidOf(0x9ace), name: 'Grace', role: 'viewer' }

export type Stage = ReturnType<typeof createStage>

export function createStage(options: { now: () => number; you?: Author; private?: 'thread' | 'inbox' }) {
  const you = { ...(options.you ?? VIEWER) }
  const privateLog = options.private ?? (you.role === 'host' ? 'inbox' : 'thread')
  const logs = new Map<LogName, { epoch: string; entries: Entry[] }>([
    ['room', { epoch: 'e1', entries: [] }],
    [privateLog, { epoch: 'e1', entries: [] }],
  ])
  const sockets: HandSocket[] = []
  const done = new Map<string, Frame>()
  let ids = 0
  let passes = 0

  const stage = {
    you,
    logs,
    sockets,
    /** What the next pass call answers, when not a pass. */
    passAnswer: null as Answer<Pass> | null,
    passes: () => passes,
    /** Commands answered by the test itself: the stage stays silent. */
    mute: new Set<Command['t']>(),
    refuse: null as
      ((command: Command) => { code: ErrorCode; retryAfterMs?: number; reason?: string } | null) | null,
    heard: [] as Command[],
    guest: you.role === 'viewer',
    slowSeconds: 0,
    rules: OPEN_RULES,
    /** So many of the room's newest entries are not shown to this reader yet (moderation delay). */
    late: 0,
    /** Joins get snapshots of the room from now on. */
    spares: false,
    dead: false,

    askForPass(): Promise<Answer<Pass>> {
      passes++
      const fresh: Answer<Pass> = {
        ok: true,
        value: {
          pass: `pass-${passes}`,
          expiresAt: options.now() + 300_000,
          person: { id: you.id, name: you.name, guest: stage.guest },
        },
      }
      return Promise.resolve(stage.passAnswer ?? fresh)
    },

    open(): Socket {
      const socket = handSocket((text) => heard(socket, text))
      sockets.push(socket)
      if (!stage.dead) queueMicrotask(() => socket.onopen?.())
      return socket
    },

    /** Commits without telling anybody. */
    commit(log: LogName, event: StreamEvent): Entry {
      const { entries } = need(log)
      const entry = { seq: entries.length + 1, at: options.now(), event }
      entries.push(entry)
      return entry
    },

    said(text: string, author = HOST): StreamEvent {
      return { type: 'said', message: { id: uuidOf(++ids), author, text, at: options.now() } }
    },
    whispered(text: string, author = HOST, viewer = VIEWER): StreamEvent {
      const message = { id: uuidOf(++ids), author, text, at: options.now() }
      return { type: 'whispered', viewer: { id: viewer.id, name: viewer.name }, message }
    },

    /** In the person's own thread, told at once. */
    notice(notice: Notice): Entry {
      const entry = stage.commit('thread', { type: 'notice', notice })
      stage.tell('thread', entry)
      return entry
    },
    tell(log: LogName, ...entries: Entry[]): void {
      stage.push({ t: 'entries', log, epoch: need(log).epoch, entries })
    },
    /** What a spared reader gets once a second. */
    snapshot(live = false): void {
      const { epoch, entries } = need('room')
      stage.push({
        t: 'snapshot',
        log: 'room',
        epoch,
        seq: entries.length,
        entries: entries.slice(-LIMITS.snapshotEntries),
        pin: null,
        slowSeconds: stage.slowSeconds,
        rules: stage.rules,
        state: 'live',
        pulse: { viewers: 7, reactions: {} },
        ...(live ? { live } : {}),
      })
    },
    push(frame: Frame): void {
      const socket = sockets.at(-1)
      if (socket && !socket.gone) socket.onmessage?.({ data: JSON.stringify(frame) })
    },
    close(code: number, reason = ''): void {
      const socket = sockets.at(-1)
      if (socket) socket.onclose?.({ code, reason })
    },
  }

  function need(log: LogName) {
    const found = logs.get(log)
    if (!found) throw new Error(`no log ${log}`)
    return found
  }

  function heard(socket: HandSocket, text: string): void {
    const parsed = parseCommand(text)
    if (!parsed.ok) throw new Error(`malformed: ${parsed.field} ${parsed.problem}`)
    const { command } = parsed
    stage.heard.push(command)
    if (stage.dead || stage.mute.has(command.t)) return
    const reply = answer(command)
    queueMicrotask(() => {
      if (!socket.gone) for (const frame of reply) socket.onmessage?.({ data: JSON.stringify(frame) })
    })
  }

  function answer(command: Command): Frame[] {
    if (command.t === 'hello') return [welcome(command)]
    const refusal = stage.refuse?.(command)
    if (refusal) return [{ t: 'err', re: command.id, says: refusal.code, ...refusal }]
    if (command.t === 'read') {
      const entries = need(command.log).entries.slice(Math.max(0, command.from - 1), command.to)
      return [{ t: 'page', re: command.id, log: command.log, entries }]
    }
    if (command.t !== 'say' && command.t !== 'whisper') return [{ t: 'ok', re: command.id }]
    const before = done.get(command.id)
    if (before) return [{ ...before, dup: true } as Frame]
    if (command.t === 'say' && stage.rules.review) return held(command)
    const log = command.t === 'say' ? 'room' : privateLog
    const event =
      command.t === 'say' ? stage.said(command.text, you) : stage.whispered(command.text, you, VIEWER)
    const entry = stage.commit(log, event)
    const id = event.type === 'said' || event.type === 'whispered' ? event.message.id : ''
    const ok: Frame = { t: 'ok', re: command.id, log, seq: entry.seq, id, at: entry.at }
    done.set(command.id, ok)
    if ((stage.spares || stage.late > 0) && log === 'room') return [ok]
    return [ok, { t: 'entries', log, epoch: need(log).epoch, entries: [entry] }]
  }

  /** It waits: the sender's own thread alone says so. */
  function held({ id: re, text }: Extract<Command, { t: 'say' }>): Frame[] {
    const message = { id: uuidOf(++ids), author: you, text, at: options.now() }
    const entry = stage.commit('thread', { type: 'notice', notice: { is: 'held', message } })
    const ok: Frame = { t: 'ok', re, log: 'thread', seq: entry.seq, id: message.id, at: entry.at, held: true }
    done.set(re, ok)
    return [ok, { t: 'entries', log: 'thread', epoch: need('thread').epoch, entries: [entry] }]
  }

  function welcome(hello: Extract<Command, { t: 'hello' }>): Welcome {
    const parts = [...logs].map(([log, { epoch, entries: all }]): LogWelcome => {
      const entries = log === 'room' ? all.slice(0, all.length - stage.late) : all
      const cursor = hello.cursors?.find((given) => given.log === log)
      const seq = entries.length
      const spared = stage.spares && log === 'room'
      const most = spared ? LIMITS.snapshotEntries : 500
      if (cursor && cursor.epoch === epoch && cursor.seq <= seq && seq - cursor.seq <= most)
        return { log, epoch, seq, recovered: true, entries: entries.slice(cursor.seq) }
      const reason = !cursor ? 'new' : cursor.epoch === epoch ? 'too_old' : 'epoch'
      return {
        log,
        epoch,
        seq,
        recovered: false,
        reason,
        entries: entries.slice(spared ? -LIMITS.snapshotEntries : -50),
      }
    })
    return {
      t: 'welcome',
      you: { id: you.id, name: you.name, role: you.role, guest: stage.guest },
      stream: { slug: 'show', title: 'Show', state: 'live', host: { id: HOST.id, name: HOST.name } },
      logs: parts,
      pin: null,
      slowSeconds: stage.slowSeconds,
      rules: stage.rules,
      pulse: { viewers: 1, reactions: {} },
      passExpiresAt: options.now() + 300_000,
      now: options.now(),
      ...(stage.spares ? { snapshots: true } : {}),
    }
  }

  return stage
}
