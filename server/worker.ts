// One of several processes on a port, started by the supervisor, which hears of it over the channel between them:
// that it listens, or why it cannot.
import { parse } from './config.ts'
import { runNode } from './node.ts'
import type { Says } from './supervise.ts'

const say = (message: Says, then = () => undefined as unknown) => process.send?.(message, then)

function refuse(line: string): void {
  // The line leaves first. Without a supervisor there is nobody to read it.
  if (process.connected) say({ refused: line }, () => process.exit(1))
  else process.exit(1)
}

// A terminal's signals come to all processes of a group: the supervisor alone decides what they mean.
process.on('SIGHUP', () => undefined)

const parsed = parse(process.env)
if (parsed.ok) {
  let leave: (() => void) | null = null
  let orphaned = false
  process.on('disconnect', () => {
    // Whoever would have stopped or restarted it is gone.
    orphaned = true
    leave?.()
  })
  leave = await runNode(parsed.config, {
    ready: (greeting) => say({ ready: greeting }),
    refuse,
    patient: true,
  })
  if (orphaned as boolean) leave?.()
} else refuse(parsed.faults.join(' '))
