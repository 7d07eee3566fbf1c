import { expect, test } from 'vitest'
import { createPassSource } from '../pass.ts'
import { createChat } from './chat.ts'
import { handClock, handRandom, handShelf, handSignals } from './test/hand.ts'
import { createStage } from './test/stage.ts'

/** A chat that was let in with snapshots, in a room of `count` messages. */
async function spared(count = 30) {
  const clock = handClock()
  const stage = createStage({ now: () => clock.now() })
  const commit = (more: number) =>
    Array.from({ length: more }, () => stage.commit('room', stage.said('line')))
  commit(count)
  stage.spares = true
  const passes = createPassSource(
    () => stage.askForPass(),
    () => clock.now(),
  )
  const shelves = { shelf: handShelf(), tab: handShelf() }
  const on = { clock, random: handRandom(), signals: handSignals(), ...shelves, open: () => stage.open() }
  const chat = createChat({ slug: 'show', passes, on })
  chat.start()
  await clock.advance(0)
  const room = () => chat.state().room
  const seqs = () => room().logs.room!.entries.map(({ seq }) => seq)
  const heard = (t: string) => stage.heard.filter((command) => command.t === t)
  return { clock, stage, chat, commit, room, seqs, heard }
}
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

test('C15 the newest 20 are there, and the room knows that it is spared', async () => {
  const { seqs, room } = await spared()
  expect(seqs()).toEqual(range(11, 30))
  expect(room().spared).toBe(true)
})

test('C15 a snapshot that touches goes on, one behind a hole replaces, and the state comes with it', async () => {
  const { stage, commit, seqs, room } = await spared()
  commit(15)
  stage.snapshot()
  expect(seqs()).toEqual(range(11, 45))
  commit(21)
  stage.slowSeconds = 30
  stage.snapshot()
  expect(seqs()).toEqual(range(47, 66))
  expect(room()).toMatchObject({ slowSeconds: 30, pulse: { viewers: 7 }, logs: { room: { from: 47 } } })
})

test('C15 holes of the room are not asked for, whatever tells of them; the private log stays whole', async () => {
  const { clock, stage, commit, seqs, room, heard } = await spared()
  stage.push({ t: 'pos', log: 'room', epoch: 'e1', seq: 900 })
  stage.tell('room', ...commit(3).slice(2))
  const [, second] = [
    stage.commit('thread', stage.whispered('one')),
    stage.commit('thread', stage.whispered('two')),
  ]
  stage.tell('thread', second)
  await clock.advance(5_000)
  expect(heard('read')).toMatchObject([{ log: 'thread', from: 1, to: 1 }])
  expect(room().logs.thread!.entries).toHaveLength(2)
  expect(seqs().at(-1)).toBe(30)
  expect(heard('hello')).toHaveLength(1)
})

test('C15 from the last snapshot on every entry counts again', async () => {
  const { clock, stage, commit, seqs, room, heard } = await spared()
  commit(40)
  stage.snapshot(true)
  expect(room().spared).toBe(false)
  const [lost, next] = commit(2)
  stage.tell('room', next!)
  await clock.advance(300)
  expect(heard('read')).toMatchObject([{ log: 'room', from: lost!.seq, to: lost!.seq }])
  expect(seqs()).toEqual(range(51, 72))
})

test('C15 what one says is sent at once and stands below until a snapshot shows it', async () => {
  const { clock, stage, chat, room } = await spared()
  chat.post({ lane: 'public', text: 'still here' })
  await clock.advance(0)
  expect(chat.state().outgoing).toMatchObject([{ delivery: { is: 'sent', seq: 31 } }])
  stage.snapshot()
  expect(chat.state().outgoing).toEqual([])
  expect(JSON.stringify(room().logs.room)).toContain('still here')
})

test('C15 a line cut while spared resumes where the last snapshot ended', async () => {
  const { clock, stage, commit, heard, seqs } = await spared()
  commit(40)
  stage.snapshot()
  commit(2)
  stage.close(1006)
  await clock.advance(600)
  expect(heard('hello')[1]).toMatchObject({ cursors: [{ log: 'room', seq: 70 }, {}] })
  expect(seqs()).toEqual(range(51, 72))
})

test('L6 C15 a text that was deleted behind a hole is off the screen', async () => {
  const { stage, commit, room } = await spared(0)
  const said = stage.commit('room', stage.said('regrets'))
  stage.snapshot()
  expect(JSON.stringify(room())).toContain('regrets')
  if (said.event.type === 'said') stage.commit('room', { type: 'deleted', target: said.event.message.id })
  commit(30)
  stage.snapshot()
  expect(JSON.stringify(room())).not.toContain('regrets')
})
