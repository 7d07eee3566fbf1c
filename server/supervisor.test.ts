import { expect, test } from 'vitest'
import { createHandClock, settle } from './test/clock.ts'
import { createSupervisor, type Child } from './supervisor.ts'

type End = { clean: boolean; reason: string }

/** A process on paper: it does what the test says, when it says so. */
function bear(pid: number) {
  const asked: ('stop' | 'cut')[] = []
  let isReady: (greeting: string[] | null) => void = () => undefined
  let isGone: (end: End) => void = () => undefined
  const ready = new Promise<string[] | null>((done) => (isReady = done))
  const gone = new Promise<End>((done) => (isGone = done))
  const stop = () => void asked.push('stop')
  const cut = () => void asked.push('cut')
  const child: Child = { pid, ready, gone, stop, cut }
  return {
    ...{ child, asked },
    async listens(...greeting: string[]) {
      isReady(greeting)
      await settle()
    },
    async ends(reason = 'it ended with 1', clean = false) {
      isReady(null)
      isGone({ clean, reason })
      await settle()
    },
  }
}

function world(count: number) {
  const clock = createHandClock(0)
  const lines: [string, Record<string, unknown>][] = []
  const note = (event: string, fields: Record<string, unknown> = {}) => void lines.push([event, fields])
  const log = { info: note, warn: note, fault: (where: string) => where }
  const born: ReturnType<typeof bear>[] = []
  const spawn = () => {
    const one = bear(born.length + 1)
    born.push(one)
    return one.child
  }
  const supervisor = createSupervisor({ count, spawn, clock, log })
  const events = (name: string) => lines.flatMap(([event, fields]) => (event === name ? [fields] : []))
  return { supervisor, clock, born, events }
}

/** All of them up. */
async function running(count: number) {
  const made = world(count)
  const started = made.supervisor.start()
  await settle()
  for (let n = 0; n < count; n++) await made.born[n]!.listens(`hello from ${n + 1}`)
  expect(await started).toEqual({ ok: true, greeting: ['hello from 1'] })
  return made
}

test('O7 they start one after another, and the first one’s greeting is the one', async () => {
  const { supervisor, born } = world(3)
  const started = supervisor.start()
  for (let n = 1; n <= 3; n++) {
    await settle()
    expect(born).toHaveLength(n)
    await born[n - 1]!.listens(`hello from ${n}`)
  }
  expect(await started).toEqual({ ok: true, greeting: ['hello from 1'] })
})

test('O7 one that cannot start at first ends them all with its own words', async () => {
  const { supervisor, born } = world(3)
  const started = supervisor.start()
  await settle()
  await born[0]!.listens()
  await born[1]!.ends('the port is in use')
  expect(born[0]!.asked).toEqual(['stop'])
  await born[0]!.ends('', true)
  expect(await started).toEqual({ ok: false, reason: 'the port is in use' })
  expect(born).toHaveLength(2)
})

test('O7 one that dies is started again, later each time it dies young; the others go on', async () => {
  const { clock, born, events } = await running(2)
  for (const pause of [500, 1_000, 2_000]) {
    const before = born.length
    await born.at(before === 2 ? 0 : -1)!.ends('it was ended by SIGKILL')
    await clock.advance(pause - 1)
    expect(born).toHaveLength(before)
    await clock.advance(1)
    expect(born).toHaveLength(before + 1)
  }
  expect(events('process.died')[0]).toEqual({
    ...{ pid: 1, reason: 'it was ended by SIGKILL', livedMs: 0, againInMs: 500 },
  })
  await born.at(-1)!.listens()
  await clock.advance(60_000)
  await born.at(-1)!.ends()
  expect(events('process.died').at(-1)).toMatchObject({ livedMs: 60_000, againInMs: 500 })
  expect(born[1]!.asked).toEqual([])
})

