// The privacy tests, tested: each sabotage is done to a copy of the project, and the copy's tests must go red for it.
import { describe, expect, test } from 'vitest'
import { buildIn, copyWith, testIn } from './copy.ts'
import { createSecrets } from '../../tools/verify/canary.ts'
import { randomHex, verifyPrivacy } from '../../tools/verify/run.ts'
import { startServer } from '../server-process.ts'
import { INBOX_FOR_ALL, SABOTAGES } from './sabotages.ts'

describe('P38 the tests notice when', { timeout: 400_000 }, () => {
  test('there are sixteen ways to break it', () => {
    expect(new Set(SABOTAGES.map(({ says }) => says)).size).toBe(16)
  })

  // Two at a time: each is a copy with processes, folders and ports of its own, and nothing in them is timed.
  const two = SABOTAGES.map((sabotage) => [sabotage.says, sabotage] as const)
  test.concurrent.each(two)('%s', async (_, sabotage) => {
    const { folder, remove } = copyWith(sabotage)
    try {
      if (sabotage.caught.build) await buildIn(folder)
      const { failed, broken } = await testIn(folder, sabotage.caught)
      // A copy that cannot even be loaded proves nothing.
      expect(broken).toEqual([])
      expect(failed.filter((name) => sabotage.rule.test(name))).not.toEqual([])
    } finally {
      remove()
    }
  })

  test('P39 a running server leaks: the check from outside names who saw what, and where', async () => {
    const { folder, remove } = copyWith(INBOX_FOR_ALL)
    try {
      await buildIn(folder)
      await using server = await startServer({ from: folder, env: { MESSAGES_PER_SECOND: '100' } })
      const token = new URL(server.loginLink ?? '').hash.slice(1)
      const findings = await verifyPrivacy({
        ...{ urls: [server.url], viewers: 4, messages: 8, sockets: 45 },
        enter: (visitor) => visitor.call('POST', '/api/sign-in/link', { token }),
        tell: () => undefined,
        secrets: createSecrets(randomHex),
      })
      expect(findings.leaks()).toContainEqual(
        expect.objectContaining({
          where: 'frames on sockets of moderators',
          who: 'Check mona',
          what: expect.stringMatching(/^what Check viewer \d wrote to the host: its text$/) as string,
        }),
      )
    } finally {
      remove()
    }
  })
})
