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

/** Of `system`, what starts no server, measures no time and sets no deadline of its own: two files at a time. */
const PAIRED = [
  ...[
    '{bench/clock-code,faults/checker,fuzz/fuzz,media/decode}',
    '{erasing,exports,names,staff,web,rooms,spec}',
  ],
  'store.{append,contract,epochs,migrations,moderation,overlay,rights,rls,rls-moderation,schema}',
  'privacy/{acts,answers,equivalence,noninterference,table}',
].map((names) => `server/test/${names}.test.ts`)

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
          maxConcurrency: 2,
        },
      },
      // The same in two parts, for `npm test`.
      {
        root,
        test: { ...shared, name: 'paired', include: PAIRED, maxWorkers: 2 },
      },
      {
        root,
        test: {
          ...shared,
          name: 'alone',
          include: ['server/test/**/*.test.ts'],
          exclude: ['server/test/e2e/**', ...PAIRED],
          fileParallelism: false,
          maxConcurrency: 2,
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
