// What every bus must do, run against each of them.
import { expect, test } from 'vitest'
import type { Bus, Notice } from '../../app/ports.ts'

type Pair = {
  nodes: readonly [Bus, Bus]
  /** Follows a stream that this node does not follow yet; resolves when it hears the others. */
  follow: (node: Bus, stream: string) => Promise<() => void>
  close: () => void
}

export const pointer = (seq: number, stream = 's1'): Notice => ({
  type: 'pointer',
  log: { kind: 'thread', stream, viewer: 'ada' },
  epoch: 'e1',
  seq,
})

/** For a bus that says when. */
export function followRestored(node: Bus, stream: string): Promise<() => void> {
  return new Promise((resolve) => {
    const stop = node.onRestored((streams) => {
      if (!streams.includes(stream)) return
      stop()
      resolve(release)
    })
    const release = node.follow(stream)
  })
}

/** Everything a node hears from now on. */
function record(node: Bus): Notice[] {
  const notices: Notice[] = []
  node.subscribe((notice) => notices.push(notice))
  return notices
}

/** `make` gives the buses of two nodes; for a bus inside one process they are the same. */
export function busContract(name: string, make: () => Promise<Pair>) {
  async function setUp(streams: readonly string[] = []) {
    const pair = await make()
    for (const node of new Set(pair.nodes)) for (const stream of streams) await pair.follow(node, stream)
    return pair
  }

  test(`${name}: a notice reaches every node, the publisher too, as it was`, async () => {
    const { nodes, close } = await setUp(['s1'])
    const ofStream: Notice[] = [
      {
        type: 'entries',
        log: { kind: 'room', stream: 's1' },
        epoch: 'e1',
        entries: [{ seq: 1, at: 2, event: { type: 'stream', state: 'live' } }],
      },
      pointer(7),
    ]
    const ofNode: Notice[] = [
      { type: 'pulse', node: 'n1', stream: 's2', viewers: 3, added: { '❤️': 2 } },
      { type: 'origin', stream: 's2', at: { node: 'n1', host: '10.0.0.5', port: 4_000 } },
      { type: 'revoked' },
    ]
    const heard = nodes.map(record)
    for (const notice of [...ofStream, ...ofNode]) nodes[0].publish(notice)
    for (const notices of heard) {
      await expect.poll(() => notices).toHaveLength(ofStream.length + ofNode.length)
      expect(notices.filter((notice) => 'log' in notice)).toEqual(ofStream)
      expect(notices.filter((notice) => !('log' in notice))).toEqual(ofNode)
    }
    close()
  })

  test(`${name}: the notices of one publisher about one stream stay in order`, async () => {
    const { nodes, close } = await setUp(['s1', 's2', 's3'])
    const heard = nodes.map(record)
    const streams = ['s1', 's2', 's3']
    for (let seq = 1; seq <= 300; seq++) for (const stream of streams) nodes[1].publish(pointer(seq, stream))
    for (const notices of heard) {
      await expect.poll(() => notices).toHaveLength(900)
      for (const stream of streams)
        expect(notices.filter((notice) => 'log' in notice && notice.log.stream === stream)).toEqual(
          Array.from({ length: 300 }, (_, i) => pointer(i + 1, stream)),
        )
    }
    close()
  })

  test(`${name}: a node hears its own notices before publish returns`, async () => {
    const { nodes, close } = await setUp(['s1'])
    const heard = record(nodes[0])
    nodes[0].publish(pointer(1))
    nodes[0].publish({ type: 'revoked' })
    expect(heard).toEqual([pointer(1), { type: 'revoked' }])
    close()
  })

  test(`${name}: a stream that nobody on a node follows is not heard there, not even from itself`, async () => {
    const { nodes, follow, close } = await setUp(['s2'])
    const heard = record(nodes[1])
    nodes[0].publish(pointer(1))
    nodes[1].publish(pointer(2))
    nodes[0].publish(pointer(3, 's2'))
    await expect.poll(() => heard).toEqual([pointer(3, 's2')])
    // Behind the first one on its channel: had it been on its way, it would be here by now.
    await follow(nodes[1], 's1')
    nodes[0].publish(pointer(4))
    await expect.poll(() => heard).toEqual([pointer(3, 's2'), pointer(4)])
    close()
  })

  test(`${name}: a stream is followed until the last of its followers let go`, async () => {
    const { nodes, follow, close } = await setUp()
    const heard = record(nodes[1])
    const releases = [await follow(nodes[1], 's1'), nodes[1].follow('s1')]
    releases[0]?.()
    releases[0]?.()
    nodes[0].publish(pointer(1))
    await expect.poll(() => heard).toEqual([pointer(1)])
    releases[1]?.()
    nodes[1].publish(pointer(2))
    await follow(nodes[1], 's1')
    nodes[0].publish(pointer(3))
    await expect.poll(() => heard).toEqual([pointer(1), pointer(3)])
    close()
  })

  test(`${name}: who unsubscribed hears no more, the others go on`, async () => {
    const { nodes, close } = await setUp(['s1'])
    const all = record(nodes[1])
    const few: Notice[] = []
    const stop = nodes[1].subscribe((notice) => few.push(notice))
    nodes[0].publish(pointer(1))
    await expect.poll(() => all).toEqual([pointer(1)])
    stop()
    nodes[0].publish(pointer(2))
    await expect.poll(() => all).toEqual([pointer(1), pointer(2)])
    expect(few).toEqual([pointer(1)])
    close()
  })
}
