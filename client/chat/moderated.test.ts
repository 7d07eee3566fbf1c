import { describe, expect, test } from 'vitest'
import type { ErrorCode } from '../../shared/protocol/errors.ts'
import { OPEN_RULES } from '../../shared/protocol/rules.ts'
import { ownLines } from './own.ts'
import { heldOf } from './own.ts'
import { pendingBelow } from './pending.ts'
import { chatWorld } from './test/chat-world.ts'
import { HOST } from './test/stage.ts'

const say = (text: string) => ({ lane: 'public', text }) as const
const REVIEW = { ...OPEN_RULES, review: true }

/** Everywhere the writer can see these words: in the list, on their way, in the composer. */
function places({ chat }: Awaited<ReturnType<typeof chatWorld>>, text: string): string[] {
  const { room, outgoing, drafts } = chat.state()
  const { room: view, thread } = room.logs
  const entries = view?.entries ?? []
  return [
    ...entries.flatMap(({ event }) => (event.type === 'said' && event.message.text === text ? ['room'] : [])),
    ...ownLines({ room: view, thread }).flatMap((line) =>
      line.kind === 'waiting' && line.message.text === text ? [line.verdict] : [],
    ),
    ...pendingBelow(outgoing, entries, room.you?.id, heldOf(thread)).flatMap((item) =>
      item.text === text ? [item.delivery.is] : [],
    ),
    ...Object.values(drafts).flatMap((draft) => (draft === text ? ['composer'] : [])),
  ]
}

describe('C22 what waits for review', () => {
  test('C22 leaves the way out only when its own thread shows it', async () => {
    const world = await chatWorld({ rules: REVIEW })
    const { chat, clock, stage } = world
    chat.post(say('may I?'))
    expect(places(world, 'may I?')).toEqual(['sending'])
    await clock.advance(0)
    expect(places(world, 'may I?')).toEqual(['open'])
    expect(chat.state().outgoing).toEqual([])
    expect(stage.logs.get('room')!.entries).toEqual([])
  })

  test('C22 is shown as waiting while the thread is late', async () => {
    const world = await chatWorld({ rules: REVIEW })
    const { chat, clock, stage } = world
    stage.mute.add('say')
    chat.post(say('may I?'))
    await clock.advance(0)
    const cmid = chat.state().outgoing[0]!.cmid
    stage.push({ t: 'ok', re: cmid, log: 'thread', seq: 1, id: 'm', at: 0, held: true })
    expect(chat.state().outgoing).toMatchObject([{ delivery: { is: 'sent', review: true } }])
    const message = { id: 'm', author: stage.you, text: 'may I?', at: 0 }
    stage.notice({ is: 'held', message })
    expect(places(world, 'may I?')).toEqual(['open'])
  })

  test('C22 whose answer was lost is there once, before it is sent again and after', async () => {
    const world = await chatWorld({ rules: REVIEW })
    const { chat, clock, stage } = world
    stage.refuse = (command) => {
      if (command.t === 'say') stage.sockets.at(-1)!.onclose?.({ code: 1006, reason: '' })
      stage.refuse = null
      return null
    }
    chat.post(say('may I?'))
    await clock.advance(0)
    expect(places(world, 'may I?')).toEqual(['held'])
    stage.mute.add('say')
    await clock.advance(2_000)
    expect(chat.state().status.at).toBe('connected')
    expect(places(world, 'may I?')).toEqual(['open'])
    stage.mute.delete('say')
    await clock.advance(10_000)
    expect(places(world, 'may I?')).toEqual(['open'])
    expect(stage.logs.get('thread')!.entries).toHaveLength(1)
  })

  test('C22 is there after a reload, and its text after a refusal', async () => {
    const world = await chatWorld({ rules: REVIEW })
    const { chat, clock, stage, enter } = world
    chat.post(say('may I?'))
    await clock.advance(0)
    const { event } = stage.logs.get('thread')!.entries[0]!
    const target = event.type === 'notice' && event.notice.is === 'held' ? event.notice.message.id : ''
    chat.stop()
    const again = { ...world, chat: await enter() }
    expect(places(again, 'may I?')).toEqual(['open'])
    stage.notice({ is: 'rejected', target })
    expect(places(again, 'may I?')).toEqual(['rejected'])
    again.chat.editAgain('may I?')
    expect(places(again, 'may I?')).toEqual(['rejected', 'composer'])
  })
})

