// sql/schema.sql is what the migrations make, on every engine.
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { describeSchema } from '../tools/schema-text.ts'
import { engines, sqlFolder } from './databases.ts'

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(engine.name, () => {
    test('O4 sql/schema.sql is current', async () => {
      const db = await engine.open()
      const text = await describeSchema((sql) => db.admin(sql))
      await db.close()
      expect(text).toBe(await readFile(`${sqlFolder}schema.sql`, 'utf8'))
    })
  })
