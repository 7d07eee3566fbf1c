// The environment, read once: a Config, or everything that is wrong with it at once, in words.
import { createPrivateKey } from 'node:crypto'
import type { SignUpPolicy } from '../shared/api/identity.ts'

type Env = Readonly<Record<string, string | undefined>>
/** `read` gives undefined for what it cannot take. A secret is never repeated in a fault. */
type Variable<T> = {
  fallback: string
  wanted: string
  example: string
  secret?: true
  read: (text: string) => T | undefined
}

const integer = (fallback: number, min: number, max: number): Variable<number> => ({
  fallback: String(fallback),
  wanted: `a whole number from ${min} to ${max}`,
  example: String(fallback),
  read: (text) =>
    /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined,
})

function oneOf<const T extends string>(choices: readonly T[], fallback: T): Variable<T> {
  const wanted = `one of ${choices.join(', ')}`
  return { fallback, wanted, example: fallback, read: (text) => choices.find((choice) => choice === text) }
}

const text = (fallback: string, wanted: string, shape: RegExp): Variable<string> => ({
  fallback,
  wanted,
  example: fallback,
  read: (given) => (shape.test(given) ? given : undefined),
})

/** Null when it is not set. */
const optional = (wanted: string, example: string, shape: RegExp): Variable<string | null> => ({
  fallback: '',
  wanted,
  example,
  read: (given) => (given === '' ? null : shape.test(given) ? given : undefined),
})

