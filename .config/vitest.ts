import { defineConfig } from 'vitest/config'

const root = new URL('..', import.meta.url).pathname
const shared = {
  root,
  // uWebSockets.js is a native addon: threads would load it twice into one process.
  pool: 'forks' as const,
  // What takes longer than these hangs. They measure nothing: a machine ten times as slow must pass as well.
  testTimeout: 60_000,
  hookTimeout: 120_000,
  // Of its own accord `expect.poll` gives up after one second, and a busy machine lets a process wait for longer.
  expect: { poll: { timeout: 20_000 } },
}

export default defineConfig({
  test: {
    projects: [
      {
        root,
        test: {
          ...shared,
          name: 'unit',
          include: ['{server,shared,client}/**/*.test.{ts,tsx}'],
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
