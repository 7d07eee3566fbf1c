// The load client's process, driven from here: what it heard, and what the machine spent meanwhile.
import { fork } from 'node:child_process'
import type { Cluster } from '../cluster.ts'
import type { ServerProcess } from '../server-process.ts'
import { guest, type Show } from '../show.ts'
import type { Pass } from '../../../shared/api/streams.ts'
import { between, readCpu, type Cpu } from './append-cpu.ts'
import type { Ask, Report, Seat } from './append-load.ts'

export type Run = Report & { cpu: Cpu }
export type Client = {
  run(ask: Exclude<Ask, { do: 'open' }>): Promise<Run>
  close(): void
}
type Heard = 'started' | 'stopped' | { error: string } | Report

/** A guest's place in the show, on that server. */
export async function seatFor(server: ServerProcess, { stream }: Show, name: string): Promise<Seat> {
  const person = await guest(server, name)
  const { pass } = await person.call<Pass>('POST', `/api/streams/${stream.slug}/pass`, {})
  return { port: Number(new URL(server.url).port), pass }
}

/** Starts the process and opens its sockets. */
export async function startClient(
  places: { speakers: Seat[]; listeners: Seat[] },
  measured: { server: ServerProcess; cluster: Cluster | null },
): Promise<Client> {
  const child = fork(new URL('append-load.ts', import.meta.url), { execArgv: ['--import', 'tsx'] })
  const cpu = () => readCpu(measured.server.pid, measured.cluster)

  function ask(question: Ask): Promise<Run> {
    return new Promise((resolve, reject) => {
      let before = cpu()
      let after: Cpu | null = null
      const hear = (message: Heard) => {
        if (message === 'started') before = cpu()
        else if (message === 'stopped') after = cpu()
        else {
          child.off('message', hear).off('exit', gone)
          if ('error' in message) reject(new Error(message.error))
          else resolve({ ...message, cpu: between(before, after ?? cpu()) })
        }
      }
      const gone = (code: number | null) => reject(new Error(`the load client ended with ${code}`))
      child.on('message', hear).on('exit', gone)
      child.send(question)
    })
  }

  await ask({ do: 'open', ...places })
  return { run: ask, close: () => void child.kill() }
}
