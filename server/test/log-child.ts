// A process that logs more than anybody reads, says through its channel that it still lives, and ends when told.
import { openLog } from '../adapters/pino/index.ts'

const log = openLog('info')
const line = { words: 'x'.repeat(1_000) }

function shout(left: number): void {
  for (let i = 0; i < 100; i++) log.info('shout', line)
  if (left > 0) setImmediate(shout, left - 1)
  else process.send?.('alive')
}
shout(50)

process.on('message', (message) => {
  if (message === 'speak') log.info('spoken')
  else
    log.flushed().then(
      () => process.exit(0),
      () => process.exit(1),
    )
})
