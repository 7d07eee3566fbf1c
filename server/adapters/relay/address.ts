// Under which address the other nodes reach this machine, when nobody said.
import { networkInterfaces } from 'node:os'

const LOOPBACK = '127.0.0.1'

/** The address that the database sees this node come from, when it is one of this machine's: whoever shares the
 * database can reach that network too. Else the first that others can reach at all (IPv4 before IPv6), else the
 * loopback, which serves the processes of this machine. */
export function ownAddress(seenByDatabase: string | null, interfaces = networkInterfaces()): string {
  const outside = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
  if (outside.some(({ address }) => address === seenByDatabase)) return seenByDatabase ?? LOOPBACK
  const [first] = [...outside].sort((a, b) => a.family.localeCompare(b.family))
  return first?.address ?? LOOPBACK
}

/** Where to listen for `host`, undefined for everywhere: on it alone when it was found here or is the loopback; a name that somebody gave may be
 * one of another machine's, which passes on to this one. */
export const listenHost = (given: string | null, host: string): string | undefined =>
  given === null || isLoopback(given) ? host : undefined

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')
