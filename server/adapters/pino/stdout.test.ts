import { fork } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

const file = new URL('../../test/log-child.ts', import.meta.url)

/** Five megabytes of lines into a pipe; `read` says from when on somebody takes them. */
function shouting() {
  const child = fork(file, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const out: string[] = []
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk.toString()))
  child.stdout?.pause()
  const lineWith = (word: string) =>
    out
      .join('')
      .split('\n')
      .slice(0, -1)
      .find((line) => line.includes(word)) ?? ''
  return { child, lineWith }
}

test('O12 with its log blocked a process goes on, and ends', async () => {
  const { child } = shouting()
  expect((await once(child, 'message'))[0]).toBe('alive')
  const gone = once(child, 'exit')
  child.send('end')
  expect((await gone)[0]).toBe(0)
})

test('O12 what nobody took is dropped and counted when it flows again', async () => {
  const { child, lineWith } = shouting()
  await once(child, 'message')
  child.stdout?.resume()
  // Whole: a line may come in two pieces.
  await expect.poll(() => lineWith('log.dropped')).toMatch(/"lines":[1-9]\d{2,}/)
  child.send('speak')
  await expect.poll(() => lineWith('spoken')).toContain('spoken')
  const gone = once(child, 'exit')
  child.send('end')
  await gone
})
