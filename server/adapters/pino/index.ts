// Structured logs. What must not be logged is taken out here, once, whoever logs it: fields by their name,
// tokens by their look, and everything of an error but its name, message, code, place and cause (a database
// error also carries the row it refused).
import { randomUUID } from 'node:crypto'
import { pino, type DestinationStream } from 'pino'
import type { Log } from '../../app/ports.ts'
import { openStdout } from './stdout.ts'

const SECRET_NAME = /pass|token|secret|cookie|authorization|grant|invite|link|key$|hash$/i
const BODY_NAME = /^(text|body|message|quote|frame|payload|email|entry|entries)$/
/** JSON web tokens, one-time tokens in addresses, credentials in connection strings. */
const SECRET_LOOK: [RegExp, string][] = [
  [/\beyJ[\w-]+\.[\w-]*\.[\w-]*/g, '[token]'],
  [/#[\w-]{16,}/g, '#[token]'],
  [/(\w+:\/\/)[^\s/@]+@/g, '$1[credentials]@'],
]
const MAX_DEPTH = 4

/** To standard output. `flushed` before the process ends. */
export function openLog(level: string): Log & { flushed(): Promise<void> } {
  const stdout = openStdout((lines) => log.warn('log.dropped', { lines }))
  const log = createLog({ level, destination: stdout })
  return { ...log, flushed: stdout.flushed }
}

export function createLog(options: { level: string; destination: DestinationStream }): Log {
  const root = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  const lines = pino(root, options.destination)
  return {
    info: (event, fields = {}) => lines.info(clean(fields, 0), event),
    warn: (event, fields = {}) => lines.warn(clean(fields, 0), event),
    fault(where, error) {
      const fault = randomUUID()
      lines.error({ fault, where, error: errorFields(error, 0) }, 'fault')
      return fault
    },
  }
}

function clean(fields: Record<string, unknown>, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      SECRET_NAME.test(name) || BODY_NAME.test(name) ? '[redacted]' : cleanValue(value, depth),
    ]),
  )
}

function cleanValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (value instanceof Error) return errorFields(value, depth)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH || ArrayBuffer.isView(value)) return '[object]'
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, depth + 1))
  return clean(value as Record<string, unknown>, depth + 1)
}

function cleanText(text: string): string {
  return SECRET_LOOK.reduce((cleaned, [look, instead]) => cleaned.replaceAll(look, instead), text)
}

function errorFields(error: unknown, depth: number): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error }
  const { name, message, stack = '', cause } = error
  const code = 'code' in error ? error.code : undefined
  const place = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return {
    name,
    message: cleanText(message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    place: place.slice(0, 8).map((line) => line.trim()),
    ...(cause === undefined || depth >= MAX_DEPTH ? {} : { cause: errorFields(cause, depth + 1) }),
  }
}
