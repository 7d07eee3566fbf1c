// Queries of addresses, by the schemas of shared/api: what does not fit is named, what nobody asked for is ignored.
import * as v from 'valibot'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import type { HttpContext } from './context.ts'

export function queryOf<S extends v.GenericSchema>(c: HttpContext, schema: S): Result<v.InferOutput<S>> {
  const parsed = v.safeParse(schema, c.req.query(), { abortEarly: true })
  if (parsed.success) return ok(parsed.output)
  const [first = 'query'] = (v.getDotPath(parsed.issues[0]) ?? 'query').split('.')
  return deny('bad_request', { field: first })
}
