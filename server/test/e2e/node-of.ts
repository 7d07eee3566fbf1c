// Which process of one port holds a connection: the kernel spreads them, and nothing on the wire says how.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The pid among `pids` that has the connection from `peerPort` to `port`; undefined when none does (now). */
export function nodeOf(port: number, peerPort: number, pids: readonly number[]): number | undefined {
  const hex = (number: number) => number.toString(16).toUpperCase().padStart(4, '0')
  const line = ['tcp', 'tcp6']
    .flatMap((table) => readFileSync(`/proc/net/${table}`, 'latin1').split('\n'))
    .map((row) => row.trim().split(/\s+/))
    .find(([, local, peer]) => local?.endsWith(`:${hex(port)}`) && peer?.endsWith(`:${hex(peerPort)}`))
  const inode = line?.[9]
  return pids.find((pid) => filesOf(pid).includes(`socket:[${inode}]`))
}

function filesOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).map((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`)
    } catch {
      return '' // closed since it was listed
    }
  })
}
