// The bounds of the chat sockets. Defaults are safe for the open internet; a load test lifts them by config.
import type { Rate } from '../domain/rate.ts'

export type ChatLimits = {
  /** All commands of one connection. */
  commands: Rate
  /** So many refusals in a row and the connection is closed with 4429. */
  refusals: number
  /** Per person and stream, public and private apart: one shared bucket would tell a room how much somebody
   * whispers. */
  say: Rate
  whisper: Rate
  react: Rate
  /** Sockets of one person in one stream, on this node. */
  sockets: number
  /** Commands of one connection that wait for their turn. */
  queue: number
}

export const CHAT_LIMITS: ChatLimits = {
  commands: { burst: 20, everyMs: 100 },
  refusals: 50,
  say: { burst: 5, everyMs: 1_000 },
  whisper: { burst: 5, everyMs: 1_000 },
  react: { burst: 10, everyMs: 200 },
  sockets: 8,
  queue: 32,
}

/** The defaults, with what the configuration may change. */
export function chatLimits(config: {
  chatSocketsPerPerson: number
  commandsPerSecond: number
  messagesPerSecond: number
}): ChatLimits {
  const message = { burst: 5 * config.messagesPerSecond, everyMs: 1_000 / config.messagesPerSecond }
  return {
    ...CHAT_LIMITS,
    commands: { burst: 2 * config.commandsPerSecond, everyMs: 1_000 / config.commandsPerSecond },
    say: message,
    whisper: message,
    sockets: config.chatSocketsPerPerson,
    // Whoever may send faster may also have more under way.
    queue: Math.max(CHAT_LIMITS.queue, 2 * config.commandsPerSecond),
  }
}