/** Null when it is not set. */
const address = (protocols: readonly string[], example: string): Variable<string | null> => ({
  fallback: '',
  wanted: `an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  example,
  secret: true,
  read(given) {
    if (given === '') return null
    return URL.canParse(given) && protocols.includes(new URL(given).protocol) ? given : undefined
  },
})

/** As browsers spell it in `Origin`; undefined for anything with a path, a user or a query. */
function originOf(given: string): string | undefined {
  if (!URL.canParse(given)) return undefined
  const url = new URL(given)
  const bare = url.href === `${url.origin}/` && !given.includes('?') && !given.includes('#')
  return bare && /^https?:$/.test(url.protocol) ? url.origin : undefined
}

/** Null when it is not set. */
const file = (example: string): Variable<string | null> => ({
  fallback: '',
  wanted: 'the name of a file',
  example,
  read: (given) => (given === '' ? null : given.includes('\0') ? undefined : given),
})

/** Each as `address` takes it; none when it is not set. */
const addresses = (protocols: readonly string[], example: string): Variable<string[]> => {
  const one = address(protocols, example)
  return {
    ...one,
    wanted: `addresses that begin with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}, separated by commas`,
    read(given) {
      const list = given === '' ? [] : given.split(',').map((item) => one.read(item.trim()) ?? undefined)
      return list.every((item) => item !== undefined) ? list : undefined
    },
  }
}

const origin: Variable<string | null> = {
  fallback: '',
  wanted: 'an http or https address without a path',
  example: 'https://stage.example',
  read: (given) => (given === '' ? null : originOf(given)),
}

const origins: Variable<string[]> = {
  fallback: '',
  wanted: 'http or https addresses without a path, separated by commas',
  example: 'https://www.stage.example,https://tv.example',
  read(given) {
    const list = given === '' ? [] : given.split(',').map((item) => originOf(item.trim()))
    return list.every((item) => item !== undefined) ? list : undefined
  },
}

const key: Variable<string | null> = {
  fallback: '',
  wanted: '32 random bytes in base64url, 43 characters',
  example: '"$(openssl rand -base64 32 | tr +/ -_ | tr -d =)"',
  secret: true,
  read: (given) => (given === '' ? null : /^[\w-]{43}$/.test(given) ? given : undefined),
}

/** Null when it is not set. */
const secret = (wanted: string, shape: RegExp, example: string): Variable<string | null> => ({
  fallback: '',
  wanted,
  example,
  secret: true,
  read: (given) => (given === '' ? null : shape.test(given) ? given : undefined),
})

/** As Mux hands it out: base64 of a PEM; the PEM itself is taken too. Kept as a PEM. */
const privateKey: Variable<string | null> = {
  fallback: '',
  wanted: 'the RSA private key of a signing key, as a PEM or as base64 of one',
  example: 'LS0tLS1CRUdJTiBSU0Eg...',
  secret: true,
  read(given) {
    if (given === '') return null
    const pem = given.startsWith('-----BEGIN') ? given : Buffer.from(given, 'base64').toString()
    try {
      return createPrivateKey(pem).asymmetricKeyType === 'rsa' ? pem : undefined
    } catch {
      return undefined
    }
  },
}

const MANY = 1_000_000

/** Every variable there is; `.env.example` says the same in words. */
export const VARIABLES = {
  PORT: integer(8080, 1, 65_535),
  HOST: text('0.0.0.0', 'an IP address or a host name', /^[\w.:-]+$/),
  PUBLIC_URL: origin,
  ALLOWED_ORIGINS: origins,
  TRUST_PROXY: integer(0, 0, 10),
  WEB_CONCURRENCY: integer(1, 1, 64),
  SHARE_PORT: oneOf(['yes', 'no'], 'no'),
  RTMP_PORT: integer(1_935, 0, 65_535),
  RTMP_TLS_CERT: file('/etc/ssl/stage.pem'),
  RTMP_TLS_KEY: file('/etc/ssl/stage.key'),
  SIMULCAST_PRIVATE: oneOf(['yes', 'no'], 'no'),
  LADDER: oneOf(['off', 'ffmpeg'], 'off'),
  LADDER_STREAMS: integer(0, 0, 1_000),
  DATA_DIR: text('./data', 'a folder', /^[^\0]+$/),
  DATABASE_URL: address(['postgres:', 'postgresql:'], 'postgres://stagedoor:secret@localhost/stagedoor'),
  DATABASE_CONNECTIONS: integer(8, 1, 100),
  REDIS_URL: address(['redis:', 'rediss:'], 'redis://localhost:6379'),
  REDIS_CLUSTER_URLS: addresses(['redis:', 'rediss:'], 'redis://one:6379,redis://two:6379'),
  SESSION_KEY: key,
  SIGN_UP: oneOf<SignUpPolicy>(['open', 'invite', 'closed'], 'open'),
  LOG_LEVEL: oneOf(['info', 'warn', 'error', 'silent'], 'info'),
  SOCKETS_PER_ADDRESS: integer(50, 1, MANY),
  CHAT_SOCKETS_PER_PERSON: integer(8, 1, MANY),
  CHAT_COMMANDS_PER_SECOND: integer(10, 1, MANY),
  MESSAGES_PER_SECOND: integer(1, 1, MANY),
  GUESTS_PER_MINUTE: integer(30, 1, MANY),
  PASSES_PER_MINUTE: integer(120, 1, MANY),
  SIGN_INS_PER_MINUTE: integer(10, 1, MANY),
  INGEST_KBPS: integer(12_000, 100, MANY),
  RECORDING: oneOf(['on', 'off'], 'on'),
  RECORDING_RESERVE_MB: integer(1_024, 0, MANY),
  RECORDING_DAYS: integer(0, 0, 36_500),
  S3_BUCKET: text('', 'the name of a bucket', /^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$/),
  S3_ENDPOINT: address(['https:', 'http:'], 'https://s3.example.com'),
  S3_REGION: text('us-east-1', 'the name of a region', /^[a-z0-9-]+$/),
  S3_ACCESS_KEY_ID: secret('printable characters without spaces', /^[\x21-\x7e]+$/, 'AKIAEXAMPLE'),
  S3_SECRET_ACCESS_KEY: secret('printable characters without spaces', /^[\x21-\x7e]+$/, 'secret'),
  S3_PATH_STYLE: oneOf(['yes', 'no'], 'no'),
  RELAY_PORT: integer(0, 0, 65_535),
  RELAY_HOST: optional('an IP address or a host name', '10.0.0.5', /^[\w.:-]{1,255}$/),
  MUX_TOKEN_ID: secret('the id of an access token', /^[\w-]{8,}$/, '44c819de-4add-4c9f-b2e9-384a0a71bede'),
  MUX_TOKEN_SECRET: secret('the secret of that access token', /^\S{8,}$/, 'INKxoZ+bX6l42PrR1pjKV2bhq...'),
  MUX_WEBHOOK_SECRET: secret('the signing secret of a webhook', /^\S{8,}$/, 'ibj9lg0c1jm8ikoad15kvl0e...'),
  MUX_SIGNING_KEY: secret('the id of a signing key', /^[\w-]{8,}$/, 'oB5wPuHJ8bVhVyQKtUVxcsZv...'),
  MUX_PRIVATE_KEY: privateKey,
  MUX_BASE_URL: address(['http:', 'https:'], 'https://api.mux.com'),
  MUX_INGEST_URL: address(['rtmp:', 'rtmps:'], 'rtmps://global-live.mux.com:443/app'),
  MUX_LATENCY: oneOf(['low', 'reduced', 'standard'], 'low'),
  MUX_RECONNECT_SECONDS: integer(60, 0, 1_800),
} satisfies Record<string, Variable<unknown>>

const MUX_NEEDS = [
  'MUX_TOKEN_ID',
  'MUX_TOKEN_SECRET',
  'MUX_WEBHOOK_SECRET',
  'MUX_SIGNING_KEY',
  'MUX_PRIVATE_KEY',
] as const satisfies (keyof typeof VARIABLES)[]

type Values = { [K in keyof typeof VARIABLES]: Exclude<ReturnType<(typeof VARIABLES)[K]['read']>, undefined> }
export type Config = ReturnType<typeof configOf>

export function parse(env: Env): { ok: true; config: Config } | { ok: false; faults: string[] } {
  const faults: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, variable] of Object.entries<Variable<unknown>>(VARIABLES)) {
    const given = env[name]?.trim() ?? ''
    const value = variable.read(given === '' ? variable.fallback : given)
    if (value === undefined) faults.push(faultOf(name, variable, given))
    values[name] = value
  }
  const cluster = Array.isArray(values['REDIS_CLUSTER_URLS']) && values['REDIS_CLUSTER_URLS'].length > 0
  if (values['REDIS_URL'] && cluster)
    faults.push('REDIS_URL and REDIS_CLUSTER_URLS are both set: unset the one that nodes do not meet on.')
  if ((values['RTMP_TLS_CERT'] === null) !== (values['RTMP_TLS_KEY'] === null))
    faults.push('RTMP_TLS_CERT and RTMP_TLS_KEY belong together: set both, or none.')
  const missing = MUX_NEEDS.filter((name) => values[name] === null)
  if (missing.length > 0 && missing.length < MUX_NEEDS.length)
    faults.push(`Mux needs ${missing.join(', ')} as well: set all of ${MUX_NEEDS.join(', ')}, or none.`)
  const several = Number(values['WEB_CONCURRENCY'])
  const together =
    several > 1 ? `WEB_CONCURRENCY=${several}` : values['SHARE_PORT'] === 'yes' && 'SHARE_PORT=yes'
  if (together && !(values['DATABASE_URL'] && (values['REDIS_URL'] || cluster)))
    faults.push(
      `${together} needs DATABASE_URL and REDIS_URL or REDIS_CLUSTER_URLS: processes on one port must share their data.`,
    )
  if (values['S3_BUCKET'] && !(values['S3_ACCESS_KEY_ID'] && values['S3_SECRET_ACCESS_KEY']))
    faults.push('S3_BUCKET needs S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.')
  return faults.length > 0 ? { ok: false, faults } : { ok: true, config: configOf(values as Values) }
}

function faultOf(name: string, { wanted, example, secret }: Variable<unknown>, given: string): string {
  const not = secret ? '' : `, not ${JSON.stringify(given.slice(0, 100))}`
  return `${name} must be ${wanted}${not}. Example: ${name}=${example}`
}

function configOf(values: Values) {
  const { PORT, PUBLIC_URL, RTMP_TLS_CERT: cert, RTMP_TLS_KEY: pemKey } = values
  const publicUrl = PUBLIC_URL ?? `http://localhost:${PORT}`
  // Unset, it is somebody's own machine, and the address bar may name it in numbers.
  const own = PUBLIC_URL === null ? [`http://127.0.0.1:${PORT}`, `http://[::1]:${PORT}`] : []
  return {
    port: PORT,
    host: values.HOST,
    publicUrl,
    /** Where browsers may come from; the public address is among them. */
    allowedOrigins: [...new Set([publicUrl, ...own, ...values.ALLOWED_ORIGINS])],
    /** No public address, and open to the network. */
    isTrial: PUBLIC_URL === null && ['0.0.0.0', '::'].includes(values.HOST),
    trustedHops: values.TRUST_PROXY,
    /** How many of these share the port, under one supervisor. */
    processes: values.WEB_CONCURRENCY,
    sharePort: values.SHARE_PORT === 'yes',
    /** Port 0: off. `tls`: PEM files. */
    rtmp: {
      port: values.RTMP_PORT,
      tls: cert !== null && pemKey !== null ? { cert, key: pemKey } : null,
    },
    simulcastPrivate: values.SIMULCAST_PRIVATE === 'yes',
    /** Small pictures made here. `streams`: of how many shows at once; 0: as many as this machine can take. */
    ladder: { on: values.LADDER === 'ffmpeg', streams: values.LADDER_STREAMS },
    dataDir: values.DATA_DIR,
    databaseUrl: values.DATABASE_URL,
    databaseConnections: values.DATABASE_CONNECTIONS,
    redisUrl: values.REDIS_URL,
    /** Some servers of a Redis Cluster, with which to find the others; empty without one. */
    redisClusterUrls: values.REDIS_CLUSTER_URLS,
    sessionKey: values.SESSION_KEY,
    signUp: values.SIGN_UP,
    logLevel: values.LOG_LEVEL,
    recording: {
      on: values.RECORDING === 'on',
      /** Bytes that must stay free on the disk. */
      reserve: values.RECORDING_RESERVE_MB * 1_048_576,
      /** 0: for ever. */
      days: values.RECORDING_DAYS,
      s3: s3Of(values),
    },
    /** Where other nodes fetch what is published here. Port 0: any that is free. */
    relayHost: values.RELAY_HOST,
    relayPort: values.RELAY_PORT,
    mux: muxOf(values),
    limits: {
      socketsPerAddress: values.SOCKETS_PER_ADDRESS,
      chatSocketsPerPerson: values.CHAT_SOCKETS_PER_PERSON,
      commandsPerSecond: values.CHAT_COMMANDS_PER_SECOND,
      messagesPerSecond: values.MESSAGES_PER_SECOND,
      guestsPerMinute: values.GUESTS_PER_MINUTE,
      passesPerMinute: values.PASSES_PER_MINUTE,
      signInsPerMinute: values.SIGN_INS_PER_MINUTE,
      ingestKbps: values.INGEST_KBPS,
    },
  }
}

