// Under which addresses other devices on the same network reach this machine.
import { networkInterfaces } from 'node:os'

/** Origins as browsers spell them; IPv4 only, which is what people type into a phone. */
export function networkOrigins(port: number): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => `http://${address}:${port}`)
}
