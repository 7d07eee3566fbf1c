import { defineConfig } from 'vitest/config'

const root = new URL('..', import.meta.url).pathname
// uWebSockets.js is a native addon: threads would load it twice into one process.
const shared = { root, pool: 'forks' as const, testTimeout: 20_000, hookTimeout: 60_000 }

export default defineConfig({
  test: {
    projects: [
      {
        root,
        test: {
          ...shared,
          name: 'unit',
          include: ['{server,shared,client,loadtest}/**/*.test.{ts,tsx}'],
          exclude: ['server/test/**'],
        },
      },
      {
        root,
        test: {
          ...shared,
          name: 'system',
          include: ['server/test/**/*.test.ts'],
          exclude: ['server/test/e2e/**'],
          fileParallelism: false,
        },
      },
      {
        root,
        test: {
          ...shared,
          name: 'e2e',
          include: ['server/test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
        },
      },
    ],
  },
})