describe('C22 what was refused for who one is', () => {
  const codes: ErrorCode[] = [
    'timed_out',
    'account_too_new',
    'accounts_only',
    'members_only',
    'text_blocked',
    'link_refused',
  ]

  test.each(codes)('C22 %s: the text is in the composer again, with the reason', async (code) => {
    const world = await chatWorld()
    const { chat, clock, stage } = world
    stage.refuse = ({ t }) => (t === 'say' ? { code, retryAfterMs: 60_000, reason: 'spam' } : null)
    chat.post(say('hello'))
    await clock.advance(0)
    expect(places(world, 'hello')).toEqual(['composer'])
    expect(chat.state().stops['public']).toEqual({
      code,
      says: code,
      reason: 'spam',
      until: clock.now() + 60_000,
    })
  })

  test('C22 a composer with other words keeps them; the refused ones stay on their row until asked for', async () => {
    const world = await chatWorld()
    const { chat, clock, stage } = world
    stage.refuse = ({ t }) => (t === 'say' ? { code: 'timed_out', retryAfterMs: 60_000 } : null)
    chat.post(say('hello'))
    chat.draft('public', 'and')
    await clock.advance(0)
    expect(places(world, 'hello')).toEqual(['refused'])
    chat.takeBackAll()
    expect(chat.state().drafts['public']).toBe('hello\nand')
  })

  test('a private thread that is closed says so beside its own composer', async () => {
    const { chat, clock, stage } = await chatWorld()
    stage.refuse = ({ t }) => (t === 'whisper' ? { code: 'thread_closed' } : null)
    chat.post({ lane: 'private', text: 'hello' })
    await clock.advance(0)
    expect(chat.state().stops).toMatchObject({ private: { code: 'thread_closed', until: null } })
    expect(chat.state().drafts['private']).toBe('hello')
  })

  test('what was refused for its words is forgotten when they change', async () => {
    const { chat, clock, stage } = await chatWorld()
    stage.refuse = ({ t }) => (t === 'say' ? { code: 'text_blocked' } : null)
    chat.post(say('hello'))
    await clock.advance(0)
    expect(chat.state().stops['public']?.code).toBe('text_blocked')
    chat.draft('public', 'hell')
    expect(chat.state().stops['public']).toBeUndefined()
  })

  test('other rules, and the end of a timeout, open the composer again', async () => {
    const { chat, clock, stage } = await chatWorld()
    stage.refuse = ({ t }) => (t === 'say' ? { code: 'members_only' } : null)
    chat.post(say('hello'))
    await clock.advance(0)
    stage.tell('room', stage.commit('room', { type: 'slowed', seconds: 0 }))
    expect(chat.state().stops['public']?.code).toBe('members_only')
    stage.tell('room', stage.commit('room', { type: 'ruled', rules: REVIEW }))
    expect(chat.state().stops).toEqual({})
    stage.refuse = ({ t }) => (t === 'say' ? { code: 'timed_out', retryAfterMs: 60_000 } : null)
    chat.post(say('hello'))
    await clock.advance(0)
    expect(chat.state().stops['public']?.code).toBe('timed_out')
    stage.notice({ is: 'timeout_ended' })
    expect(chat.state().stops).toEqual({})
  })
})

