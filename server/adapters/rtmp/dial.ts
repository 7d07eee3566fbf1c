// Calls another server over TCP or TLS.
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Dial } from '../../app/video-ports.ts'
import { attach } from './line.ts'

/** What went wrong, without addresses or certificates in it. */
const SAYS: Record<string, string> = {
  ECONNREFUSED: 'Nobody answers at this address.',
  ENOTFOUND: 'There is no such address.',
  EAI_AGAIN: 'The address cannot be looked up right now.',
  ETIMEDOUT: 'It did not answer in time.',
  EHOSTUNREACH: 'The address cannot be reached from here.',
  ENETUNREACH: 'The address cannot be reached from here.',
  ECONNRESET: 'The connection broke.',
  CERT_HAS_EXPIRED: 'Its certificate has expired.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is not to be trusted.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its certificate is not to be trusted.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Its certificate is not to be trusted.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another address.',
}

/** `ca`: whom to trust besides; for servers with a certificate of their own. */
export function createDial(options: { ca?: string } = {}): Dial {
  return ({ host, port, secure }, { opened, failed }) => {
    let over = false
    const socket: Socket = secure
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...options })
      : connectTcp({ host, port })
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      if (over) return
      over = true
      attach(socket, host, opened)
    })
    // Also while it is a line: an error without a listener would end the process.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (over) return
      over = true
      failed(SAYS[error.code ?? ''] ?? 'The connection failed.')
    })
    return () => {
      if (over) return
      over = true
      socket.destroy()
    }
  }
}
