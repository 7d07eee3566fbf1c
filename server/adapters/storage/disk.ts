// Recordings as files under one folder. What has a name is whole: it is written under another one first.
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { Storage } from '../../app/video-ports.ts'
import { checkedFolder, checkedKey } from './keys.ts'

/** Files are asked for their size so many at a time. */
const AT_ONCE = 64

export function createDiskStorage(root: string): Storage {
  const pathOf = (key: string) => join(root, ...checkedKey(key).split('/'))

  /** Names that begin with a dot are not whole yet, or no longer. */
  async function filesIn(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(nothing([]))
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name))
  }

  return {
    async put(key, bytes) {
      const path = pathOf(key)
      const folder = dirname(path)
      const unfinished = join(folder, `.${randomUUID()}`)
      try {
        await writeFile(unfinished, bytes).catch(async (error: unknown) => {
          if (!isMissing(error)) throw error
          await mkdir(folder, { recursive: true })
          await writeFile(unfinished, bytes)
        })
        await rename(unfinished, path)
      } catch (error) {
        // On a full disk half a file would take the room that the next one needs.
        await rm(unfinished, { force: true }).catch(() => undefined)
        throw error
      }
    },

    async get(key, range) {
      const path = pathOf(key)
      if (!range) return readFile(path).catch(nothing(null))
      const file = await open(path).catch(nothing(null))
      if (!file) return null
      try {
        const bytes = new Uint8Array(Math.max(0, range.to - range.from))
        const { bytesRead } = await file.read(bytes, 0, bytes.byteLength, range.from)
        return bytes.subarray(0, bytesRead)
      } finally {
        await file.close()
      }
    },

    async list(folder) {
      const paths = await filesIn(join(root, ...checkedFolder(folder).split('/')))
      const found: { key: string; bytes: number }[] = []
      for (let i = 0; i < paths.length; i += AT_ONCE) {
        const sized = await Promise.all(
          paths.slice(i, i + AT_ONCE).map(async (path) => {
            const is = await stat(path).catch(nothing(null))
            return is ? [{ key: relative(root, path).split(sep).join('/'), bytes: is.size }] : []
          }),
        )
        found.push(...sized.flat())
      }
      return found
    },

    remove: (folder) =>
      rm(join(root, ...checkedFolder(folder).split('/')), { recursive: true, force: true, maxRetries: 3 }),

    async free() {
      await mkdir(root, { recursive: true })
      const { bavail, bsize } = await statfs(root)
      return bavail * bsize
    },

    presign: () => Promise.resolve(null),
  }
}

const isMissing = (error: unknown) => (error as { code?: unknown }).code === 'ENOENT'

/** For what is not there. */
const nothing =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (isMissing(error)) return instead
    throw error
  }
