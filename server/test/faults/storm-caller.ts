// The runner's end of the crowd: one question at a time, one answer each.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { FromCrowd, ToCrowd } from './storm-talk.ts'

type AnswerTo<Q extends ToCrowd> = Extract<FromCrowd, { did: Q['do'] }>

export function callCrowd() {
  const script = new URL('storm-crowd.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')

  return {
    /** Rejects when the crowd is gone. */
    async ask<Q extends ToCrowd>(question: Q): Promise<AnswerTo<Q>> {
      const answer = once(child, 'message') as Promise<[AnswerTo<Q>]>
      child.send(question)
      const gone = exited.then(([code]) => {
        throw new Error(`the crowd ended with ${String(code)}`)
      })
      const [given] = await Promise.race([answer, gone])
      return given
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
    },
  }
}
