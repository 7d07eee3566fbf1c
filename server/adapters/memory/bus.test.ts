import { busContract } from '../../test/contracts/bus.ts'
import { createMemoryBus } from './bus.ts'

busContract('memory', () => {
  const bus = createMemoryBus()
  return Promise.resolve({
    nodes: [bus, bus],
    follow: (node, stream) => Promise.resolve(node.follow(stream)),
    close: () => undefined,
  })
})
