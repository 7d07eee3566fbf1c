import { busContract } from '../../test/contracts/bus.ts'
import { createMemoryBus } from './bus.ts'

busContract('memory', () => {
  const bus = createMemoryBus()
  return Promise.resolve({ nodes: [bus, bus], close: () => undefined })
})
