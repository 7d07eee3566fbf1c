// What every route knows: the caller's network and, under /api, who calls.
import type { Context } from 'hono'
import { deny, type Result } from '../../shared/protocol/index.ts'
import type { Who } from '../app/sessions.ts'

export type HttpEnv = { Bindings: { address: string }; Variables: { who: Who | null } }
export type HttpContext = Context<HttpEnv>

/** A result to give back when nobody is signed in, so that a route reads top to bottom. */
export async function asSomebody<T>(
  c: HttpContext,
  use: (who: Who) => Promise<Result<T>>,
): Promise<Result<T>> {
  const who = c.get('who')
  return who ? use(who) : deny('sign_in')
}
