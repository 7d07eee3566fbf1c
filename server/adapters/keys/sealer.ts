// Secrets of others that must be read again: sealed by AES-256-GCM under a key that follows from the server's.
import { createCipheriv, createDecipheriv, createHmac, randomBytes, type KeyObject } from 'node:crypto'
import type { Sealer } from '../../app/simulcast-ports.ts'

const CIPHER = 'aes-256-gcm'
const NONCE = 12
const TAG = 16

/** `purpose`: sealers of different purposes cannot open each other's. */
export function createSealer(key: KeyObject, purpose: string): Sealer {
  const own = createHmac('sha256', key).update(`a seal for ${purpose}`).digest()
  return {
    seal(secret, about) {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv(CIPHER, own, nonce).setAAD(Buffer.from(about))
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.byteLength < NONCE + TAG) return null
      const decipher = createDecipheriv(CIPHER, own, bytes.subarray(0, NONCE), { authTagLength: TAG })
        .setAAD(Buffer.from(about))
        .setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString(
          'utf8',
        )
      } catch {
        return null // the one thing `final` throws for: it is not what was sealed
      }
    },
  }
}
