import { expect, test } from 'vitest'
import { arrived, begun, cut, newRung, stalled, ticked, type Network, type Rung } from './rung.ts'

/** A line that can be told what to do; a chunk holds 100 ms. */
function line(network: Network = 'fast') {
  let now = 1_000_000
  let rung: Rung = newRung(now, network)
  const went: { layer: Rung['layer']; at: number }[] = []
  function set(next: Rung): void {
    if (next.layer !== rung.layer) went.push({ layer: next.layer, at: now })
    rung = next
  }
  return {
    went,
    layer: () => rung.layer,
    now: () => now,
    rung: () => rung,
    begin: () => set(begun(rung, now)),
    stall: () => set(stalled(rung, now)),
    cut: (code: number | null) => set(cut(rung, code, now)),
    pass: (ms: number) => void (now += ms),
    /** Chunks for so long, each `lateMs` late and `growing` more per second. */
    play(ms: number, lateMs = 80, growing = 0) {
      for (let t = 0; t < ms; t += 100) {
        now += 100
        set(arrived(rung, lateMs + (growing * t) / 1000, now))
        set(ticked(rung, now))
      }
    },
    /** What was missing for `ms` comes at once. */
    burst(ms: number) {
      for (let late = ms; late >= 80; late -= 100) set(arrived(rung, late, now))
    },
  }
}

/** A try of `main` that stalls after two seconds, as soon as it is made. */
function fail(one: ReturnType<typeof line>): number {
  const before = one.now()
  while (one.layer() === 'low') one.play(100)
  const waited = one.now() - before
  one.begin()
  one.play(2_000, 80, 450)
  one.stall()
  one.play(800, 1_000, 450)
  expect(one.layer()).toBe('low')
  one.begin()
  return waited
}

test('V38 a free line stays on main, however far the encoder is behind', () => {
  const one = line()
  one.play(120_000, 4_000)
  expect(one.went).toEqual([])
})

test('V38 a stall while chunks come later and later leads down within a second', () => {
  const one = line()
  one.play(5_000)
  one.play(900, 80, 640)
  one.stall()
  const stood = one.now()
  one.play(2_000, 700, 640)
  expect(one.went.map(({ layer }) => layer)).toEqual(['low'])
  expect(one.went[0]!.at - stood).toBeLessThan(1_000)
})

test('V38 chunks a second late for two seconds lead down before anything has stalled', () => {
  const one = line()
  one.play(5_000)
  one.play(1_900, 1_200)
  expect(one.layer()).toBe('main')
  one.play(300, 1_200)
  expect(one.layer()).toBe('low')
})

test('V38 a stall after which everything comes at once was the host’s; a second one soon was not', () => {
  const one = line()
  one.play(5_000)
  const hang = () => {
    one.pass(400)
    one.stall()
    one.pass(1_500)
    one.burst(1_900)
    one.play(5_000)
  }
  hang()
  expect(one.layer()).toBe('main')
  one.play(60_000)
  hang()
  expect(one.layer()).toBe('main')
  hang()
  expect(one.layer()).toBe('low')
})

test('V38 a socket closed as too slow leads down, one closed for another reason does not', () => {
  for (const code of [1001, 4401, 4409, 4429, 4500, 4503]) {
    const other = line()
    other.play(1_000)
    other.cut(code)
    other.cut(code)
    expect(other.layer()).toBe('main')
  }
  const slow = line()
  slow.play(1_000)
  slow.cut(4408)
  expect(slow.layer()).toBe('low')
})

test('V38 a cut line is chance, unless it was late before or is cut again', () => {
  const chance = line()
  chance.play(1_000)
  chance.cut(1006)
  expect(chance.layer()).toBe('main')
  chance.begin()
  chance.play(5_000)
  chance.cut(1006)
  expect(chance.layer()).toBe('low')

  const silent = line()
  silent.play(1_000)
  silent.stall()
  silent.cut(null)
  expect(silent.layer()).toBe('main')
  silent.begin()
  silent.play(5_000)
  silent.cut(null)
  expect(silent.layer()).toBe('low')

  const late = line()
  late.play(1_000)
  late.play(500, 900)
  late.cut(1006)
  expect(late.layer()).toBe('low')
})

test('V38 main is tried after 20 s of calm, then 40, 80, up to five minutes', () => {
  const one = line()
  one.play(1_000)
  one.cut(4408)
  one.begin()
  const waits = Array.from({ length: 7 }, () => Math.round(fail(one) / 1_000))
  expect(waits).toEqual([20, 40, 80, 160, 300, 300, 300])
})

test('V38 trouble on low puts the next try off', () => {
  const one = line()
  one.cut(4408)
  one.begin()
  one.play(15_000)
  one.play(300, 700)
  one.play(19_000)
  expect(one.layer()).toBe('low')
  one.play(1_500)
  expect(one.layer()).toBe('main')
})

test('V38 main that held for minutes starts from the shortest wait again, one that held for one does not', () => {
  const back = (heldMs: number): number => {
    const one = line()
    one.cut(4408)
    one.begin()
    fail(one)
    while (one.layer() === 'low') one.play(100)
    one.begin()
    one.play(heldMs)
    one.cut(4408)
    return one.rung().calmMs
  }
  expect(back(90_000)).toBe(40_000)
  expect(back(301_000)).toBe(20_000)
})

test('V38 a network known as slow begins with low; who asks for little stays there', () => {
  const slow = line('slow')
  expect(slow.layer()).toBe('low')
  slow.play(20_500)
  expect(slow.layer()).toBe('main')

  const saving = line('saving')
  saving.play(3_600_000)
  expect(saving.layer()).toBe('low')
})

test('V38 what was measured before another beginning does not count', () => {
  const one = line()
  one.play(5_000)
  one.stall()
  one.play(300, 1_500)
  one.begin()
  one.play(60_000, 1_500)
  expect(one.went).toEqual([])
})

test('V38 a clock that drifts is not a slow line', () => {
  const one = line()
  one.play(3_600_000, 80, 0.2)
  expect(one.went).toEqual([])
})