test('C22 a name that is refused keeps its message, which goes out under the new one and under the same id', async () => {
  const world = await chatWorld()
  const { chat, clock, stage } = world
  stage.refuse = ({ t }) => (t === 'say' ? { code: 'name_reserved' } : null)
  chat.post(say('hello'))
  await clock.advance(0)
  expect(places(world, 'hello')).toEqual(['refused'])
  stage.refuse = null
  stage.you.name = 'Joan'
  chat.restart()
  chat.renamed()
  await clock.advance(0)
  expect(places(world, 'hello')).toEqual(['room'])
  const says = stage.heard.filter(({ t }) => t === 'say')
  expect(new Set(says.map((command) => 'id' in command && command.id)).size).toBe(1)
})

test('rules that changed meanwhile: it is sent again by itself', async () => {
  const world = await chatWorld()
  const { chat, clock, stage } = world
  stage.refuse = ({ t }) => (t === 'say' ? { code: 'rules_changed' } : null)
  chat.post(say('hello'))
  await clock.advance(0)
  expect(chat.state().outgoing).toMatchObject([{ delivery: { is: 'waiting', code: 'rules_changed' } }])
  stage.refuse = null
  await clock.advance(5_000)
  expect(places(world, 'hello')).toEqual(['room'])
})

test('the same words again wait for their countdown, and the composer with them', async () => {
  const { chat, clock, stage } = await chatWorld()
  stage.refuse = ({ t }) => (t === 'say' ? { code: 'duplicate', retryAfterMs: 20_000 } : null)
  chat.post(say('hello'))
  await clock.advance(0)
  expect(chat.post(say('more'))).toBe(false)
  stage.refuse = null
  chat.takeBack(chat.state().outgoing[0]!.cmid)
  expect(chat.post(say('something else'))).toBe(true)
})

describe('C22 a room that is shown with a delay', () => {
  test('C22 the writer sees its line as sent until it arrives, and once then', async () => {
    const world = await chatWorld()
    const { chat, clock, stage } = world
    stage.late = 1
    chat.post(say('hello'))
    await clock.advance(3_000)
    expect(places(world, 'hello')).toEqual(['sent'])
    stage.late = 0
    stage.tell('room', stage.logs.get('room')!.entries[0]!)
    expect(places(world, 'hello')).toEqual(['room'])
    expect(chat.state().outgoing).toEqual([])
  })

  test('C22 a line that breaks in between does not take it away', async () => {
    const world = await chatWorld()
    const { clock, stage } = world
    stage.late = 1
    world.chat.post(say('hello'))
    await clock.advance(0)
    stage.close(1006)
    await clock.advance(2_000)
    expect(world.chat.state().status.at).toBe('connected')
    expect(places(world, 'hello')).toEqual(['sent'])
    stage.late = 0
    stage.tell('room', stage.logs.get('room')!.entries[0]!)
    expect(places(world, 'hello')).toEqual(['room'])
  })

  test('under another numbering nobody waits for it', async () => {
    const world = await chatWorld()
    const { chat, clock, stage } = world
    stage.late = 1
    chat.post(say('hello'))
    await clock.advance(0)
    stage.logs.get('room')!.epoch = 'e2'
    stage.close(1006)
    await clock.advance(2_000)
    expect(chat.state().outgoing).toEqual([])
  })
})

test('a reported message can be hidden on this device, and shown again', async () => {
  const { chat, enter, stage, clock } = await chatWorld()
  const entry = stage.commit('room', stage.said('rude', HOST))
  stage.tell('room', entry)
  const id = entry.event.type === 'said' ? entry.event.message.id : ''
  const reported = chat.report(id, 'abuse', '  see  ')
  await clock.advance(0)
  expect(await reported).toBeNull()
  expect(stage.heard.at(-1)).toMatchObject({ t: 'report', target: id, reason: 'abuse', note: 'see' })
  chat.hide(id)
  chat.stop()
  const again = await enter()
  expect([...again.state().hidden]).toEqual([id])
  again.hide(id, false)
  expect([...again.state().hidden]).toEqual([])
})
