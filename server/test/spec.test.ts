// SPEC.md and the tests hold each other: every promise has a test that carries its id.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { sourceFiles } from './sources.ts'

const root = resolve(import.meta.dirname, '../..')
const promised = [
  ...readFileSync(join(root, 'server/SPEC.md'), 'utf8').matchAll(/^- \*\*([A-Z]\d+)\*\*/gm),
].map((match) => match[1] ?? '')

/** Ids inside the first argument of test(...), it(...) or describe(...). */
function namedIds(): Set<string> {
  const ids = new Set<string>()
  const files = sourceFiles().filter((file) => /\.test\.tsx?$/.test(file) || file.includes('server/test/'))
  for (const file of files) {
    const source = readFileSync(join(root, file), 'utf8')
    for (const match of source.matchAll(
      /\b(?:test|it|describe)(?:\.\w+(?:\([^)]*\))?)*\(\s*(['"`])((?:(?!\1).)*)/g,
    )) {
      const name = match[2] ?? ''
      for (const id of name.match(/\b[A-Z]\d+\b/g) ?? []) ids.add(id)
    }
  }
  return ids
}

test('ids in SPEC.md are unique', () => {
  expect(promised.length).toBeGreaterThan(40)
  expect(new Set(promised).size).toBe(promised.length)
})

test('every promise of SPEC.md appears in a test name', () => {
  const named = namedIds()
  expect(promised.filter((id) => !named.has(id))).toEqual([])
})
