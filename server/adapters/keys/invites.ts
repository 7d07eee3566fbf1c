// The secrets of invite links: nobody without the server's key can make one, and one tells nothing of the next.
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import type { InviteSecrets } from '../../app/gate-ports.ts'

export function createInviteSecrets(key: KeyObject): InviteSecrets {
  // A line feed keeps the text apart from tokens, which have none.
  const made = (stream: string, rev: number) =>
    createHmac('sha256', key).update(`invite\n${stream}\n${rev}`).digest()
  return {
    of: (stream, rev) => made(stream, rev).toString('base64url'),
    is(stream, rev, given) {
      const right = made(stream, rev)
      const bytes = Buffer.from(given, 'base64url')
      return bytes.byteLength === right.byteLength && timingSafeEqual(bytes, right)
    },
  }
}
