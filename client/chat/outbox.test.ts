import { expect, test } from 'vitest'
import { pendingBelow } from './pending.ts'
import { chatWorld as world } from './test/chat-world.ts'
import { HOST, VIEWER } from './test/stage.ts'

const say = (text: string) => ({ lane: 'public', text }) as const
const whisper = (text: string) => ({ lane: 'private', text }) as const

test('M1 sending ends in sent, and the row leaves when its entry is shown', async () => {
  const { clock, chat, stage, shelf } = await world()
  expect(chat.post(say('hello'))).toBe(true)
  expect(chat.state().outgoing).toMatchObject([{ text: 'hello', delivery: { is: 'sending' } }])
  await clock.advance(0)
  expect(chat.state().outgoing).toEqual([])
  expect(chat.state().room.logs.room?.entries).toHaveLength(1)
  expect(stage.logs.get('room')!.entries).toHaveLength(1)
  expect(shelf.keys()).toEqual([])
})

test('M3 no outcome in 10 s sends again under the same id, and it is said once', async () => {
  const { clock, chat, stage, says, texts } = await world()
  stage.mute.add('say')
  chat.post(say('hello'))
  await clock.advance(9_999)
  expect(says()).toHaveLength(1)
  stage.mute.delete('say')
  await clock.advance(1)
  expect(says()).toHaveLength(2)
  expect(says()[0]).toEqual(says()[1])
  expect(texts()).toEqual(['hello'])
  expect(chat.state().outgoing).toEqual([])
})

test('M3 a send whose answer was lost with the line is sent again first, before new ones, and is there once', async () => {
  const { clock, chat, stage, texts, says } = await world()
  stage.refuse = (command) => {
    if (command.t === 'say') stage.sockets.at(-1)!.onclose?.({ code: 1006, reason: '' })
    stage.refuse = null
    return null
  }
  chat.post(say('one'))
  await clock.advance(0)
  expect(texts()).toEqual(['one'])
  expect(chat.state().outgoing).toMatchObject([{ delivery: { is: 'held' } }])
  chat.post(say('two'))
  chat.post(say('three'))
  await clock.advance(1_000)
  expect(texts()).toEqual(['one', 'two', 'three'])
  expect(says().map((command) => 'text' in command && command.text)).toEqual(['one', 'one', 'two', 'three'])
  expect(chat.state().outgoing).toEqual([])
})

test('L3 what is written faster than it is answered goes out in order, one by one', async () => {
  const { clock, chat, texts, says } = await world()
  for (const text of ['a', 'b', 'c', 'd']) chat.post(say(text))
  await clock.advance(0)
  expect(texts()).toEqual(['a', 'b', 'c', 'd'])
  expect(says()).toHaveLength(4)
})

test('M8 slow mode counts down from the last one and sends the queued one by itself', async () => {
  const { clock, chat, texts } = await world({ slow: 10 })
  chat.post(say('first'))
  await clock.advance(0)
  expect(chat.state().nextPublicAt).toBe(clock.now() + 10_000)
  expect(chat.post(say('second'))).toBe(true)
  expect(chat.state().outgoing).toMatchObject([{ delivery: { is: 'waiting', code: 'slow_mode' } }])
  expect(chat.post(say('third'))).toBe(false)
  await clock.advance(9_999)
  expect(texts()).toEqual(['first'])
  await clock.advance(1)
  expect(texts()).toEqual(['first', 'second'])
  expect(chat.state().outgoing).toEqual([])
})

test('M8 the wait that the server names is kept, and a private word does not wait for it', async () => {
  const { clock, chat, stage, texts } = await world()
  stage.refuse = ({ t }) => (t === 'say' ? { code: 'slow_mode', retryAfterMs: 4_000 } : null)
  chat.post(say('hello'))
  await clock.advance(0)
  stage.refuse = null
  expect(chat.state().outgoing).toMatchObject([{ delivery: { is: 'waiting', until: clock.now() + 4_000 } }])
  chat.post(whisper('psst'))
  await clock.advance(0)
  expect(texts('thread')).toEqual(['psst'])
  await clock.advance(4_000)
  expect(texts()).toEqual(['hello'])
})

test('M8 the host is exempt, and slow mode turned off releases what waits', async () => {
  const host = await world({ slow: 30, you: HOST })
  host.chat.post(say('a'))
  host.chat.post(say('b'))
  await host.clock.advance(0)
  expect(host.texts()).toEqual(['a', 'b'])

  const viewer = await world({ slow: 30 })
  viewer.chat.post(say('a'))
  await viewer.clock.advance(0)
  viewer.chat.post(say('b'))
  viewer.stage.tell('room', viewer.stage.commit('room', { type: 'slowed', seconds: 0 }))
  await viewer.clock.advance(0)
  expect(viewer.texts()).toEqual(['a', 'slowed', 'b'])
})

