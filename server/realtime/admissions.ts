// Who somebody is and what they may, by session and stream: looked up at every join and renewal, asked together.
import type { Admission, Clock, PassClaims, Rights } from '../app/ports.ts'
import { createSharedQuestion } from './shared-question.ts'

/** Rejects when the database is away. */
export type Admissions = (claims: Pick<PassClaims, 'session' | 'stream'>) => Promise<Admission>

type Deps = { rights: Pick<Rights, 'admissions'>; clock: Clock }

export const createAdmissions = ({ rights, clock }: Deps): Admissions =>
  createSharedQuestion((asked) => rights.admissions(asked, clock.now()))
