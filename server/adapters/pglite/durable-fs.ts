// PGlite on a folder, with commits that reach the disk. As it comes, PGlite runs with fsync off and its Node file
// system has no fsync to call: a commit survives the process but not the machine.
import { fdatasyncSync } from 'node:fs'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

type StreamOps = { fsync?: (stream: { nfd: number }) => number }
type Emscripten = { FS: { filesystems: { NODEFS: { stream_ops: StreamOps } } } }

class DurableFs extends NodeFS {
  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const made = await super.init(...args)
    const preRun = made.emscriptenOpts.preRun as ((module: Emscripten) => void)[]
    preRun.push((module) => {
      module.FS.filesystems.NODEFS.stream_ops.fsync = ({ nfd }) => {
        fdatasyncSync(nfd)
        return 0
      }
    })
    return made
  }
}

/** `fsync` is the one method that ends in the hook above; `fdatasync`, the default, is a no-op in this build. */
export const durable = (folder: string): PGliteOptions => ({
  fs: new DurableFs(folder),
  startParams: [
    ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
    '-c',
    'wal_sync_method=fsync',
  ],
})
