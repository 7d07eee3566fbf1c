// What every bus must do, run against each of them.
import { expect, test } from 'vitest'
import type { Bus, Notice } from '../../app/ports.ts'

type Pair = { nodes: readonly [Bus, Bus]; close: () => void }

const pointer = (seq: number, stream = 's1'): Notice => ({
  type: 'pointer',
  log: { kind: 'thread', stream, viewer: 'ada' },
  epoch: 'e1',
  seq,
})

/** Resolves with the first `count` notices that arrive. */
function heard(bus: Bus, count: number): Promise<Notice[]> {
  return new Promise((resolve) => {
    const notices: Notice[] = []
    const stop = bus.subscribe((notice) => {
      notices.push(notice)
      if (notices.length < count) return
      stop()
      resolve(notices)
    })
  })
}

/** `make` gives the buses of two nodes; for a bus inside one process they are the same. */
export function busContract(name: string, make: () => Promise<Pair>) {
  test(`${name}: a notice reaches every node, the publisher too, as it was`, async () => {
    const { nodes, close } = await make()
    const notices: Notice[] = [
      {
        type: 'entries',
        log: { kind: 'room', stream: 's1' },
        epoch: 'e1',
        entries: [{ seq: 1, at: 2, event: { type: 'stream', state: 'live' } }],
      },
      pointer(7),
      { type: 'pulse', node: 'n1', stream: 's1', viewers: 3, added: { '❤️': 2 } },
      { type: 'revoked' },
    ]
    const all = Promise.all(nodes.map((node) => heard(node, notices.length)))
    for (const notice of notices) nodes[0].publish(notice)
    expect(await all).toEqual([notices, notices])
    close()
  })

  test(`${name}: the notices of one publisher stay in order`, async () => {
    const { nodes, close } = await make()
    const all = Promise.all(nodes.map((node) => heard(node, 500)))
    for (let seq = 1; seq <= 500; seq++) nodes[1].publish(pointer(seq))
    for (const notices of await all)
      expect(notices.map((notice) => notice.type === 'pointer' && notice.seq)).toEqual(
        Array.from({ length: 500 }, (_, i) => i + 1),
      )
    close()
  })

  test(`${name}: who unsubscribed hears no more, the others go on`, async () => {
    const { nodes, close } = await make()
    const late: Notice[] = []
    const stop = nodes[0].subscribe((notice) => late.push(notice))
    const first = Promise.all(nodes.map((node) => heard(node, 1)))
    nodes[0].publish(pointer(1))
    await first
    stop()
    const second = Promise.all(nodes.map((node) => heard(node, 1)))
    nodes[0].publish(pointer(2))
    expect(await second).toEqual([[pointer(2)], [pointer(2)]])
    expect(late).toEqual([pointer(1)])
    close()
  })
}
