// What a database may keep of a one-time token. Tokens are random, so one plain round is enough.
import { createHash } from 'node:crypto'

export const digest = (token: string): string => createHash('sha256').update(token).digest('hex')
