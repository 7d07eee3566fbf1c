// Passwords by argon2id, with the parameters OWASP asks for.
import { hash, verify } from '@node-rs/argon2'
import type { Passwords } from '../../app/ports.ts'

/** 19 MiB, two passes, one lane; argon2id is the library's own default algorithm. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** `unguessable` is hashed once, to have something to verify against when there is no account. */
export async function createPasswords(unguessable: string): Promise<Passwords> {
  const decoy = await hash(unguessable, OPTIONS)
  return {
    hash: (password) => hash(normal(password), OPTIONS),
    async verify(stored, password) {
      const right = await verify(stored ?? decoy, normal(password))
      return stored !== null && right
    },
  }
}

/** The same password typed on another keyboard may be composed differently. */
const normal = (password: string) => password.normalize('NFKC')
