// A disk of a few hundred kilobytes, where this machine lets us mount one.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const mount = (folder: string, size: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status === 0
const unmount = (folder: string) => void execFileSync('umount', [folder])

/** Why there can be none here; null: there can. */
export const noSmallDisk: string | null = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'stagedoor-mount-'))
  const mounted = mount(folder, '64k')
  if (mounted) unmount(folder)
  rmdirSync(folder)
  return mounted ? null : 'nobody may mount a file system here'
})()

export function mountSmallDisk(folder: string, size: string): { unmount(): void } {
  mkdirSync(folder, { recursive: true })
  if (!mount(folder, size)) throw new Error(`cannot mount ${folder}`)
  return { unmount: () => unmount(folder) }
}
