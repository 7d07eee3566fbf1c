// Request bodies: JSON by the schemas of shared/api, and nothing that they do not name.
import * as v from 'valibot'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import type { HttpContext } from './context.ts'

/** Runs `use` with the parsed body. No body reads as `{}`. */
export async function withBody<S extends v.GenericSchema, T>(
  c: HttpContext,
  schema: S,
  use: (body: v.InferOutput<S>) => Promise<Result<T>>,
): Promise<Result<T>> {
  const body = parse(schema, await c.req.text())
  return body.ok ? use(body.value) : body
}

function parse<S extends v.GenericSchema>(schema: S, text: string): Result<v.InferOutput<S>> {
  let value: unknown
  try {
    value = text === '' ? {} : JSON.parse(text)
  } catch {
    return deny('bad_request', { field: 'body' })
  }
  const parsed = v.safeParse(schema, value, { abortEarly: true })
  if (parsed.success) return ok(parsed.output)
  return deny('bad_request', { field: (v.getDotPath(parsed.issues[0]) ?? 'body').slice(0, 64) })
}
