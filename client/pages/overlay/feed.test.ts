import { expect, test } from 'vitest'
import type { Answer } from '../../api.ts'
import type { Pass } from '../../../shared/api/streams.ts'
import type { Message } from '../../../shared/protocol/events.ts'
import { handClock, handRandom, handSignals } from '../../chat/test/hand.ts'
import { createStage } from '../../chat/test/stage.ts'
import { createPassSource } from '../../pass.ts'
import { createFeed, type FeedState } from './feed.ts'
import { FADING_MS, linesOf, MOST_LINES, pinOf } from './lines.ts'

const REFUSED: Answer<Pass> = { ok: false, denial: { code: 'not_found', says: 'There is nothing here.' } }

async function overlay() {
  const clock = handClock()
  const stage = createStage({ now: () => clock.now() })
  const passes = createPassSource(
    () => stage.askForPass(),
    () => clock.now(),
  )
  const states: FeedState[] = []
  createFeed({
    ...{ passes, clock, random: handRandom(), signals: handSignals(), open: () => stage.open() },
    onChange: (state) => void states.push(state),
  }).start()
  await clock.advance(0)
  const state = () => states.at(-1)!
  const shown = (fadeMs: number | null = null) => linesOf(state().room, fadeMs, clock.now())
  function say(text: string) {
    const entry = stage.commit('room', stage.said(text))
    stage.tell('room', entry)
    return (entry.event as { message: Message }).message
  }
  return {
    clock,
    stage,
    say,
    state,
    shown,
    texts: (fadeMs: number | null = null) => shown(fadeMs).lines.map(({ message }) => message.text),
  }
}

test('a broken line takes nothing away, and what was missed comes with the next', async () => {
  const { clock, stage, say, state, texts } = await overlay()
  say('one')
  stage.close(1006)
  await clock.advance(0)
  expect(state().status.at).toBe('reconnecting')
  expect(texts()).toEqual(['one'])
  stage.commit('room', stage.said('two'))
  await clock.advance(30_000)
  expect(state().status.at).toBe('connected')
  expect(texts()).toEqual(['one', 'two'])
})

test('P37 where the key opens nothing any more, nothing is left standing, and it is tried for ever, ever slower', async () => {
  const { clock, stage, say, state, texts } = await overlay()
  say('one')
  stage.passAnswer = REFUSED
  stage.close(4401)
  await clock.advance(1_000)
  expect(state().status.at).toBe('refused')
  expect(texts()).toEqual([])
  const before = stage.passes()
  await clock.advance(3_600_000)
  const hour = stage.passes() - before
  expect(hour).toBeGreaterThan(8)
  expect(hour).toBeLessThan(20)
  stage.passAnswer = null
  await clock.advance(300_000)
  expect(state().status.at).toBe('connected')
  expect(texts()).toEqual(['one'])
})

test('P36 L6 a deleted message is gone at once, from the pin too', async () => {
  const { stage, say, state, texts } = await overlay()
  const { id } = say('one')
  const two = say('two')
  stage.tell('room', stage.commit('room', { type: 'pinned', message: two, ver: 1 }))
  expect(pinOf(state().room)?.text).toBe('two')
  stage.tell('room', stage.commit('room', { type: 'deleted', target: id }))
  expect(texts()).toEqual(['two'])
  stage.tell('room', stage.commit('room', { type: 'deleted', target: two.id }))
  expect([texts(), pinOf(state().room)]).toEqual([[], null])
})

test('the newest thirty are drawn, oldest first', async () => {
  const { say, texts } = await overlay()
  for (let nr = 1; nr <= MOST_LINES + 5; nr++) say(`line ${nr}`)
  expect(texts()).toHaveLength(MOST_LINES)
  expect([texts()[0], texts().at(-1)]).toEqual(['line 6', 'line 35'])
})

test('with a fade a message goes after its time, and it is known when the next does', async () => {
  const { clock, say, shown, texts } = await overlay()
  say('one')
  await clock.advance(4_000)
  say('two')
  expect(texts(10_000)).toEqual(['one', 'two'])
  expect(shown(10_000).next).toBe(clock.now() + 6_000 + FADING_MS)
  expect(shown().next).toBeNull()
  await clock.advance(6_000 + FADING_MS)
  expect(texts(10_000)).toEqual(['two'])
  await clock.advance(4_000)
  expect(shown(10_000)).toEqual({ lines: [], next: null })
})
