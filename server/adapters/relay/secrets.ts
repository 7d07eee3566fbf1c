// What nodes prove to each other and how what they send is sealed: HMAC-SHA256 and AES-256-GCM under keys made of
// the session key, which every node of a database has and nobody else.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'
import type { RelaySecrets, Sealer } from '../../app/relay-ports.ts'

const NONCE_BYTES = 32
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'

export function createRelaySecrets(key: KeyObject): RelaySecrets {
  // Blanks keep the text apart from anything that is ever signed as a token.
  const own = createSecretKey(createHmac('sha256', key).update('the key between nodes').digest())
  const mac = (label: string, words: string) => createHmac('sha256', own).update(`${label}\n${words}`)
  return {
    nonce: () => randomBytes(NONCE_BYTES).toString('base64url'),
    proof: (label, words) => mac(label, words).digest('base64url'),
    proves(proof, label, words) {
      const given = Buffer.from(typeof proof === 'string' ? proof : '', 'base64url')
      const wanted = mac(label, words).digest()
      return given.byteLength === wanted.byteLength && timingSafeEqual(given, wanted)
    },
    sealer: (label, words) => createSealer(createSecretKey(mac(label, words).digest())),
  }
}

/** The key is of one direction of one connection, so a counter is a nonce, and a frame that is repeated, left out or
 * out of order does not open. */
function createSealer(key: KeyObject): Sealer {
  let sealed = 0
  let opened = 0
  const nonce = (count: number) => {
    const bytes = Buffer.alloc(12)
    bytes.writeUIntBE(count, 6, 6)
    return bytes
  }
  return {
    seal(pieces) {
      const cipher = createCipheriv(CIPHER, key, nonce(sealed++))
      const hidden = pieces.map((piece) => cipher.update(piece))
      return [...hidden, cipher.final(), cipher.getAuthTag()]
    },
    open(bytes) {
      if (bytes.byteLength < TAG_BYTES) return null
      const split = bytes.byteLength - TAG_BYTES
      const decipher = createDecipheriv(CIPHER, key, nonce(opened++))
      decipher.setAuthTag(bytes.subarray(split))
      const plain = decipher.update(bytes.subarray(0, split))
      try {
        decipher.final()
      } catch {
        return null
      }
      return plain
    },
  }
}