/** Null: recordings lie on the disk. */
function s3Of(values: Values) {
  const { S3_BUCKET: bucket, S3_ENDPOINT: endpoint, S3_REGION: region } = values
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = values
  if (bucket === '' || accessKeyId === null || secretAccessKey === null) return null
  return { bucket, endpoint, region, accessKeyId, secretAccessKey, pathStyle: values.S3_PATH_STYLE === 'yes' }
}

/** Null: this server carries all video itself. */
function muxOf(values: Values) {
  const { MUX_TOKEN_ID: tokenId, MUX_TOKEN_SECRET: tokenSecret, MUX_WEBHOOK_SECRET: webhookSecret } = values
  const { MUX_SIGNING_KEY: signingKey, MUX_PRIVATE_KEY: privateKey } = values
  if (
    tokenId === null ||
    tokenSecret === null ||
    webhookSecret === null ||
    signingKey === null ||
    privateKey === null
  )
    return null
  return {
    ...{ tokenId, tokenSecret, webhookSecret, signingKey, privateKey },
    /** Null: Mux itself. */
    baseUrl: values.MUX_BASE_URL,
    /** Null: the nearest one. */
    ingestUrl: values.MUX_INGEST_URL,
    latency: values.MUX_LATENCY,
    reconnectSeconds: values.MUX_RECONNECT_SECONDS,
  }
}
