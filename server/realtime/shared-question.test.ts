import { expect, test } from 'vitest'
import { settle } from '../test/clock.ts'
import { createSharedQuestion } from './shared-question.ts'

test('C13 250 who ask together: the first alone, the others in questions of at most 100', async () => {
  const asked: number[] = []
  const double = createSharedQuestion(async (questions: readonly number[]) => {
    asked.push(questions.length)
    await settle()
    return questions.map((n) => n * 2)
  })
  const answers = await Promise.all(Array.from({ length: 250 }, (_, i) => double(i)))
  expect(asked).toEqual([1, 100, 100, 49])
  expect(answers).toEqual(Array.from({ length: 250 }, (_, i) => i * 2))
})

test('C13 a failure reaches those who asked, and the next question goes out', async () => {
  let away = true
  const echo = createSharedQuestion((questions: readonly string[]) =>
    away ? Promise.reject(new Error('away')) : Promise.resolve(questions),
  )
  await expect(echo('a')).rejects.toThrow('away')
  away = false
  expect(await echo('b')).toBe('b')
})

test('C13 an answer that is missing is a failure and never somebody else’s', async () => {
  const forgetful = createSharedQuestion((questions: readonly string[]) =>
    Promise.resolve(questions.slice(1)),
  )
  await expect(forgetful('a')).rejects.toThrow('without an answer')
})
