// How much waits for host and moderators: held messages and reported ones.
import { useMemo } from 'preact/hooks'
import { heldOpen, reportsOpen } from '../backstage.ts'
import type { Chat } from '../chat.ts'
import { useChatState } from '../use-chat.ts'

export function useWaiting(chat: Chat): number {
  const log = useChatState(chat, ({ room }) => room.logs.backstage)
  return useMemo(() => {
    if (!log) return 0
    const logs = { backstage: log }
    return heldOpen({ logs }).length + reportsOpen({ logs, gone: new Set() }).length
  }, [log])
}
