// What a database may keep of a one-time token. Tokens are random, so one plain round is enough.
import { hash } from 'node:crypto'

export const digest = (token: string): string => hash('sha256', token, 'hex')
