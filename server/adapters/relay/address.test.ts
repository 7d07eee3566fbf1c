import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { listenHost, ownAddress } from './address.ts'

const at = (address: string, family: 'IPv4' | 'IPv6' = 'IPv4', internal = false) =>
  ({ address, family, internal }) as NetworkInterfaceInfo
const LO = [at('127.0.0.1', 'IPv4', true), at('::1', 'IPv6', true)]

test('V32 a node is reached where the database sees it, if that is an address of its own', () => {
  const interfaces = { lo: LO, eth0: [at('203.0.113.9'), at('fe80::1', 'IPv6')], eth1: [at('10.0.0.5')] }
  expect(ownAddress('10.0.0.5', interfaces)).toBe('10.0.0.5')
  // Seen through somebody else's address, over a socket of this machine, or from within.
  for (const seen of ['192.0.2.1', null, '127.0.0.1'])
    expect(ownAddress(seen, interfaces)).toBe('203.0.113.9')
  expect(ownAddress(null, { lo: LO, eth0: [at('fe80::1', 'IPv6'), at('2001:db8::2', 'IPv6')] })).toBe(
    '2001:db8::2',
  )
  expect(ownAddress('127.0.0.1', { lo: LO })).toBe('127.0.0.1')
})

test('V32 it listens where it is reached, and everywhere only for a name that somebody gave', () => {
  expect(listenHost(null, '10.0.0.5')).toBe('10.0.0.5')
  expect(listenHost('127.0.0.1', '127.0.0.1')).toBe('127.0.0.1')
  expect(listenHost('relay.example.org', 'relay.example.org')).toBeUndefined()
})
