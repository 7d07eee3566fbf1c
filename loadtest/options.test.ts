import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findK6, PINNED } from './find-k6.ts'
import { parseOptions } from './options.ts'
import { planOf } from './plan.ts'

const optionsOf = (...args: string[]) => {
  const parsed = parseOptions(args)
  if (!parsed.ok) throw new Error(parsed.faults.join())
  return parsed.options
}
const faultsOf = (...args: string[]) => {
  const parsed = parseOptions(args)
  return parsed.ok ? [] : parsed.faults
}

test('without arguments it is a chat of 500 viewers for two minutes, and a soak of twenty', () => {
  expect(optionsOf()).toMatchObject({ scenario: 'chat', viewers: 500, rate: 20, seconds: 120, urls: [] })
  expect(optionsOf('--scenario', 'soak').seconds).toBe(1_200)
  expect(optionsOf('--minutes', '0.5').seconds).toBe(30)
})

test('addresses become origins, as often as they are given', () => {
  const { urls } = optionsOf('--url', 'https://one.example/watch/x', '--url', 'http://two.example:8080')
  expect(urls).toEqual(['https://one.example', 'http://two.example:8080'])
})

test.each([
  [['--viewers', '0'], '--viewers must be a whole number from 1 to 20000, not 0'],
  [['--viewers', '20001'], '--viewers must be a whole number from 1 to 20000, not 20001'],
  [['--viewers', '1.5'], '--viewers must be a whole number from 1 to 20000, not 1.5'],
  [['--viewers', ''], '--viewers must be a whole number from 1 to 20000, not '],
  [['--rate', 'fast'], '--rate must be a number from 0.1 to 1000, not fast'],
  [['--minutes', '241'], '--minutes must be a number from 0.1 to 240, not 241'],
  [['--seconds', '4'], '--seconds must be a whole number from 5 to 14400, not 4'],
  [['--minutes', '1', '--seconds', '60'], 'give --minutes or --seconds, not both'],
  [
    ['--scenario', 'chaos'],
    '--scenario must be one of chat, private, reconnect-storm, reactions, go-live, soak, not chaos',
  ],
  [['--url', 'ftp://x'], '--url must be an address that begins with http:// or https://, not ftp://x'],
  [['--link', 'http://x/enter#y'], '--link is for a server that runs: give its --url too'],
  [
    ['--url', 'http://x', '--link', 'http://x/enter'],
    '--link must be a whole login link, with what stands behind its #: quote it in the shell',
  ],
  [['--pid', '77'], '--pid is for a server that runs: give its --url too'],
  [['--viewer', '5'], "Unknown option '--viewer'. See --help."],
])('%j is refused in words', (args, fault) => {
  expect(faultsOf(...args)).toEqual([fault])
})

test('everything that is wrong is said at once', () => {
  expect(faultsOf('--viewers', '0', '--rate', '0', '--scenario', 'x')).toHaveLength(3)
})

test('k6 is taken from K6, PATH, GOBIN or ~/go/bin, in this order', () => {
  const everywhere = { K6: '/own/k6', PATH: '/usr/bin:/opt', GOBIN: '/gobin', GOPATH: '/go' }
  const version = () => 'k6 v1.8.1 (go1.26.8, linux/amd64)'
  const found = (env: Record<string, string>, ...there: string[]) => {
    const k6 = findK6(env, (path) => there.includes(path), version)
    return k6.ok ? k6.path : k6.says
  }
  const all = ['/own/k6', '/opt/k6', '/gobin/k6', '/go/bin/k6']
  expect(found(everywhere, ...all)).toBe('/own/k6')
  expect(found({ ...everywhere, K6: '' }, ...all)).toBe('/opt/k6')
  expect(found({ ...everywhere, K6: '' }, ...all.slice(2))).toBe('/gobin/k6')
  expect(found({ ...everywhere, K6: '' }, ...all.slice(3))).toBe('/go/bin/k6')
  expect(found(everywhere, '/opt/k6')).toContain('K6=/own/k6 is no file')
})

test('without k6, or with an old one, it says how to install it', () => {
  const missing = findK6({ PATH: '/usr/bin' }, () => false)
  expect(missing).toMatchObject({ ok: false })
  expect(missing.ok ? '' : missing.says).toContain(`go install go.k6.io/k6@${PINNED}`)
  const old = findK6(
    { K6: '/k6' },
    () => true,
    () => 'k6 v0.54.0 (go1.23)',
  )
  expect(old.ok ? '' : old.says).toMatch(/^\/k6 is k6 v0\.54\.0, too old: install k6 1\.0 or newer/)
  const odd = findK6(
    { K6: '/k6' },
    () => true,
    () => '',
  )
  expect(odd.ok ? '' : odd.says).toContain('does not say its version')
})

test('the pinned k6 is an exact version, and the one that the README names', () => {
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(`k6@${PINNED}`)
  expect(PINNED).toMatch(/^v[1-9]\d*\.\d+\.\d+$/)
})

test('sockets are spread over few event loops, and a storm cuts twice while people talk', () => {
  const made = { slug: 's', mark: 'm', host: null }
  expect(planOf(optionsOf('--viewers', '500'), made)).toMatchObject({ vus: 10, rampMs: 3_000, cutsAtMs: [] })
  expect(planOf(optionsOf('--viewers', '20000'), made).vus).toBe(64)
  const storm = planOf(optionsOf('--scenario', 'reconnect-storm', '--seconds', '30'), made)
  expect(storm.cutsAtMs).toEqual([14_000, 24_000])
  expect(storm.talkToMs).toBe(34_000)
  const arrival = planOf(optionsOf('--scenario', 'go-live', '--seconds', '5'), made)
  expect(arrival.rampMs).toBe(30_000)
  expect(arrival.talkToMs).toBeGreaterThan(arrival.rampMs)
})