test('M6 a busy or broken server is tried again, a faulty one three times', async () => {
  const { clock, chat, stage, says, texts } = await world()
  stage.refuse = ({ t }) => (t === 'say' ? { code: 'unavailable' } : null)
  chat.post(say('hello'))
  await clock.advance(60_000)
  expect(says().length).toBeGreaterThan(3)
  stage.refuse = null
  await clock.advance(21_000)
  expect(texts()).toEqual(['hello'])

  stage.refuse = ({ t }) => (t === 'say' ? { code: 'internal' } : null)
  chat.post(say('again'))
  await clock.advance(60_000)
  expect(chat.state().outgoing).toMatchObject([{ delivery: { is: 'refused', code: 'internal' } }])
})

test('a refused text can be taken back, and does not hold up the next', async () => {
  const { clock, chat, stage, texts, shelf } = await world()
  stage.refuse = (command) =>
    'text' in command && command.text === 'bad' ? { code: 'text_forbidden' } : null
  chat.post(say('bad'))
  chat.post(say('good'))
  await clock.advance(0)
  expect(texts()).toEqual(['good'])
  const [refused] = chat.state().outgoing
  expect(refused?.delivery).toEqual({ is: 'refused', code: 'text_forbidden', says: 'text_forbidden' })
  chat.draft('public', 'more')
  chat.takeBack(refused!.cmid)
  expect(chat.state().drafts).toEqual({ public: 'bad\nmore' })
  expect(chat.state().outgoing).toEqual([])
  expect(shelf.keys()).toEqual([])
})

test('what may have been said cannot be taken back', async () => {
  const { chat, stage } = await world()
  stage.mute.add('say')
  chat.post(say('hello'))
  chat.takeBack(chat.state().outgoing[0]!.cmid)
  expect(chat.state().outgoing).toHaveLength(1)
  expect(chat.state().drafts).toEqual({})
})

test('M3 what waits after an unknown outcome cannot be taken back and said twice (fuzz seed 12)', async () => {
  const { clock, chat, stage, enter } = await world()
  const refuse = (code: 'unavailable' | 'rate_limited') => () => ({ code, retryAfterMs: 5_000 })
  const back = (which: typeof chat) => {
    const { cmid } = which.state().outgoing[0]!
    which.takeBack(cmid)
    return which.state().outgoing.length === 0
  }
  // Nothing was accepted, and it was the first attempt.
  stage.refuse = refuse('rate_limited')
  chat.post(say('one'))
  await clock.advance(0)
  expect(back(chat)).toBe(true)
  // The database went away, before the commit or after it.
  stage.refuse = refuse('unavailable')
  chat.post(say('two'))
  await clock.advance(0)
  expect(chat.state().outgoing).toMatchObject([{ delivery: { is: 'waiting' } }])
  expect(back(chat)).toBe(false)
  // A later refusal says nothing of the attempt before it, here or after a reload.
  stage.refuse = refuse('rate_limited')
  await clock.advance(5_000)
  expect(chat.state().outgoing).toMatchObject([{ delivery: { is: 'waiting', code: 'rate_limited' } }])
  expect(back(chat)).toBe(false)
  chat.stop()
  const again = await enter()
  expect(again.state().outgoing).toMatchObject([{ delivery: { is: 'waiting', code: 'rate_limited' } }])
  expect(back(again)).toBe(false)
})

test('M3 what was cut off or never answered cannot be taken back while it waits', async () => {
  for (const cut of [true, false]) {
    const { clock, chat, stage } = await world()
    stage.mute.add('say')
    chat.post(say('hello'))
    if (cut) stage.close(1006)
    stage.mute.delete('say')
    stage.refuse = ({ t }) => (t === 'say' ? { code: 'rate_limited', retryAfterMs: 60_000 } : null)
    await clock.advance(11_000)
    expect(chat.state().outgoing).toMatchObject([{ delivery: { is: 'waiting' } }])
    chat.takeBack(chat.state().outgoing[0]!.cmid)
    expect(chat.state().outgoing).toHaveLength(1)
  }
})

