// The bench's end of the load client: compiles it, gives it commands, hears its answers.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Histogram } from './histogram.ts'

/** Why the load client cannot run here; null when it can. */
export const noCompiler =
  spawnSync('cc', ['--version']).status === 0
    ? null
    : 'no C compiler (apt-get install gcc libc6-dev, or your package manager’s gcc)'

/** How connections of one kind are made and used. What the fields do is at the head of load-client/client.c. */
export type Places = {
  port: number
  path: string
  headers?: string
  ready?: string
  says: string
  /** One for each connection, or one for all. */
  firsts: readonly string[]
  count: number
  small?: boolean
  ask?: string
  answer?: string
  refusal?: string
}
export type Connected = { ready: number; failed: number; us: number; why: string; times: Histogram }
/** Of lines said in the window, `delivered` of `expected` came until 1.5 s after it; `arrived` counts what came in the
 * window, however old. `frames` and `bytes` came in it, too. `cpu`: seconds of the client. */
export type Heard = {
  us: number
  sent: number
  expected: number
  delivered: number
  arrived: number
  gaps: number
  doubles: number
  late: number
  bytes: number
  frames: number
  closed: number
  closedWith: string
  refused: number
  refusedWith: string
  stalled: number
  cpu: number
  times: Histogram
}
export type LoadClient = ReturnType<typeof startLoadClient>

const AT_ONCE = 500

/** Needs `cc`. Ends with this process, and by `Symbol.asyncDispose`. */
export function startLoadClient() {
  const folder = mkdtempSync(join(tmpdir(), 'stagedoor-fanout-'))
  const program = join(folder, 'client')
  const source = new URL('load-client/client.c', import.meta.url).pathname
  const made = spawnSync('cc', ['-O2', '-o', program, source], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`cc failed: ${made.stderr || noCompiler}`)
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const waiting = new Map<string, { done: (answer: never) => void; failed: (error: Error) => void }>()
  let groups = 0
  let files = 0

  createInterface({ input: child.stdout }).on('line', (line) => {
    const { did, ...answer } = JSON.parse(line) as { did: string }
    waiting.get(did)?.done(answer as never)
    waiting.delete(did)
  })
  child.on('exit', (code, signal) => {
    for (const { failed } of waiting.values())
      failed(new Error(`the load client ended with ${code ?? signal}`))
  })
  // What it still says when it is gone is answered by its exit.
  child.stdin.on('error', () => undefined)

  const answer = <T>(did: string) =>
    new Promise<T>((done, failed) => void waiting.set(did, { done: done, failed }))
  function ask<T>(did: string, ...fields: (string | number)[]): Promise<T> {
    const answered = answer<T>(did)
    child.stdin.write(`${[did, ...fields].join('\t')}\n`)
    return answered
  }
  function fileOf(lines: readonly string[]): string {
    const file = join(folder, `firsts-${files++}`)
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
    return file
  }

  return {
    pid: child.pid ?? -1,
    /** Returns the number of the new group; nothing is opened. */
    async group(places: Places): Promise<number> {
      const { port, path, headers = '-', ready = '-', says, firsts, count, small = false } = places
      const { ask: asked = '-', answer: answered = '-', refusal = '-' } = places
      const file = firsts.length > 0 ? fileOf(firsts) : '-'
      const number = groups++
      const settings = [
        port,
        path,
        headers,
        ready,
        says,
        count,
        small ? 1 : 0,
        file,
        asked,
        answered,
        refusal,
      ]
      await ask('group', number, ...settings)
      return number
    },
    connect: (group: number) => ask<Connected>('connect', group, AT_ONCE),
    cut: (group: number) => ask<unknown>('cut', group),
    mute: (group: number) => ask<unknown>('mute', group),
    firsts: (group: number, lines: readonly string[]) => ask<unknown>('firsts', group, fileOf(lines)),
    /** `rate` lines a second, by the first `speakers` connections of the group in turn; 16 at most. */
    speak: (group: number, rate: number, speakers: number) => ask<unknown>('speak', group, rate, speakers),
    hush: () => ask<unknown>('speak', 0, 0, 1),
    begin: (groupsHeard: readonly number[]) =>
      ask<unknown>(
        'begin',
        groupsHeard.reduce((mask, group) => mask | (1 << group), 0),
      ),
    /** `measured` comes when nothing more is expected, or 1.5 s later. */
    async end(): Promise<{ measured: Promise<Heard> }> {
      const measured = answer<Heard>('measure')
      await ask('end')
      return { measured }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
