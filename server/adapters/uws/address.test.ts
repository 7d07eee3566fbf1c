import { expect, test } from 'vitest'
import { clientAddress, networkOf } from './address.ts'

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['10.0.0.1:443', '10.0.0.1'],
  ['0000:0000:0000:0000:0000:ffff:7f00:0001', '127.0.0.1'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:1::/64'],
  ['2001:DB8::1', '2001:db8:0:0::/64'],
  ['[2001:db8::1]:8443', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['256.0.0.1', null],
  ['1:2:3', null],
  ['1::2::3', null],
  ['g::1', null],
  ['', null],
  ['a'.repeat(9), null],
])('the network of %s is %s', (text, network) => {
  expect(networkOf(text)).toBe(network)
})

test('two addresses of one /64 are one network', () => {
  expect(networkOf('2001:db8::1')).toBe(networkOf('2001:db8::ffff:1'))
})

test.each([
  ['nobody is trusted by default', '10.0.0.9', '1.1.1.1', 0, '10.0.0.9'],
  ['one proxy: the last entry', '10.0.0.9', '6.6.6.6, 1.1.1.1', 1, '1.1.1.1'],
  [
    'two proxies: the last but one, whatever the client wrote before',
    '10.0.0.9',
    '6.6.6.6, 1.1.1.1, 10.0.0.8',
    2,
    '1.1.1.1',
  ],
  ['somebody went around the proxies', '10.0.0.9', '6.6.6.6', 2, '10.0.0.9'],
  ['rubbish from the proxy', '10.0.0.9', 'unknown', 1, '10.0.0.9'],
])('%s', (_, socket, forwarded, hops, expected) => {
  expect(clientAddress(socket, forwarded, hops)).toBe(expected)
})
