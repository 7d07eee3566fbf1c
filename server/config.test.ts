import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse, VARIABLES, type Config } from './config.ts'

function configOf(env: Record<string, string>): Config {
  const parsed = parse(env)
  if (!parsed.ok) throw new Error(parsed.faults.join('\n'))
  return parsed.config
}

test('nothing needs to be set', () => {
  expect(configOf({})).toMatchObject({
    port: 8080,
    host: '0.0.0.0',
    dataDir: './data',
    publicUrl: 'http://localhost:8080',
    allowedOrigins: ['http://localhost:8080', 'http://127.0.0.1:8080', 'http://[::1]:8080'],
    databaseUrl: null,
    redisUrl: null,
    redisClusterUrls: [],
    sessionKey: null,
    signUp: 'open',
    trustedHops: 0,
    sharePort: false,
  })
})

test('an empty variable is an unset one, and blanks around a value do not count', () => {
  expect(configOf({ PORT: '', HOST: ' ', SIGN_UP: ' invite ' })).toMatchObject({
    port: 8080,
    host: '0.0.0.0',
    signUp: 'invite',
  })
})

test('a public address is spelled as browsers spell it, and loopback is no longer let in', () => {
  const config = configOf({
    PUBLIC_URL: 'HTTPS://Stage.Example:443/',
    ALLOWED_ORIGINS: 'http://a.example, https://b.example:8443',
  })
  expect(config.publicUrl).toBe('https://stage.example')
  expect(config.allowedOrigins).toEqual([
    'https://stage.example',
    'http://a.example',
    'https://b.example:8443',
  ])
})

const wrong: Record<string, readonly string[]> = {
  PORT: ['0', '65536', '80a', '-1', '1e3', '8080.5'],
  HOST: ['a b', 'http://x'],
  PUBLIC_URL: [
    'stage.example',
    'ftp://stage.example',
    'https://stage.example/live',
    'https://a@stage.example',
    'https://stage.example/?',
  ],
  ALLOWED_ORIGINS: ['*', 'https://a.example,', 'https://a.example/x'],
  TRUST_PROXY: ['true', '11'],
  WEB_CONCURRENCY: ['0', '65', 'auto'],
  SHARE_PORT: ['1'],
  DATABASE_URL: ['mysql://x', 'localhost/stagedoor'],
  REDIS_URL: ['http://x', 'localhost:6379'],
  REDIS_CLUSTER_URLS: ['http://x', 'redis://a:1,', 'redis://a:1,b:2'],
  SESSION_KEY: ['secret', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}+`],
  SIGN_UP: ['Open', 'yes'],
  LOG_LEVEL: ['verbose'],
  SOCKETS_PER_ADDRESS: ['0', 'many'],
  MESSAGES_PER_SECOND: ['0.5'],
}
const cases = Object.entries(wrong).flatMap(([name, values]) => values.map((value) => [name, value] as const))

test.each(cases)('O1 %s=%s is one fault with the name and an example that works', (name, value) => {
  const parsed = parse({ [name]: value })
  expect(parsed).toMatchObject({ ok: false, faults: [expect.stringContaining(`Example: ${name}=`)] })
  const example = VARIABLES[name as keyof typeof VARIABLES].example
  if (!example.includes('$(')) expect(parse({ [name]: example }).ok).toBe(true)
})

test('O1 all faults are reported at once, in words', () => {
  expect(parse({ PORT: 'eighty', SIGN_UP: 'maybe', TRUST_PROXY: 'yes' })).toEqual({
    ok: false,
    faults: [
      'PORT must be a whole number from 1 to 65535, not "eighty". Example: PORT=8080',
      'TRUST_PROXY must be a whole number from 0 to 10, not "yes". Example: TRUST_PROXY=0',
      'SIGN_UP must be one of open, invite, closed, not "maybe". Example: SIGN_UP=open',
    ],
  })
})

test('the servers of a cluster are a list, and nodes meet on one Redis or on a cluster', () => {
  const REDIS_CLUSTER_URLS = 'redis://a:1, rediss://:pass@b:2'
  expect(configOf({ REDIS_CLUSTER_URLS }).redisClusterUrls).toEqual(['redis://a:1', 'rediss://:pass@b:2'])
  const both = parse({ REDIS_CLUSTER_URLS, REDIS_URL: 'redis://c' })
  expect(both).toMatchObject({ ok: false, faults: [expect.stringContaining('both set')] })
  const shared = { SHARE_PORT: 'yes', DATABASE_URL: 'postgres://x', REDIS_CLUSTER_URLS }
  expect(configOf(shared).sharePort).toBe(true)
})

test('O5 a fault never repeats a secret', () => {
  const parsed = parse({
    SESSION_KEY: 'hunter2',
    DATABASE_URL: 'my://user:hunter2@x',
    REDIS_URL: 'hunter2',
    REDIS_CLUSTER_URLS: 'redis://a,hunter2',
  })
  expect(parsed).toMatchObject({ ok: false, faults: { length: 4 } })
  expect(JSON.stringify(parsed)).not.toContain('hunter2')
})

test('.env.example names every variable, with its default and a word about it', async () => {
  const lines = (await readFile(new URL('../.env.example', import.meta.url), 'utf8')).split('\n')
  const listed = lines.flatMap((line, at) => {
    const [, name, value] = /^([A-Z0-9_]+)=(.*)$/.exec(line) ?? []
    return name === undefined ? [] : [{ name, value, explained: lines[at - 1]?.startsWith('#') }]
  })
  const expected = Object.entries(VARIABLES).map(([name, { fallback }]) => ({
    name,
    value: fallback,
    explained: true,
  }))
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name)
  expect(listed.sort(byName)).toEqual(expected.sort(byName))
})

test('O1 one port for several processes needs what they share', () => {
  const refused = parse({ SHARE_PORT: 'yes', REDIS_URL: 'redis://localhost' })
  expect(refused.ok ? [] : refused.faults.join()).toContain('DATABASE_URL')
})

test('O7 several processes without what they share are one fault in words', () => {
  expect(parse({ WEB_CONCURRENCY: '2', SHARE_PORT: 'yes', DATABASE_URL: 'postgres://localhost/s' })).toEqual({
    ok: false,
    faults: [
      'WEB_CONCURRENCY=2 needs DATABASE_URL and REDIS_URL or REDIS_CLUSTER_URLS: processes on one port must share their data.',
    ],
  })
  expect(parse({ WEB_CONCURRENCY: '1' }).ok).toBe(true)
  const shared = { DATABASE_URL: 'postgres://localhost/s', REDIS_URL: 'redis://localhost' }
  expect(configOf({ WEB_CONCURRENCY: '4', ...shared }).processes).toBe(4)
})
