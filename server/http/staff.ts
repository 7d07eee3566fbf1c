// What host and moderators see of people. Everybody else is answered as if there were no such stream.
import { Hono } from 'hono'
import * as v from 'valibot'
import { uuid } from '../../shared/ids.ts'
import type { StaffCases } from '../app/staff.ts'
import { answer } from './answers.ts'
import { asSomebody, type HttpEnv } from './context.ts'
import { SLUG } from './slug.ts'

export type StaffDeps = { staff: StaffCases }

export function staffRoutes({ staff }: StaffDeps) {
  return new Hono<HttpEnv>()
    .get(`/streams/${SLUG}/people/:id`, async (c) => {
      const { slug, id } = c.req.param()
      return answer(c, await asSomebody(c, (who) => staff.card(who, slug, v.is(uuid, id) ? id : null)))
    })
    .get(`/streams/${SLUG}/team`, async (c) =>
      answer(c, await asSomebody(c, (who) => staff.team(who, c.req.param('slug')))),
    )
}
