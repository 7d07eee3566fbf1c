// What the library has and its typings lack.
import * as uws from 'uWebSockets.js'
import type { TemplatedApp, us_listen_socket } from 'uWebSockets.js'

const { LIBUS_LISTEN_EXCLUSIVE_PORT, DISABLED } = uws as unknown as Record<
  'LIBUS_LISTEN_EXCLUSIVE_PORT' | 'DISABLED',
  number
>
/** A compressed frame can unfold to a thousand times its size. */
export const NO_COMPRESSION = DISABLED

type Listen = (
  host: string,
  port: number,
  options: number,
  listening: (socket: us_listen_socket | false) => void,
) => unknown

export type ListenSocket = us_listen_socket

/** Null when the port is taken. Without `shared` the kernel refuses a second process on the port; with it
 * several share it, and each of them must have said so. */
export function listenOn(
  app: TemplatedApp,
  host: string,
  port: number,
  shared: boolean,
): Promise<{ socket: ListenSocket; port: number } | null> {
  const listen = app.listen.bind(app) as unknown as Listen
  return new Promise((resolve) => {
    listen(host, port, shared ? 0 : LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) =>
      resolve((socket && { socket, port: uws.us_socket_local_port(socket) }) || null),
    )
  })
}
