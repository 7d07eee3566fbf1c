// The project's own TypeScript files, as paths from its root.
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export function sourceFiles(): string[] {
  const tops = ['server', 'shared', 'client', 'loadtest'].filter((top) => existsSync(join(root, top)))
  return tops.flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(top, name)),
  )
}