test('O8 all are asked to drain at once; the answer says whether all ended well', async () => {
  for (const clean of [true, false]) {
    const { supervisor, clock, born } = await running(3)
    await born[2]!.ends() // waits to be started again
    const stopped = supervisor.stop()
    expect(born.map(({ asked }) => asked)).toEqual([['stop'], ['stop'], []])
    await born[0]!.ends('', true)
    await born[1]!.ends('', clean)
    expect(await stopped).toBe(clean)
    await clock.advance(60_000)
    expect(born).toHaveLength(3)
  }
})

test('O8 one that does not end in time is cut, and a second signal cuts all', async () => {
  const { supervisor, clock, born } = await running(2)
  const stopped = supervisor.stop()
  await born[0]!.ends('', true)
  await clock.advance(14_499)
  expect(born[1]!.asked).toEqual(['stop'])
  await clock.advance(1)
  expect(born[1]!.asked).toEqual(['stop', 'cut'])
  await born[1]!.ends()
  expect(await stopped).toBe(false)
  const other = await running(2)
  other.supervisor.cut()
  expect(other.born.map(({ asked }) => asked)).toEqual([['cut'], ['cut']])
})

test('O9 each is replaced in turn: the successor listens before the old one leaves', async () => {
  const { supervisor, clock, born, events } = await running(2)
  const rolled = supervisor.roll()
  expect(born).toHaveLength(3)
  expect(born[0]!.asked).toEqual([])
  await born[2]!.listens()
  expect([born[0]!.asked, born[1]!.asked, born.length]).toEqual([['stop'], [], 3])
  await born[0]!.ends('', true)
  expect(born).toHaveLength(4)
  await born[3]!.listens()
  await born[1]!.ends('', true)
  await rolled
  expect(events('processes.rolled')).toEqual([{ replaced: 2 }])
  await clock.advance(60_000)
  expect(events('process.died')).toEqual([])
  expect(born).toHaveLength(4)
})

test('O9 when a successor cannot start the old ones stay, and a line says why', async () => {
  const { supervisor, born, events } = await running(2)
  const rolled = supervisor.roll()
  await born[2]!.ends('the database cannot be used')
  await rolled
  expect(events('process.successor_failed')).toEqual([{ stays: 1, reason: 'the database cannot be used' }])
  expect(events('processes.rolled')).toEqual([])
  expect(born.map(({ asked }) => asked)).toEqual([[], [], []])
})

test('O9 one that dies while its successor starts leaves one in its place, not two', async () => {
  for (const early of [true, false]) {
    const { supervisor, clock, born } = await running(1)
    const rolled = supervisor.roll()
    await born[0]!.ends()
    if (!early) await clock.advance(500) // its own restart came first
    await born[1]!.listens()
    if (!early) {
      expect(born[2]!.asked).toEqual(['stop'])
      await born[2]!.ends('', true)
    }
    await rolled
    await clock.advance(60_000)
    expect(born).toHaveLength(early ? 2 : 3)
    expect(born[1]!.asked).toEqual([])
  }
})

test('O9 asked to roll while rolling, it goes round once more', async () => {
  const { supervisor, born } = await running(1)
  const rolled = Promise.all([supervisor.roll(), supervisor.roll(), supervisor.roll()])
  await born[1]!.listens()
  await born[0]!.ends('', true)
  expect(born).toHaveLength(3)
  await born[2]!.listens()
  await born[1]!.ends('', true)
  await rolled
  expect(born).toHaveLength(3)
})

test('O9 told to stop in the middle of a roll, everyone leaves and nobody new comes', async () => {
  const { supervisor, born } = await running(2)
  const rolled = supervisor.roll()
  const stopped = supervisor.stop()
  expect(born.map(({ asked }) => asked)).toEqual([['stop'], ['stop'], ['stop']])
  for (const one of born) await one.ends('', true)
  expect(await stopped).toBe(true)
  await rolled
  expect(born).toHaveLength(3)
})
