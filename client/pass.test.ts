import { expect, test } from 'vitest'
import type { Answer } from './api.ts'
import type { Pass } from '../shared/api/streams.ts'
import { createPassSource, PassRefused } from './pass.ts'

function source(lifeMs = 300_000) {
  let now = 1_000
  const asked: ((answer: Answer<Pass>) => void)[] = []
  const passes = createPassSource(
    () => new Promise<Answer<Pass>>((resolve) => asked.push(resolve)),
    () => now,
  )
  const answer = (pass: string) =>
    asked.at(-1)!({
      ok: true,
      value: { pass, expiresAt: now + lifeMs, person: { id: 'ada', name: 'Ada', guest: true } },
    })
  return { passes, asked, answer, wait: (ms: number) => (now += ms) }
}

test('two askers at once share one request and one pass', async () => {
  const { passes, asked, answer } = source()
  const both = Promise.all([passes.get(), passes.get()])
  answer('a')
  const [one, two] = await both
  expect(asked).toHaveLength(1)
  expect(one).toBe(two)
})

test('a pass is reused until its last minute', async () => {
  const { passes, asked, answer, wait } = source(300_000)
  const first = passes.get()
  answer('a')
  await first
  wait(239_999)
  expect((await passes.get()).pass).toBe('a')
  wait(1)
  const second = passes.get()
  answer('b')
  expect((await second).pass).toBe('b')
  expect(asked).toHaveLength(2)
})

test('a dropped pass is not handed out again', async () => {
  const { passes, asked, answer } = source()
  const first = passes.get()
  answer('a')
  await first
  passes.drop()
  const second = passes.get()
  answer('b')
  expect((await second).pass).toBe('b')
  expect(asked).toHaveLength(2)
})

test('a refusal reaches every asker with its words, and the next asks again', async () => {
  const { passes, asked, answer } = source()
  const first = passes.get()
  const second = passes.get()
  asked[0]!({ ok: false, denial: { code: 'banned', says: 'You are banned from this stream.' } })
  await expect(first).rejects.toBeInstanceOf(PassRefused)
  await expect(second).rejects.toMatchObject({ denial: { code: 'banned' } })
  const third = passes.get()
  answer('a')
  expect((await third).pass).toBe('a')
})
