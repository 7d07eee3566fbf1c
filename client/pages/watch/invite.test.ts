import { afterEach, expect, test, vi } from 'vitest'
import { takeInvite } from './invite.ts'

/** A page at this address, as far as it is looked at. */
function openAt(address: string) {
  const at = new URL(address)
  vi.stubGlobal('location', at)
  const replaced: string[] = []
  vi.stubGlobal('history', {
    state: null,
    replaceState: (_: unknown, __: string, url: string) => replaced.push(url),
  })
  return replaced
}
afterEach(() => vi.unstubAllGlobals())

test('P43 the secret of an invite link is taken out of the address', () => {
  const replaced = openAt('https://stage.example/watch/show?from=mail#invite=ab-C_9')
  expect(takeInvite()).toBe('ab-C_9')
  expect(replaced).toEqual(['/watch/show?from=mail'])
})

test.each(['', '#', '#chat', '#invite=', '#invite=%00', `#invite=${'a'.repeat(129)}`, '#invite=a&b'])(
  'P43 %j is no invite, and the address stays',
  (hash) => {
    const replaced = openAt(`https://stage.example/watch/show${hash}`)
    expect(takeInvite()).toBeNull()
    expect(replaced).toEqual([])
  },
)
