// One spelling per mailbox, as far as people can tell mailboxes apart.
import { deny, ok, type Result } from '../../shared/protocol/errors.ts'

const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}]/u

export function mailbox(raw: string): Result<string> {
  const email = raw.normalize('NFC').toLowerCase()
  return FORBIDDEN.test(email) ? deny('bad_request', { field: 'email' }) : ok(email)
}
