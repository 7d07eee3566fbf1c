// The port where other nodes fetch what is published here, and the word to them of where it is. A node whose port
// cannot be had goes on without: it shows what others have, and says that they do not see what it has.
import type { Pool } from 'pg'
import { call } from './adapters/pg/unit.ts'
import { listenHost, ownAddress } from './adapters/relay/address.ts'
import { listenTcp, type Listening } from './adapters/relay/tcp.ts'
import type { Clock, Log } from './app/ports.ts'
import type { NodeAddress, Nodes } from './app/relay-ports.ts'
import type { Config } from './config.ts'
import type { LocalVideo } from './video/live.ts'

/** Forgotten after a minute, looked past after 20 s. */
const BEAT_MS = 5_000

/** Resolves to how to end it. */
export async function openRelay(deps: {
  config: Pick<Config, 'relayHost' | 'relayPort'>
  node: string
  nodes: Nodes
  pool: Pool
  clock: Clock
  log: Log
  relay: NonNullable<LocalVideo['relay']>
}): Promise<() => Promise<void>> {
  const { config, node, nodes, clock, log, relay } = deps
  const host = config.relayHost ?? ownAddress(await seenByDatabase(deps.pool))
  const listening = await listen(listenHost(config.relayHost, host))
  if (!listening) return () => Promise.resolve()
  const address: NodeAddress = { node, host, port: listening.port }
  relay.announce(address)
  log.info('relay listens', address)

  async function listen(at: string | undefined): Promise<Listening | null> {
    try {
      return await listenTcp({ host: at, port: config.relayPort }, (pipe) => relay.accept(pipe))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.warn('relay off: other nodes cannot show what is published here', { reason })
      return null
    }
  }

  let away = false
  async function beat(): Promise<void> {
    try {
      await nodes.beat(address)
      away = false
    } catch (error) {
      // One line per outage.
      if (!away) log.fault('relay beat', error)
      away = true
    }
  }
  let cancelBeat = (): void => undefined
  function next(): void {
    cancelBeat = clock.after(BEAT_MS, () => {
      next()
      beat().catch((error: unknown) => log.fault('relay beat', error))
    })
  }
  await beat()
  next()

  return async () => {
    cancelBeat()
    listening.close()
    await nodes.leave(node).catch((error: unknown) => log.fault('relay leave', error))
  }
}

/** The address that our connections to the database come from; null over its own socket. */
async function seenByDatabase(pool: Pool): Promise<string | null> {
  const [row] = await call<{ address: string | null }>(
    pool,
    'own_address',
    'select host(inet_client_addr()) as address',
  )
  return row?.address ?? null
}
