// The chat of a stream as it is read over HTTP: history, search, replay.
import { Hono } from 'hono'
import { historyQuery, replayQuery, searchQuery } from '../../shared/api/chat.ts'
import type { Caller, ReadingCases } from '../app/reading.ts'
import { answer, refuse } from './answers.ts'
import { asSomebody, type HttpContext, type HttpEnv } from './context.ts'
import { queryOf } from './query.ts'
import { SLUG } from './slug.ts'

export type ChatDeps = { readingCases: ReadingCases }

const callerOf = (c: HttpContext): Caller => ({ who: c.get('who'), address: c.env.address })

export function chatRoutes({ readingCases: cases }: ChatDeps) {
  return new Hono<HttpEnv>()
    .get(`/streams/${SLUG}/messages`, async (c) => {
      const query = queryOf(c, historyQuery)
      if (!query.ok) return refuse(c, query.denial)
      return answer(c, await cases.history(callerOf(c), c.req.param('slug'), query.value))
    })
    .get(`/streams/${SLUG}/search`, async (c) =>
      answer(
        c,
        await asSomebody(c, async (who) => {
          const query = queryOf(c, searchQuery)
          return query.ok ? cases.search(who, c.req.param('slug'), query.value) : query
        }),
      ),
    )
    .get(`/streams/${SLUG}/replay`, async (c) => {
      const query = queryOf(c, replayQuery)
      if (!query.ok) return refuse(c, query.denial)
      return answer(c, await cases.replay(callerOf(c), c.req.param('slug'), query.value))
    })
}