test('L6 an unsent reply keeps no words of the message it answers (fuzz seed 36)', async () => {
  const { clock, chat, stage, shelf } = await world()
  stage.refuse = () => ({ code: 'reply_not_here' })
  const replyTo = { id: HOST.id, name: HOST.name, text: 'soon deleted' }
  chat.post({ ...say('indeed'), replyTo })
  await clock.advance(0)
  expect(chat.state().outgoing).toMatchObject([{ replyTo: { name: HOST.name }, delivery: { is: 'refused' } }])
  const stored = shelf.keys().map((key) => shelf.get(key))
  expect(stored).toHaveLength(1)
  expect(JSON.stringify([chat.state(), stored])).not.toContain('soon deleted')
})

test('written offline, kept over a reload, sent once under the same id', async () => {
  const { clock, chat, stage, signals, enter, texts, shelf } = await world()
  stage.dead = true
  signals.give('offline')
  stage.close(1006)
  chat.post(say('kept'))
  chat.post(whisper('secret'))
  expect(chat.state().outgoing).toMatchObject([{ delivery: { is: 'held' } }, { delivery: { is: 'held' } }])
  chat.stop()
  stage.dead = false
  signals.give('online')
  const again = await enter()
  await clock.advance(0)
  expect(texts()).toEqual(['kept'])
  expect(texts('thread')).toEqual(['secret'])
  expect(again.state().outgoing).toEqual([])
  expect(shelf.keys()).toEqual([])
})

test('what was left behind long ago is offered, not sent', async () => {
  const { clock, chat, stage, enter, texts } = await world()
  stage.dead = true
  stage.close(1006)
  chat.post(say('old'))
  chat.stop()
  stage.dead = false
  await clock.advance(11 * 60_000)
  const again = await enter()
  expect(texts()).toEqual([])
  const says = 'This was not sent before the page was closed.'
  expect(again.state().outgoing).toMatchObject([{ text: 'old', delivery: { is: 'refused', says } }])
})

test('M3 what went out and was left behind is not called unsent (fuzz seed 251)', async () => {
  const { clock, chat, stage, enter, texts } = await world()
  stage.mute.add('say')
  chat.post(say('old'))
  stage.commit('room', stage.said('old', VIEWER))
  chat.stop()
  await clock.advance(11 * 60_000)
  const again = await enter()
  expect(texts()).toEqual(['old'])
  const says = 'The page was closed before it was known whether this was sent.'
  expect(again.state().outgoing).toMatchObject([{ text: 'old', delivery: { is: 'refused', says } }])
})

test('C16 a word written as one person is never sent as another, and stays', async () => {
  const { clock, chat, stage, texts, shelf } = await world()
  stage.dead = true
  stage.close(4401)
  chat.post(whisper('mine'))
  stage.dead = false
  stage.you.id = 'somebody-else'
  await clock.advance(600)
  expect(chat.state().status.at).toBe('replaced')
  await clock.advance(60_000)
  expect(texts('thread')).toEqual([])
  expect(chat.state().outgoing).toMatchObject([{ text: 'mine', delivery: { is: 'held' } }])
  chat.goOn()
  await clock.advance(0)
  expect(chat.state().status.at).toBe('connected')
  expect(texts('thread')).toEqual([])
  expect(chat.state().outgoing).toMatchObject([{ text: 'mine', delivery: { is: 'refused' } }])
  expect(shelf.keys().filter((key) => key.includes('unsent'))).toEqual([])
})

test('an unanswered message whose entry is there already is not shown twice, its twin is', () => {
  const item = {
    ...say('lol'),
    cmid: 'c1',
    at: 0,
    after: 4,
    tries: 1,
    delivery: { is: 'sending' as const },
  }
  const twin = { ...item, cmid: 'c2' }
  const entry = (seq: number) => ({
    seq,
    at: 0,
    event: { type: 'said', message: { id: `m${seq}`, author: VIEWER, text: 'lol', at: 0 } } as const,
  })
  expect(pendingBelow([item, twin], [entry(4)], VIEWER.id)).toHaveLength(2)
  expect(pendingBelow([item, twin], [entry(4), entry(5)], VIEWER.id)).toEqual([twin])
  expect(pendingBelow([item], [entry(5)], HOST.id)).toEqual([item])
})

test('drafts outlive a reload; a private one does not outlive its writer', async () => {
  const { chat, enter, stage } = await world()
  chat.draft('public', 'hello')
  chat.draft('private', 'secret')
  const again = await enter()
  expect(again.state().drafts).toEqual({ public: 'hello', private: 'secret' })
  stage.you.id = 'somebody-else'
  expect((await enter()).state().drafts).toEqual({ public: 'hello' })
})
